// `run`: Envoy and the router on this machine. What `npm start` does.
import { parseArgs } from 'node:util';
import { ports } from '../../config/names.ts';
import { createProcessLog } from '../adapters/log/create-log.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { letHeapGrow } from '../adapters/system/heap.ts';
import { banner } from '../local/banner.ts';
import { startLocal } from '../local/start-local.ts';
import { readPort } from './arguments.ts';
import { untilSignalled } from './shutdown.ts';

const help = `Usage: semantic-router-maas run [OPTIONS]

Runs a real Envoy with the router beside it. Endpoints that do not answer are simulated; in MaaS and
hybrid mode an API-key gate with three demo keys stands in front.

  --config FILE        the configuration, reloaded when it changes (config/config.maas.yaml)
  --backend URL        a real server to send everything to, such as http://127.0.0.1:8000
  --models DIR         a folder with a folder for each model, taken as it is; without it the default
                       ones are fetched where they are missing, into $MODELS_DIR or
                       ~/.cache/semantic-router-maas/models
  --port PORT          Envoy (${ports.envoy})
  --metrics-port PORT  /metrics (${ports.metrics})
  --admin-port PORT    /healthz, /readyz, /config, /v1/models (${ports.admin})
  --ext-proc-port PORT the router's ext_proc server (${ports.extProc})

Environment: LOG_LEVEL, LOG_FORMAT (json, pretty), USER_HASH_KEY, ENVOY_BIN, MODELS_DIR.
`;

const options = {
  config: { type: 'string', default: 'config/config.maas.yaml' },
  backend: { type: 'string' },
  models: { type: 'string' },
  port: { type: 'string', default: String(ports.envoy) },
  'metrics-port': { type: 'string', default: String(ports.metrics) },
  'admin-port': { type: 'string', default: String(ports.admin) },
  'ext-proc-port': { type: 'string', default: String(ports.extProc) },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export async function run(args: readonly string[]): Promise<number> {
  letHeapGrow();
  const output = createProcessLog(systemClock);
  const fail = async (error: unknown): Promise<number> => {
    await output.flush();
    const sentence = error instanceof Error ? error.message : String(error);
    process.stderr.write(`semantic-router-maas run: ${sentence}\n`);
    return 1;
  };
  try {
    const { values } = parseArgs({ args: [...args], options });
    if (values.help) {
      process.stdout.write(help);
      return 0;
    }
    const local = await startLocal({
      configPath: values.config,
      backendUrl: values.backend,
      ports: {
        envoy: readPort('--port', values.port),
        metrics: readPort('--metrics-port', values['metrics-port']),
        admin: readPort('--admin-port', values['admin-port']),
        extProc: readPort('--ext-proc-port', values['ext-proc-port']),
      },
      output,
      hashKey: process.env['USER_HASH_KEY'],
      modelsDirectory: values.models,
      say: (line) => process.stdout.write(`${line}\n`),
    });
    process.stdout.write(banner(local));
    const ending = await Promise.race([untilSignalled(), local.failed]);
    const asked = ending === 'SIGINT' || ending === 'SIGTERM';
    output.log.info('shutting down', { reason: ending });
    await local.stop();
    await output.flush();
    return asked ? 0 : await fail(ending);
  } catch (error) {
    return fail(error);
  }
}
