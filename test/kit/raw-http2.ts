// A client of HTTP/2 that says exactly what it is told, right or wrong, in memory.
import { duplexPair, type Duplex } from 'node:stream';
import { Http2Connection, type ConnectionOwner } from '../../dataplane/extproc/http2/connection.ts';
import { encodeHeaders } from '../../dataplane/extproc/http2/hpack/encode-headers.ts';
import {
  encodeFrame,
  flags,
  frameHeaderBytes,
  frameTypes,
  type Frame,
} from '../../dataplane/extproc/http2/frames.ts';
import type { Http2Stream, StreamHandler } from '../../dataplane/extproc/http2/stream.ts';

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** A frame by its name; what is left out is 0 or empty. */
export function frame(
  type: keyof typeof frameTypes,
  given: Partial<Omit<Frame, 'type'>> = {},
): Buffer {
  const { flags: bits = 0, streamId = 0, payload = Buffer.alloc(0) } = given;
  return encodeFrame({ type: frameTypes[type], flags: bits, streamId, payload });
}

export const requestHeaders = { ':method': 'POST', ':scheme': 'http', ':path': '/some/method' };

const requestBlock = encodeHeaders(requestHeaders);

export function headersFrame(streamId: number, bits: number = flags.endHeaders): Buffer {
  return frame('headers', { streamId, flags: bits, payload: requestBlock });
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** What a stream was told, in order: bytes of data, then words. */
export interface Told {
  readonly stream: Http2Stream;
  readonly headers: readonly string[];
  data: Buffer;
  readonly events: string[];
}

export interface RawClient {
  readonly connection: Http2Connection;
  /** The client's end; to be destroyed when a client is to be gone. */
  readonly socket: Duplex;
  /** Streams in the order in which they were opened. */
  readonly streams: readonly Told[];
  /** How often the owner heard that the connection is over. */
  readonly closed: () => number;
  /** Sends bytes as one chunk. */
  send(...pieces: readonly Buffer[]): void;
  /** Frames of the server so far. */
  frames(): Promise<readonly Frame[]>;
}

export function rawClient(
  options: {
    /** Sends the preface and empty settings at once. */
    readonly greets?: boolean;
    /** Whether what the server says is read. */
    readonly reads?: boolean;
    readonly opened?: (told: Told) => Partial<StreamHandler> | undefined;
  } = {},
): RawClient {
  const { greets = true, reads = true, opened } = options;
  const [socket, serverSide] = duplexPair();
  const streams: Told[] = [];
  const chunks: Buffer[] = [];
  let closed = 0;
  const owner: ConnectionOwner = {
    opened: (stream, fields) => {
      const headers = fields.map(({ name, value }) => `${name}: ${value}`);
      const told: Told = { stream, headers, data: Buffer.alloc(0), events: [] };
      streams.push(told);
      stream.serve({
        data: (piece) => {
          told.data = Buffer.concat([told.data, piece]);
        },
        ended: () => told.events.push('ended'),
        drained: () => told.events.push('drained'),
        closed: () => told.events.push('closed'),
        ...opened?.(told),
      });
    },
    closed: () => {
      closed += 1;
    },
  };
  const connection = new Http2Connection(serverSide, owner);
  socket.on('error', () => undefined);
  // A client whose server hangs up does so, too.
  socket.on('end', () => socket.end());
  if (reads) socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const send = (...pieces: readonly Buffer[]): void => {
    socket.write(Buffer.concat(pieces));
  };
  if (greets) send(preface, frame('settings'));
  return {
    connection,
    socket,
    streams,
    closed: () => closed,
    send,
    frames: async () => {
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
      return cutFrames(Buffer.concat(chunks));
    },
  };
}

export function cutFrames(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length;) {
    const start = at + frameHeaderBytes;
    const end = start + bytes.readUIntBE(at, 3);
    frames.push({
      type: bytes[at + 3] ?? 0,
      flags: bytes[at + 4] ?? 0,
      streamId: bytes.readUInt32BE(at + 5),
      payload: bytes.subarray(start, end),
    });
    at = end;
  }
  return frames;
}

export function ofType(frames: readonly Frame[], type: keyof typeof frameTypes): readonly Frame[] {
  return frames.filter((one) => one.type === frameTypes[type]);
}

/** The code of the GOAWAY that came; undefined when none did. */
export async function goawayCode(client: RawClient): Promise<number | undefined> {
  return ofType(await client.frames(), 'goaway')
    .at(-1)
    ?.payload.readUInt32BE(4);
}

/** Codes of the streams that were reset, by their ids. */
export async function resets(client: RawClient): Promise<Readonly<Record<number, number>>> {
  const frames = ofType(await client.frames(), 'rstStream');
  return Object.fromEntries(
    frames.map(({ streamId, payload }) => [streamId, payload.readUInt32BE()]),
  );
}

export function setting(id: number, value: number): Buffer {
  const payload = Buffer.alloc(6);
  payload.writeUInt16BE(id);
  payload.writeUInt32BE(value, 2);
  return frame('settings', { payload });
}
