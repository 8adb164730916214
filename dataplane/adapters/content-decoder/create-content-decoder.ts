// Decodes compressed bodies with node:zlib, whose streams work in the thread pool, for whoever
// reads them beside their way to the client. It gives up quietly: on broken data, and on output
// beyond a limit, which a few kilobytes of input can ask for.
import type { Transform } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import { type ContentCoding, parseContentEncoding } from '../../domain/content-encoding.ts';
import type { ContentDecoder } from '../../ports.ts';

/** Most bytes that one body may become: far more than any completion, with all its log probabilities. */
const defaultMaxBytes = 64 * 1024 * 1024;

/**
 * A decoder for gzip, deflate (with or without the zlib header), br or zstd, or for a list of up to
 * three of them. Decoding ends when a body becomes longer than `maxBytes`.
 */
export function createContentDecoder(
  encoding: string,
  onData: (chunk: Buffer) => void,
  { maxBytes = defaultMaxBytes } = {},
): ContentDecoder | undefined {
  const codings = parseContentEncoding(encoding);
  let decoder: ContentDecoder = { write: onData, end: () => Promise.resolve() };
  // The coding that was applied first is undone last.
  for (const coding of codings ?? []) decoder = new StreamDecoder(coding, maxBytes, decoder);
  return codings === undefined ? undefined : decoder;
}

class StreamDecoder implements ContentDecoder {
  readonly #coding: ContentCoding;
  readonly #maxBytes: number;
  readonly #next: ContentDecoder;
  #stream: Transform | undefined;
  #closed: Promise<void> | undefined;
  #ended: Promise<void> | undefined;
  #decodedBytes = 0;

  constructor(coding: ContentCoding, maxBytes: number, next: ContentDecoder) {
    this.#coding = coding;
    this.#maxBytes = maxBytes;
    this.#next = next;
  }

  write(chunk: Buffer): void {
    const [first] = chunk;
    if (first === undefined || this.#ended !== undefined) return;
    const stream = (this.#stream ??= this.#open(first));
    if (stream.destroyed) return;
    stream.write(chunk);
    // The writer is not slowed down, so what waits for the thread pool must be bounded here.
    if (stream.writableLength > this.#maxBytes) stream.destroy();
  }

  end(): Promise<void> {
    this.#ended ??= this.#finish();
    return this.#ended;
  }

  #open(first: number): Transform {
    const stream = createDecoder(this.#coding, first);
    this.#closed = new Promise((resolve) => {
      stream.once('close', resolve);
    });
    stream.on('data', (data: Buffer) => {
      this.#decodedBytes += data.length;
      if (this.#decodedBytes > this.#maxBytes) stream.destroy();
      else this.#next.write(data);
    });
    stream.on('error', () => {
      // What was decoded before counts; the stream closes itself.
    });
    return stream;
  }

  async #finish(): Promise<void> {
    if (this.#stream?.destroyed === false) this.#stream.end();
    await this.#closed;
    await this.#next.end();
  }
}

/** With these flushes a body that was cut off is decoded as far as it goes. */
const zlibOptions = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const brotliOptions = {
  flush: constants.BROTLI_OPERATION_FLUSH,
  finishFlush: constants.BROTLI_OPERATION_FLUSH,
};
const zstdOptions = { flush: constants.ZSTD_e_flush, finishFlush: constants.ZSTD_e_flush };

function createDecoder(coding: ContentCoding, first: number): Transform {
  switch (coding) {
    case 'gzip':
      return createGunzip(zlibOptions);
    case 'deflate':
      // Some servers leave out the zlib header, whose first byte ends in 8.
      return (first & 0x0f) === 8 ? createInflate(zlibOptions) : createInflateRaw(zlibOptions);
    case 'br':
      return createBrotliDecompress(brotliOptions);
    case 'zstd':
      return createZstdDecompress(zstdOptions);
  }
}
