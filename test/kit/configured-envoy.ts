// A real Envoy that runs by the configuration we write for a RouterConfig, on free ports.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBootstrap } from '../../config/envoy/bootstrap.ts';
import type { EnvoyOptions } from '../../config/envoy/options.ts';
import type { RouterConfig } from '../../config/schema/index.ts';
import { createEnvoyFiles, type EnvoyFiles } from '../../dataplane/runtime/envoy.ts';
import { startEnvoy, type EnvoyProcess } from './envoy.ts';
import { freePorts } from './ports.ts';
import { silentLog } from './silent-log.ts';

export interface ConfiguredEnvoy {
  /** Where clients connect, such as `http://127.0.0.1:4711`. */
  readonly url: string;
  readonly envoy: EnvoyProcess;
  /** The driver of its discovery files. */
  readonly files: EnvoyFiles;
  /** The folder of the discovery files. */
  readonly directory: string;
  stop(): Promise<void>;
}

/** Starts it and waits until it takes requests. `extProc` is where the router listens. */
export async function startConfiguredEnvoy(given: {
  readonly config: RouterConfig;
  readonly extProc: EnvoyOptions['extProc'];
  readonly options?: Partial<EnvoyOptions>;
  readonly concurrency?: number;
  /** How long Envoy may take for one discovery file. */
  readonly timeoutSeconds?: number;
}): Promise<ConfiguredEnvoy> {
  const directory = await mkdtemp(join(tmpdir(), 'srm-discovery-'));
  const [port, adminPort] = (await freePorts(2)) as [number, number];
  const options: EnvoyOptions = {
    listen: { host: '127.0.0.1', port },
    admin: { host: '127.0.0.1', port: adminPort },
    extProc: given.extProc,
    directory,
    ...given.options,
  };
  const files = createEnvoyFiles({
    envoy: options,
    log: silentLog,
    ...(given.timeoutSeconds === undefined ? {} : { timeoutSeconds: given.timeoutSeconds }),
  });
  await files.writeInitial(given.config);
  const envoy = await startEnvoy({
    bootstrap: buildBootstrap(options),
    adminPort,
    ...(given.concurrency === undefined ? {} : { concurrency: given.concurrency }),
  });
  return {
    url: `http://127.0.0.1:${port}`,
    envoy,
    files,
    directory,
    stop: async () => {
      await files.idle();
      await envoy.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
