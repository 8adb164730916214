// What the router says of itself: whether it is ready, what works less well than configured, what is
// in force.
import { billingMode } from '../../config/mode.ts';
import type { Ledger } from '../ports.ts';
import type { CurrentRuntime } from '../runtime/current.ts';
import type { EnvoyFiles } from '../runtime/envoy.ts';
import { neededModels, type NeededModel } from '../runtime/needed-models.ts';
import type { Reloader } from '../runtime/reload.ts';
import type { SemanticCaches } from '../runtime/semantic-caches.ts';
import type { ConfigReport, ModelReport, Readiness } from './admin-server.ts';

export interface RouterState {
  readonly current: CurrentRuntime;
  readonly reloader: Reloader;
  readonly ledger: Ledger;
  readonly caches: Pick<SemanticCaches, 'stats'>;
  readonly envoy: EnvoyFiles | undefined;
  readonly signals: { status(): readonly ModelState[] };
  draining: boolean;
}

interface ModelState {
  readonly role: string;
  readonly state: ModelReport['state'];
  readonly problem: string | undefined;
}

/** Kinds of signals that this build computes. */
const signals = [
  ...['keyword', 'context', 'authz', 'language', 'conversation', 'structure', 'complexity', 'time'],
  ...['embedding', 'domain', 'jailbreak', 'pii'],
];

export async function readinessOf(parts: RouterState): Promise<Readiness> {
  const { caches, current, draining, envoy, ledger, reloader } = parts;
  const { state, problem } = ledger.stats();
  const { rejected } = reloader.status();
  const degraded: Record<string, string> = {};
  if (state === 'degraded') degraded['ledger'] = `records wait in memory (${problem ?? 'unknown'})`;
  if (rejected !== undefined) degraded['config'] = `the newest file was refused (${rejected.hash})`;
  const cacheProblem = caches.stats()?.problem;
  if (cacheProblem !== undefined) {
    degraded['semantic_cache'] = `requests go on without it (${cacheProblem})`;
  }
  const lacking = modelReports(parts).filter(({ needed, state: is }) => needed && is !== 'ready');
  if (lacking.length > 0) {
    const all = lacking.map(
      ({ detail, name, state: is }) => `${name}: ${is}${detail && ` (${detail})`}`,
    );
    degraded['signals'] = `words and rules alone tell, without models: ${all.join('; ')}`;
  }
  return {
    draining,
    checks: {
      ext_proc: { ok: !draining, detail: draining ? 'draining' : 'serving' },
      config: { ok: true, detail: current.runtime.hash },
      ...(envoy === undefined ? {} : { envoy: await envoy.readiness() }),
    },
    degraded,
    signals,
  };
}

export function configReportOf(parts: RouterState): ConfigReport {
  const { current, reloader } = parts;
  const { config, hash, loadedAtMs } = current.runtime;
  return {
    hash,
    loadedAtMs,
    mode: billingMode(config),
    counts: {
      models: Object.keys(config.model_config).length,
      endpoints: config.vllm_endpoints.length,
      decisions: config.decisions.length,
      keyword_rules: config.keyword_rules.length,
    },
    models: modelReports(parts),
    rejected: reloader.status().rejected,
    warnings: reloader.status().warnings,
  };
}

function modelReports({ current, signals: parts }: RouterState): ModelReport[] {
  const needed = neededModels(current.runtime);
  return parts.status().map(({ problem, role, state }) => ({
    name: role,
    state,
    // A classifier that the configuration names is one that it needs.
    needed: role === 'embedding' || role === 'pii' ? needed.has(role satisfies NeededModel) : true,
    detail: problem ?? '',
  }));
}
