// `router`: the router as it runs in a pod: beside an Envoy of our own, or behind one that somebody
// else configures.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { EnvoyOptions } from '../../config/envoy/options.ts';
import { ports } from '../../config/names.ts';
import { createProcessLog } from '../adapters/log/create-log.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { letHeapGrow } from '../adapters/system/heap.ts';
import { startRouter, type RouterOptions } from '../main.ts';
import { createRequestLog } from '../metering/request-log.ts';
import type { Log } from '../ports.ts';
import { createAskEnvoy } from '../runtime/ask-envoy.ts';
import { createEnvoyDrain } from '../runtime/envoy-drain.ts';
import { createEnvoyFiles } from '../runtime/envoy.ts';
import { modelsDirectory, readAddress, readSeconds } from './arguments.ts';
import { envoyFlags, envoyFlagsHelp, readEnvoyFlags } from './envoy-flags.ts';
import { untilSignalled } from './shutdown.ts';

const help = `Usage: semantic-router-maas router --config FILE [OPTIONS]

Runs the router: an ext_proc server for Envoy.

  --config FILE              the configuration, reloaded when it changes
  --metrics HOST:PORT        where /metrics listens (0.0.0.0:${ports.metrics})
  --admin HOST:PORT          where /healthz, /readyz, /config and /v1/models listen (0.0.0.0:${ports.admin})
  --ledger-directory DIR     where the usage ledger lies if the configuration names no folder
  --models DIR               a folder with a folder for each model ($MODELS_DIR); with neither, words
                             and rules alone tell what a prompt is about
  --drain-delay SECONDS      time between "not ready" and "no new streams" at SIGTERM (5)
  --last-scrape SECONDS      longest wait for one more scrape of /metrics at SIGTERM, if anybody has
                             scraped before (0)
  --end-within SECONDS       time between SIGTERM and somebody's SIGKILL: grace and waiting give way

An Envoy that somebody else configures finds the router at:

  --ext-proc ADDRESS         HOST:PORT or unix:/PATH (0.0.0.0:${ports.extProc})

An Envoy of its own, which "envoy-files" was called for with the same flags, it keeps in step:

${envoyFlagsHelp}
Environment: LOG_LEVEL, LOG_FORMAT (json, pretty), USER_HASH_KEY, MODELS_DIR,
CLASSIFICATION_API_TOKEN (what callers of the classification API on the admin port must show as a
bearer token).
`;

export const routerFlags = {
  ...envoyFlags,
  config: { type: 'string' },
  metrics: { type: 'string', default: `0.0.0.0:${ports.metrics}` },
  admin: { type: 'string', default: `0.0.0.0:${ports.admin}` },
  'ledger-directory': { type: 'string' },
  models: { type: 'string' },
  'drain-delay': { type: 'string', default: '5' },
  'last-scrape': { type: 'string', default: '0' },
  'end-within': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export async function router(args: readonly string[]): Promise<number> {
  letHeapGrow();
  const output = createProcessLog(systemClock);
  // From the beginning: the first process of a container is ended by no signal that it does not handle.
  const signalled = untilSignalled();
  try {
    const { values } = parseArgs({ args: [...args], options: routerFlags });
    if (values.help) {
      process.stdout.write(help);
      return 0;
    }
    if (values.config === undefined) throw new Error('--config FILE is missing.');
    const drainDelayMs = readSeconds('--drain-delay', values['drain-delay']) * 1000;
    const lastScrapeMs = readSeconds('--last-scrape', values['last-scrape']) * 1000;
    const endWithin = values['end-within'];
    const within =
      endWithin === undefined ? {} : { withinMs: readSeconds('--end-within', endWithin) * 1000 };
    const beside = readEnvoyFlags(values);
    const running = await startRouter({
      configPath: values.config,
      extProcAddress: beside?.extProcAddress ?? values['ext-proc'] ?? `0.0.0.0:${ports.extProc}`,
      ...(beside === undefined ? {} : keepInStep(beside.envoy, output.log)),
      ledgerDirectory: values['ledger-directory'],
      modelsDirectory: modelsDirectory(values.models, process.env),
      metrics: readAddress('--metrics', values.metrics),
      admin: readAddress('--admin', values.admin),
      log: output.log,
      droppedLogLines: output.dropped,
      hashKey: process.env['USER_HASH_KEY'],
      apiToken: process.env['CLASSIFICATION_API_TOKEN'],
      onRecord: createRequestLog(output.writeInfo, output.log.isEnabled('info')),
    });
    const early = await Promise.race([signalled, Promise.resolve(undefined)]);
    if (early === undefined) {
      output.log.info('the router serves', { ...running.ports, config: values.config });
    }
    const signal = early ?? (await signalled);
    output.log.info('shutting down', { signal, streams: running.activeStreams() });
    // Who was asked to end before it served has nobody to wait for.
    await running.stop(early === undefined ? { drainDelayMs, lastScrapeMs, ...within } : within);
    output.log.info('shut down');
    await output.flush();
    return 0;
  } catch (error) {
    await output.flush();
    process.stderr.write(
      `semantic-router-maas router: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return 1;
  }
}

function keepInStep(
  envoy: EnvoyOptions,
  log: Log,
): Required<Pick<RouterOptions, 'envoy' | 'envoyDrain'>> {
  return {
    envoy: createEnvoyFiles({ envoy, log }),
    envoyDrain: createEnvoyDrain(createAskEnvoy(envoy.admin), {
      sleep,
      now: () => performance.now(),
    }),
  };
}
