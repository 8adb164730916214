// What the frames of a client say, and whether they may say it (RFC 9113, section 6). It knows no connection:
// what is wrong here is wrong in any state.
import {
  ConnectionError,
  errorCodes,
  flags,
  maxFrameBytes,
  settingIds,
  type ErrorCode,
  type Frame,
} from './frames.ts';
import { largestWindow } from './limits.ts';

const settingBytes = 6;
const priorityBytes = 5;

/** The payload of a DATA or HEADERS frame without its padding. */
export function withoutPadding({ flags: bits, payload }: Frame): Buffer {
  if ((bits & flags.padded) === 0) return payload;
  const padding = payload[0];
  if (padding === undefined || padding >= payload.length) {
    throw new ConnectionError(errorCodes.protocolError, 'padding is longer than its frame');
  }
  return payload.subarray(1, payload.length - padding);
}

/** The piece of a header block in a HEADERS frame. */
export function headerPiece(frame: Frame): Buffer {
  expectStream(frame);
  const content = withoutPadding(frame);
  const start = (frame.flags & flags.priority) === 0 ? 0 : priorityBytes;
  if (content.length < start) {
    throw new ConnectionError(errorCodes.frameSizeError, 'HEADERS are too short');
  }
  return content.subarray(start);
}

/** Throws for a frame that means nothing here and is malformed all the same. */
export function checkPriority(frame: Frame): void {
  expectStream(frame);
  expectLength(frame, priorityBytes);
}

export function checkRstStream(frame: Frame): void {
  expectStream(frame);
  expectLength(frame, 4);
}

export function checkGoaway(frame: Frame): void {
  expectNoStream(frame);
  if (frame.payload.length < 8) throw wrongLength();
}

export function isPingAnswer(frame: Frame): boolean {
  expectNoStream(frame);
  expectLength(frame, 8);
  return (frame.flags & flags.ack) !== 0;
}

/** By how many bytes a window grows; 0, which it must not, is told apart by what it is said of. */
export function windowIncrement(frame: Frame): number {
  expectLength(frame, 4);
  const increment = frame.payload.readUInt32BE() & largestWindow;
  if (increment === 0 && frame.streamId === 0) {
    throw new ConnectionError(errorCodes.protocolError, 'a window does not grow');
  }
  return increment;
}

export interface ClientSettings {
  /** What new streams of the client take before anything is read, in bytes; undefined: as it was. */
  readonly initialWindow: number | undefined;
}

/**
 * What a client sets, as far as it matters here; undefined for the answer to our settings. We send frames
 * of the length that everybody takes, keep no table of headers, and push nothing.
 */
export function clientSettings(frame: Frame): ClientSettings | undefined {
  expectNoStream(frame);
  const { flags: bits, payload } = frame;
  if ((bits & flags.ack) !== 0) {
    expectLength(frame, 0);
    return undefined;
  }
  if (payload.length % settingBytes !== 0) throw wrongLength();
  let initialWindow: number | undefined;
  for (let at = 0; at < payload.length; at += settingBytes) {
    const id = payload.readUInt16BE(at);
    const value = payload.readUInt32BE(at + 2);
    const problem = settingProblem(id, value);
    if (problem !== undefined) {
      throw new ConnectionError(problem, 'a setting has a value that it cannot have');
    }
    // Only the last of several can be seen from outside.
    if (id === settingIds.initialWindowSize) initialWindow = value;
  }
  return { initialWindow };
}

function settingProblem(id: number, value: number): ErrorCode | undefined {
  if (id === settingIds.initialWindowSize && value > largestWindow) {
    return errorCodes.flowControlError;
  }
  const isWrong =
    (id === settingIds.enablePush && value > 1) ||
    (id === settingIds.maxFrameSize && (value < maxFrameBytes || value > largestFrameBytes));
  return isWrong ? errorCodes.protocolError : undefined;
}

/** The most that a length of three bytes can say. */
const largestFrameBytes = 2 ** 24 - 1;

function expectLength({ payload }: Frame, length: number): void {
  if (payload.length !== length) throw wrongLength();
}

function wrongLength(): ConnectionError {
  return new ConnectionError(errorCodes.frameSizeError, 'a frame has the wrong length');
}

function expectStream({ streamId }: Frame): void {
  if (streamId !== 0) return;
  throw new ConnectionError(errorCodes.protocolError, 'a frame is of no stream and must be of one');
}

function expectNoStream({ streamId }: Frame): void {
  if (streamId === 0) return;
  throw new ConnectionError(errorCodes.protocolError, 'a frame is of a stream and must be of none');
}
