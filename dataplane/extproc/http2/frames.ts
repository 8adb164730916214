// HTTP/2's frames (RFC 9113) as numbers and bytes: what types, flags and errors are called on the wire,
// and how the few frames are written that this side sends. It knows no connection.

export const frameHeaderBytes = 9;

/** What everybody must take, and what we take and send. */
export const maxFrameBytes = 16_384;

export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const flags = {
  ack: 0x01,
  endStream: 0x01,
  endHeaders: 0x04,
  padded: 0x08,
  priority: 0x20,
} as const;

export const settingIds = {
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

export const errorCodes = {
  noError: 0,
  protocolError: 1,
  internalError: 2,
  flowControlError: 3,
  streamClosed: 5,
  frameSizeError: 6,
  refusedStream: 7,
  compressionError: 9,
  enhanceYourCalm: 11,
} as const;

export type ErrorCode = (typeof errorCodes)[keyof typeof errorCodes];

/** The connection cannot go on. The text goes to the client and quotes nothing that was received. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A frame but for DATA, whole. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  /** 0 for the connection. */
  readonly streamId: number;
  readonly payload: Buffer;
}

export interface FrameHeader {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  /** Of the payload. */
  readonly length: number;
}

/** Writes a frame header at the beginning of `target`. */
export function writeFrameHeader(target: Buffer, header: FrameHeader): void {
  const { type, flags: bits, streamId, length } = header;
  target[0] = length >>> 16;
  target[1] = (length >>> 8) & 0xff;
  target[2] = length & 0xff;
  target[3] = type;
  target[4] = bits;
  target.writeUInt32BE(streamId, 5);
}

export function encodeFrame({ type, flags: bits, streamId, payload }: Frame): Buffer {
  const bytes = Buffer.allocUnsafe(frameHeaderBytes + payload.length);
  writeFrameHeader(bytes, { type, flags: bits, streamId, length: payload.length });
  bytes.set(payload, frameHeaderBytes);
  return bytes;
}

export function windowUpdate(streamId: number, increment: number): Buffer {
  const payload = Buffer.allocUnsafe(4);
  payload.writeUInt32BE(increment);
  return encodeFrame({ type: frameTypes.windowUpdate, flags: 0, streamId, payload });
}

export function rstStream(streamId: number, code: ErrorCode): Buffer {
  const payload = Buffer.allocUnsafe(4);
  payload.writeUInt32BE(code);
  return encodeFrame({ type: frameTypes.rstStream, flags: 0, streamId, payload });
}

/** `reason` is for whoever looks at the client. */
export function goaway(lastStreamId: number, code: ErrorCode, reason = ''): Buffer {
  const payload = Buffer.concat([Buffer.alloc(8), Buffer.from(reason)]);
  payload.writeUInt32BE(lastStreamId);
  payload.writeUInt32BE(code, 4);
  return encodeFrame({ type: frameTypes.goaway, flags: 0, streamId: 0, payload });
}

export function ping(payload: Buffer, isAnswer: boolean): Buffer {
  return encodeFrame({
    type: frameTypes.ping,
    flags: isAnswer ? flags.ack : 0,
    streamId: 0,
    payload,
  });
}

/** Settings by their ids. */
export function settings(values: ReadonlyMap<number, number>): Buffer {
  const payload = Buffer.allocUnsafe(values.size * 6);
  let at = 0;
  for (const [id, value] of values) {
    payload.writeUInt16BE(id, at);
    payload.writeUInt32BE(value, at + 2);
    at += 6;
  }
  return encodeFrame({ type: frameTypes.settings, flags: 0, streamId: 0, payload });
}

export const settingsAnswer = encodeFrame({
  type: frameTypes.settings,
  flags: flags.ack,
  streamId: 0,
  payload: Buffer.alloc(0),
});
