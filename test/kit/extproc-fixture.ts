// The whole chain for ext_proc tests: two scriptable backends, our server over a noting exchange,
// and a real Envoy in the modes asked for.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startExtProcServer, type ExtProcServer } from '../../dataplane/extproc/server.ts';
import { startEnvoy, type EnvoyProcess } from './envoy.ts';
import { envoyWithModes, type EnvoyModeOptions } from './envoy-modes.ts';
import { bookOfExchanges, type ExchangeBook, type ExchangeScript } from './extproc-exchange.ts';
import { keepingLog } from './keeping-log.ts';
import { startModelServer, type ModelServer } from './model-server.ts';
import { freePorts } from './ports.ts';

interface AccessLogLine {
  readonly path: string;
  readonly status: number;
  readonly details: string | null;
  readonly facts: Readonly<Record<string, unknown>> | null;
}

export interface ExtProcFixture {
  /** Of Envoy's listener. */
  readonly url: string;
  readonly book: ExchangeBook;
  readonly small: ModelServer;
  readonly big: ModelServer;
  readonly server: ExtProcServer;
  readonly envoy: EnvoyProcess;
  /** What our server logged. */
  readonly logged: readonly string[];
  /** The access log once it has `count` lines; rejects after ten seconds. */
  accessLog(count: number): Promise<AccessLogLine[]>;
  stop(): Promise<void>;
}

export async function startExtProcFixture(
  options: Pick<EnvoyModeOptions, 'requestMode' | 'responseMode'> &
    Partial<EnvoyModeOptions> & { readonly script?: ExchangeScript },
): Promise<ExtProcFixture> {
  const [listenerPort = 0, adminPort = 0] = await freePorts(2);
  const directory = await mkdtemp(join(tmpdir(), 'srm-extproc-'));
  const accessLogPath = join(directory, 'access.log');
  const small = await startModelServer();
  const big = await startModelServer();
  const book = bookOfExchanges(options.script);
  const logged: string[] = [];
  const server = await startExtProcServer({
    address: '127.0.0.1:0',
    openExchange: book.open,
    log: keepingLog(logged),
    limits: { maxBodyBytes: 52_428_800 },
  });
  const bootstrap = envoyWithModes({
    extProc: server.port,
    accessLogPath,
    ...options,
    listenerPort,
    adminPort,
    backends: { small: small.port, big: big.port },
  });
  const envoy = await startEnvoy({ bootstrap, adminPort });
  const accessLog = async (count: number): Promise<AccessLogLine[]> => {
    for (let tries = 0; ; tries += 1) {
      const text = await readFile(accessLogPath, 'utf8').catch(() => '');
      const lines = text.split('\n').filter((line) => line !== '');
      if (lines.length >= count) return lines.map((line) => JSON.parse(line) as AccessLogLine);
      if (tries === 200) throw new Error(`the access log has ${lines.length} lines, not ${count}`);
      await sleep(50);
    }
  };
  const stop = async (): Promise<void> => {
    await envoy.stop();
    await Promise.all([server.close(), small.close(), big.close()]);
    await rm(directory, { recursive: true, force: true });
  };
  return {
    url: `http://127.0.0.1:${listenerPort}`,
    ...{ book, small, big, server, envoy, logged, accessLog, stop },
  };
}
