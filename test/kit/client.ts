// An HTTP/1.1 client for tests: whole answers, event streams with a chosen abort, and load.
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';

export interface ClientRequest {
  readonly url: string;
  /** POST when there is a body, GET otherwise. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** An object is sent as JSON with its content type. A list is sent chunked, piece by piece. */
  readonly body?: string | Buffer | object | readonly Buffer[];
  /** None: a connection of its own. */
  readonly agent?: Agent;
  /** Rejects after so long without an end; 30 s. */
  readonly timeoutMs?: number;
}

export interface ClientReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  readonly trailers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** False: the connection ended before the body did, by whomever. */
  readonly complete: boolean;
  text(): string;
  json(): unknown;
}

/** Told of each piece of the body as it arrives; returning `abort` closes the connection. */
type OnChunk = (chunk: Buffer, index: number) => 'abort' | undefined;

/** Sends a request and collects the answer. Rejects when no response headers came. */
export function send(request: ClientRequest, onChunk?: OnChunk): Promise<ClientReply> {
  const { url, agent, timeoutMs = 30_000 } = request;
  const { bytes, contentType } = encodeBody(request.body);
  const method = request.method ?? (bytes === undefined ? 'GET' : 'POST');
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, {
      method,
      agent: agent ?? false,
      headers: {
        ...(contentType === undefined ? {} : { 'content-type': contentType }),
        ...(Buffer.isBuffer(bytes) ? { 'content-length': String(bytes.length) } : {}),
        ...(request.headers as Record<string, string | string[]> | undefined),
      },
    });
    const timer = setTimeout(() => {
      outgoing.destroy();
      reject(new Error(`no whole answer from ${url} within ${timeoutMs} ms`));
    }, timeoutMs);
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (onChunk?.(chunk, chunks.length - 1) === 'abort') outgoing.destroy();
      });
      // The missing end is told by `complete`.
      incoming.on('error', () => undefined);
      incoming.on('close', () => {
        clearTimeout(timer);
        const body = Buffer.concat(chunks);
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          rawHeaders: incoming.rawHeaders,
          trailers: incoming.trailers,
          body,
          complete: incoming.complete,
          text: () => body.toString(),
          json: () => JSON.parse(body.toString()) as unknown,
        });
      });
    });
    if (Array.isArray(bytes)) for (const piece of bytes) outgoing.write(piece);
    else if (bytes !== undefined) outgoing.write(bytes);
    outgoing.end();
  });
}

function encodeBody(body: ClientRequest['body']): {
  readonly bytes: Buffer | readonly Buffer[] | undefined;
  readonly contentType?: string;
} {
  if (body === undefined || Buffer.isBuffer(body)) return { bytes: body };
  if (typeof body === 'string') return { bytes: Buffer.from(body) };
  if (isBufferList(body)) return { bytes: body };
  return { bytes: Buffer.from(JSON.stringify(body)), contentType: 'application/json' };
}

function isBufferList(body: object): body is readonly Buffer[] {
  return Array.isArray(body) && body.every((piece) => Buffer.isBuffer(piece));
}

export interface SseReply extends ClientReply {
  /** The data of each whole event seen before the end or the abort. */
  readonly events: readonly string[];
}

/** Reads an event stream; `abortAfter` closes the connection once so many events are there. */
export async function sendSse(
  request: ClientRequest,
  options: {
    readonly abortAfter?: number;
    readonly onEvent?: (data: string, index: number) => void;
  } = {},
): Promise<SseReply> {
  const events: string[] = [];
  let rest = '';
  const decoder = new TextDecoder();
  const reply = await send(request, (chunk) => {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = dataOf(block);
      if (data === undefined) continue;
      events.push(data);
      options.onEvent?.(data, events.length - 1);
      if (events.length === options.abortAfter) return 'abort';
    }
    return undefined;
  });
  return { ...reply, events };
}

function dataOf(block: string): string | undefined {
  const lines = block.split(/\r?\n/).filter((line) => line.startsWith('data:'));
  return lines.length === 0
    ? undefined
    : lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n');
}

export interface LoadResult {
  readonly sent: number;
  /** Whole answers by status. */
  readonly byStatus: ReadonlyMap<number, number>;
  /** Answers that were cut, and requests without an answer. */
  readonly broken: number;
  /** From the first byte sent to the last one read, of whole answers, ascending. */
  readonly latenciesMs: readonly number[];
}

/** Sends `total` requests over `concurrency` keep-alive connections and counts what came back. */
export async function load(options: {
  readonly request: ClientRequest | ((index: number) => ClientRequest);
  readonly total: number;
  readonly concurrency: number;
}): Promise<LoadResult> {
  const { request, total, concurrency } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const byStatus = new Map<number, number>();
  const latenciesMs: number[] = [];
  let sent = 0;
  let broken = 0;
  const worker = async (): Promise<void> => {
    while (sent < total) {
      const index = sent++;
      const begun = performance.now();
      try {
        const made = typeof request === 'function' ? request(index) : request;
        const { status, complete } = await send({ ...made, agent });
        if (complete) {
          byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
          latenciesMs.push(performance.now() - begun);
        } else broken += 1;
      } catch {
        broken += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  agent.destroy();
  return { sent, byStatus, broken, latenciesMs: latenciesMs.sort((a, b) => a - b) };
}
