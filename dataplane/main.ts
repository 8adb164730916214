// The router, put together: configuration, pipeline, ext_proc server, metering, HTTP ports. The one
// file that knows every part; nothing else may import the ext_proc server.
import { readFile } from 'node:fs/promises';
import type { RouterConfig } from '../config/schema/index.ts';
import {
  modelOfNow,
  openAnalysers,
  type OpenAnalysersOptions,
} from './adapters/analysers/open-analysers.ts';
import { createContentDecoder } from './adapters/content-decoder/create-content-decoder.ts';
import { openStore, storeIdentity } from './adapters/cache/open-store.ts';
import { openLedger } from './adapters/ledger/open-ledger.ts';
import { systemClock } from './adapters/system/clock.ts';
import { createUuidV7 } from './adapters/system/ids.ts';
import { apiDeps } from './admin/classification/api-deps.ts';
import { startAdminServer } from './admin/admin-server.ts';
import { startMetricsServer } from './admin/metrics-server.ts';
import { configReportOf, readinessOf, type RouterState } from './admin/router-reports.ts';
import { watchScrapes } from './admin/watch-scrapes.ts';
import type { ServerTls } from './extproc/listen.ts';
import { startExtProcServer } from './extproc/server.ts';
import { addStoreMetrics, createCacheSeries } from './metering/cache-series.ts';
import { createMeter } from './metering/meter.ts';
import {
  addConfigMetrics,
  addLedgerMetrics,
  addLogMetrics,
  addModelMetrics,
} from './metering/program-metrics.ts';
import { addProcessMetrics } from './metering/prometheus/process-metrics.ts';
import { MetricsRegistry } from './metering/prometheus/registry.ts';
import { openExchange, type ExchangeDeps } from './pipeline/open-exchange.ts';
import type { MaybePromise } from './domain/http.ts';
import type { UsageRecord } from './domain/usage-record.ts';
import type { Ledger, Log } from './ports.ts';
import { createCandidateStore } from './runtime/candidate-store.ts';
import { createCurrentRuntime, type CurrentRuntime } from './runtime/current.ts';
import type { EnvoyDrain } from './runtime/envoy-drain.ts';
import { foreignGateway, type EnvoyControl, type EnvoyFiles } from './runtime/envoy.ts';
import { createReloader, loadRuntime, type RuntimeChange } from './runtime/reload.ts';
import { createSemanticCaches, type SemanticCaches } from './runtime/semantic-caches.ts';
import { createDrainNotice, createTimeLeft, endStreams } from './runtime/shutdown.ts';
import { startTogether } from './runtime/start-together.ts';
import { watchFile } from './runtime/watch.ts';
import type { StageDeps } from './stages/stage.ts';
import { RequestFacts } from './stages/request-facts.ts';

/** What the schema allows for `router.max_request_body_bytes`. */
const largestBodyBytes = 1_073_741_824;

export interface RouterOptions {
  readonly configPath: string;
  /** `host:port` or `unix:/path`. */
  readonly extProcAddress: string;
  /** Where `/metrics` listens. */
  readonly metrics: { readonly host: string; readonly port: number };
  /** Where health, readiness, `/config` and `/v1/models` listen. */
  readonly admin: { readonly host: string; readonly port: number };
  readonly log: Log;
  /** Log lines lost so far, for the metric. */
  readonly droppedLogLines?: (() => number) | undefined;
  /** Key of `user_label: hash`. */
  readonly hashKey: string | undefined;
  /** Gets each usage record once it is counted. */
  readonly onRecord?: ((record: UsageRecord) => void) | undefined;
  readonly adjust?: ((config: RouterConfig) => MaybePromise<RouterConfig>) | undefined;
  /** Keeps an Envoy of our own in step; left out behind somebody else's gateway. */
  readonly envoy?: EnvoyFiles | undefined;
  /** Ends that Envoy's work at shutdown; left out where somebody else does. */
  readonly envoyDrain?: EnvoyDrain | undefined;
  /** Holds a folder for each model; without it, or without models in it, words and rules tell. */
  readonly modelsDirectory?: string | undefined;
  /** Settings of the models' threads; for tests. */
  readonly modelHost?: OpenAnalysersOptions['host'];
  /** Bearer token of the classification API; without it whoever reaches the admin port may ask. */
  readonly apiToken?: string | undefined;
  /** Where the ledger lies if the configuration names no folder. */
  readonly ledgerDirectory?: string | undefined;
}

export interface Router {
  readonly ports: { readonly extProc: number; readonly metrics: number; readonly admin: number };
  readonly current: CurrentRuntime;
  readonly ledger: Ledger;
  /** Streams that run now. */
  activeStreams(): number;
  /**
   * Ends: not ready, then `drainDelayMs` for others to notice, then no new streams, then running
   * ones for at most the configured grace, then the ledger is flushed. `/metrics` stays up for one
   * more scrape, but no longer than `lastScrapeMs`, and not at all when nobody scrapes.
   */
  stop(options?: StopOptions): Promise<void>;
}

export interface StopOptions {
  readonly drainDelayMs?: number;
  readonly graceMs?: number;
  readonly lastScrapeMs?: number;
  /** After so long somebody kills the process: the grace and the wait for a scrape give way. */
  readonly withinMs?: number;
}

/**
 * Rejects with a sentence for the user when anything that must be there is not, and leaves nothing
 * running then.
 */
export async function startRouter(options: RouterOptions): Promise<Router> {
  // A router that serves is ended by its own `stop`, which drains first.
  return (await startTogether((started) => startParts(options, started))).parts;
}

async function startParts(
  options: RouterOptions,
  started: (end: () => Promise<unknown>) => void,
): Promise<Router> {
  const { configPath, envoy, log } = options;
  const bytes = await readFile(configPath);
  const source = { path: configPath, clock: systemClock, adjust: options.adjust };
  const first = await loadRuntime(bytes, source);
  if (!first.ok) throw new Error(first.problems.join('\n'));
  for (const warning of first.warnings) log.warn('configuration', { warning });
  const { config } = first.runtime;
  const signals = await openAnalysers({
    config,
    installed: options.modelsDirectory,
    log,
    host: options.modelHost,
  });
  started(() => signals.close());
  // What the configuration compares prompts with needs the model.
  await signals.settled;
  const candidates = createCandidateStore(modelOfNow(signals.analysers), systemClock);
  const loaded = await loadRuntime(bytes, { ...source, candidates });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));

  const current = createCurrentRuntime(loaded.runtime);
  const registry = new MetricsRegistry();
  const { usage_ledger: settings } = config;
  const directory = settings.directory ?? options.ledgerDirectory;
  const ledger = await openLedger({ ...settings, directory }, log);
  started(() => ledger.close());
  const meter = createMeter({ ...options, ledger, registry });
  addProcessMetrics(registry);
  addLedgerMetrics(registry, () => ledger.stats());
  if (options.droppedLogLines !== undefined) addLogMetrics(registry, options.droppedLogLines);
  addModelMetrics(registry, signals);
  const metrics = addConfigMetrics(registry);
  metrics.loaded({ hash: loaded.runtime.hash, atMs: loaded.runtime.loadedAtMs });
  const telemetry = createCacheSeries(registry);
  const storeDeps = { clock: systemClock, log, environment: process.env };
  const caches = createSemanticCaches({
    identityOf: storeIdentity,
    open: (wanted) =>
      openStore(wanted, {
        ...storeDeps,
        onEviction: () => {
          telemetry.eviction();
        },
      }),
    telemetry,
    timer,
    random: Math.random,
    hashKey: options.hashKey,
  });
  started(() => caches.close());
  (await caches.prepare(config)).commit();
  addStoreMetrics(registry, () => caches.stats());
  const ids = createUuidV7(systemClock);
  const promptFacts: StageDeps['promptFacts'] = (request) =>
    new RequestFacts(request, signals.analysers, meter);
  const exchangeDeps: ExchangeDeps = {
    clock: systemClock,
    ids,
    telemetry: meter,
    usage: meter,
    decoder: createContentDecoder,
    promptFacts,
    get embedder() {
      return signals.analysers.embedder;
    },
    cache: () => caches.current(),
    log,
    pin: () => current.pin(),
  };

  await envoy?.start(config);
  if (envoy !== undefined && config.router.ext_proc_tls !== undefined) {
    log.warn('router.ext_proc_tls is without effect: the Envoy beside the router needs no TLS');
  }
  const server = await startExtProcServer({
    address: options.extProcAddress,
    tls: envoy === undefined ? serverTls(config) : undefined,
    openExchange: () => openExchange(exchangeDeps),
    log,
    // The limit in force is the exchange's; a reload may raise it up to what the schema allows.
    limits: { maxBodyBytes: largestBodyBytes },
  });
  started(() => server.close());
  const reloader = createReloader({
    ...source,
    candidates,
    current,
    log,
    warnings: loaded.warnings,
    metrics,
    apply: async (change) => {
      await signals.reload(change.next.config);
      await applyAround({ envoy: envoy ?? foreignGateway, caches }, change);
    },
  });
  const state: RouterState = {
    ...{ current, reloader, ledger, caches, envoy, signals },
    draining: false,
  };
  const drain = createDrainNotice();
  const onError = (path: string, error: unknown): void => {
    log.error('an HTTP answer failed', { path, error: String(error) });
  };
  const page = watchScrapes(registry);
  const metricsServer = await startMetricsServer({ ...options.metrics, page, onError });
  started(() => metricsServer.close());
  const adminServer = await startAdminServer({
    ...options.admin,
    sources: {
      readiness: () => readinessOf(state),
      drained: () => drain.ended(),
      config: () => configReportOf(state),
      models: () => current.runtime.modelList,
    },
    onError,
    api: {
      deps: apiDeps({ current, analysers: signals.analysers, promptFacts, clock: systemClock }),
      access: { token: options.apiToken },
    },
  });
  started(() => adminServer.close());
  const watcher = watchFile({
    path: configPath,
    initial: bytes,
    onChange: (changed) => reloader.reload(changed),
    onError: (error) => {
      log.error('the configuration file cannot be read', {
        path: configPath,
        error: String(error),
      });
    },
  });
  server.setServing(true);

  return {
    ports: { extProc: server.port, metrics: metricsServer.port, admin: adminServer.port },
    current,
    ledger,
    activeStreams: () => server.activeStreams(),
    stop: async ({ drainDelayMs = 0, graceMs, lastScrapeMs = 0, withinMs } = {}) => {
      const left = createTimeLeft(withinMs);
      state.draining = true;
      drain.begin();
      watcher.close();
      await endStreams({
        server,
        envoy: options.envoyDrain,
        drainDelayMs,
        graceMs: graceMs ?? current.runtime.config.router.shutdown_grace_seconds * 1000,
        left,
      });
      await ledger.flush();
      drain.end();
      await page.lastScrape(Math.min(lastScrapeMs, left()));
      await ledger.close();
      await caches.close();
      await Promise.all([metricsServer.close(), adminServer.close(), signals.close()]);
    },
  };
}

/** Envoy and the cache change together with the Runtime, or not at all. */
async function applyAround(
  { envoy, caches }: { readonly envoy: EnvoyControl; readonly caches: SemanticCaches },
  { next, swap }: RuntimeChange,
): Promise<void> {
  const change = await caches.prepare(next.config);
  try {
    await envoy.apply(next.config, () => {
      change.commit();
      return swap();
    });
  } catch (error) {
    change.abandon();
    throw error;
  }
}

/** Calls once after so long; a process that ends does not wait for it. */
function timer(milliseconds: number, call: () => void): () => void {
  const timeout = setTimeout(call, milliseconds).unref();
  return () => {
    clearTimeout(timeout);
  };
}

function serverTls({ router }: RouterConfig): ServerTls | undefined {
  const tls = router.ext_proc_tls;
  if (tls === undefined) return undefined;
  return {
    cert: { file: tls.cert_file },
    key: { file: tls.key_file },
    clientCa: tls.client_ca_file === undefined ? undefined : { file: tls.client_ca_file },
  };
}
