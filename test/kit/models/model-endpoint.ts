// A model behind HTTP as scripts say: OpenAI's embeddings at /v1/embeddings, a classifier at
// /classify. It counts what it is asked and answers at once, or as it is told.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface ModelEndpoint {
  /** Of the server, without a path. */
  readonly url: string;
  /** What came, in order. */
  readonly requests: { readonly headers: IncomingHttpHeaders; readonly body: unknown }[];
  /** Most requests that were under way at a time. */
  mostAtOnce(): number;
  /** From now on answers so; undefined: as a model does. */
  behave(behaviour: Behaviour | undefined): void;
  close(): Promise<void>;
}

/** `stall`: never answers. Otherwise a status and a body, which is JSON unless it is text. */
export type Behaviour =
  | 'stall'
  | {
      readonly status?: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      readonly afterMs?: number;
    };

/** `vectors`: of texts; `scores`: of labels. */
export async function startModelEndpoint(model: {
  readonly vectors?: (text: string) => readonly number[];
  readonly scores?: (text: string) => Readonly<Record<string, number>>;
}): Promise<ModelEndpoint> {
  const requests: { headers: IncomingHttpHeaders; body: unknown }[] = [];
  let behaviour: Behaviour | undefined;
  let atOnce = 0;
  let mostAtOnce = 0;
  const server = createServer((request, response) => {
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    response.once('close', () => atOnce--);
    void json(request).then((body) => {
      requests.push({ headers: request.headers, body });
      if (behaviour === 'stall') return;
      const answer = behaviour ?? { body: answerTo(request.url ?? '', body, model) };
      setTimeout(() => {
        send(response, answer);
      }, answer.afterMs ?? 0);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    mostAtOnce: () => mostAtOnce,
    behave: (next) => {
      behaviour = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function send(
  response: ServerResponse,
  { status = 200, body = {}, headers = {} }: Exclude<Behaviour, 'stall'>,
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function answerTo(
  path: string,
  body: unknown,
  { vectors, scores }: Parameters<typeof startModelEndpoint>[0],
): object {
  if (path === '/v1/embeddings') {
    const { input } = body as { readonly input: readonly string[] };
    return {
      object: 'list',
      data: input.map((text, index) => ({
        object: 'embedding',
        index,
        embedding: vectors?.(text) ?? [],
      })),
      usage: { prompt_tokens: input.join(' ').split(/\s+/).length, total_tokens: 0 },
    };
  }
  const { inputs } = body as { readonly inputs: readonly string[] };
  return inputs.map((text) =>
    Object.entries(scores?.(text) ?? {}).map(([label, score]) => ({ label, score })),
  );
}
