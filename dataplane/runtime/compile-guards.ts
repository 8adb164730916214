// The guards of a decision: its plugins, and the global guards where it has none of the kind.
import type { Decision, RouterConfig } from '../../config/schema/index.ts';
import type { JailbreakPolicy, PiiPolicy } from '../domain/guard-verdict.ts';
import type { GuardOf, GuardPlan, Model } from './runtime.ts';

type Guards = Pick<RouterConfig, 'classifier' | 'pii_guard' | 'prompt_guard'>;
type Plugin = Decision['plugins'][number];

// Where neither a guard nor a classifier names a threshold: the peer's default for both detectors.
const defaultThreshold = 0.7;

/** `find` gives a model by the router's name. */
export function guardsFor(
  config: Guards,
  plugins: readonly Plugin[],
  find: (name: string) => Model,
): GuardPlan {
  return { jailbreak: jailbreakGuard(config, plugins, find), pii: piiGuard(config, plugins, find) };
}

/** What the plugin leaves out is as in `prompt_guard`; a plugin that is off keeps it from acting. */
function jailbreakGuard(
  { prompt_guard: common }: Guards,
  plugins: readonly Plugin[],
  find: (name: string) => Model,
): GuardOf<JailbreakPolicy> | undefined {
  const own = plugins.find((plugin) => plugin.type === 'jailbreak')?.configuration;
  if (!(own ?? common)?.enabled) return undefined;
  const action = own?.action ?? common?.action ?? 'block';
  const model = own?.action === undefined ? (own?.model ?? common?.model) : own.model;
  return {
    threshold: own?.threshold ?? common?.threshold ?? defaultThreshold,
    action,
    onUnknown: own?.on_unknown ?? common?.on_unknown ?? 'allow',
    elsewhere: action === 'route' && model !== undefined ? find(model) : undefined,
  };
}

function piiGuard(
  { classifier, pii_guard: common }: Guards,
  plugins: readonly Plugin[],
  find: (name: string) => Model,
): GuardOf<PiiPolicy> | undefined {
  const own = plugins.find((plugin) => plugin.type === 'pii')?.configuration;
  const guard = own ?? common;
  if (!guard?.enabled) return undefined;
  const { action, model } = guard;
  return {
    threshold: guard.threshold ?? classifier?.pii_model?.threshold ?? defaultThreshold,
    allowed: new Set(guard.pii_types_allowed),
    action,
    restore: action === 'mask' && guard.restore,
    onUnknown: guard.on_unknown,
    elsewhere: action === 'route' && model !== undefined ? find(model) : undefined,
  };
}
