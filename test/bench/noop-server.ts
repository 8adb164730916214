// Our ext_proc server with an exchange that sees the whole request and changes nothing: tells what
// the transport costs from what the pipeline costs. It must not parse anything.
import { parseArgs } from 'node:util';
import { startExtProcServer } from '../../dataplane/extproc/server.ts';
import type { HeaderMutation, ImmediateAnswer } from '../../dataplane/domain/http.ts';
import type { Exchange } from '../../dataplane/pipeline/exchange.ts';

const maxBodyBytes = 64 * 1024 * 1024;
const unchanged: HeaderMutation = { set: [], remove: [] };

const refusal = (status: number, details: string): ImmediateAnswer => ({
  status,
  headers: [],
  body: '',
  details,
});

const { values } = parseArgs({
  options: {
    listen: { type: 'string', default: '127.0.0.1:0' },
    // Sends each request body back, as whoever changes a byte of it must.
    'return-body': { type: 'boolean', default: false },
  },
});

/** Like the pipeline it asks for the body and looks at every message; unlike it, it does no more. */
const noop: Exchange = {
  maxRequestBodyBytes: maxBodyBytes,
  requestHeaders: () => ({ kind: 'await-body' }),
  requestBody: (body) => ({
    kind: 'forward',
    headers: unchanged,
    body: values['return-body'] ? [body] : undefined,
  }),
  tooLarge: () => refusal(413, 'too_large'),
  unsupported: () => refusal(500, 'unsupported'),
  responseHeaders: () => ({ headers: unchanged, eventStream: false }),
  responseBody: () => undefined,
  finalize: () => undefined,
};

const print = (message: string): void => {
  process.stderr.write(`${message}\n`);
};

await startExtProcServer({
  address: values.listen,
  openExchange: () => noop,
  log: { error: print, warn: print, info: print, debug: () => undefined, isEnabled: () => false },
  limits: { maxBodyBytes },
});
