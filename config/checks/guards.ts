// Guards, global ones and those of decisions: what their actions need.
import type { Decision, RouterConfig } from '../schema/index.ts';
import type { Finding, Path } from '../source/problem.ts';
import { checkOf, type Check } from './check-of.ts';
import { missing } from './references.ts';

interface GuardSettings {
  readonly enabled: boolean;
  readonly action?: string | undefined;
  readonly model?: string | undefined;
  readonly restore?: boolean | undefined;
}

interface PlacedGuard {
  readonly guard: GuardSettings;
  readonly path: Path;
}

const globalGuards = ['prompt_guard', 'pii_guard'] as const;

// A check for each place, since one that reads a section is passed over where it is left out.
export const guardChecks: readonly Check[] = [
  checkOf('guards of decisions that route', ['decisions', 'model_config'], function* (config) {
    for (const placed of pluginGuards(config.decisions)) yield* routesToNobody(placed, config);
  }),
  ...globalGuards.map((section) =>
    checkOf(`${section} routes to a model`, [section, 'model_config'], function* (config) {
      const guard = config[section];
      if (guard !== undefined) yield* routesToNobody({ guard, path: [section] }, config);
    }),
  ),
];

export const guardNotices: readonly Check[] = [
  checkOf('idle settings of guards of decisions', ['decisions'], function* (config) {
    for (const placed of pluginGuards(config.decisions)) yield* idleSettings(placed);
  }),
  ...globalGuards.map((section) =>
    checkOf(`idle settings of ${section}`, [section], function* (config) {
      const guard = config[section];
      if (guard !== undefined) yield* idleSettings({ guard, path: [section] });
    }),
  ),
];

function* routesToNobody(
  { guard, path }: PlacedGuard,
  { model_config }: Pick<RouterConfig, 'model_config'>,
): Generator<Finding> {
  if (!guard.enabled || guard.action !== 'route') return;
  const place = [...path, 'model'];
  if (guard.model === undefined) {
    const message = 'is needed where the action is `route`: the model that answers instead';
    yield { path: place, message };
  } else yield* missing(guard.model, Object.keys(model_config), place, 'model_config');
}

function* idleSettings({ guard, path }: PlacedGuard): Generator<Finding> {
  // A plugin without an action has that of `prompt_guard`, which may be the one meant.
  if (!guard.enabled || guard.action === undefined) return;
  if (guard.model !== undefined && guard.action !== 'route') {
    yield { path: [...path, 'model'], message: 'has no effect: the action is not `route`' };
  }
  if (guard.restore === true && guard.action !== 'mask') {
    yield { path: [...path, 'restore'], message: 'has no effect: the action is not `mask`' };
  }
}

function* pluginGuards(decisions: readonly Decision[]): Generator<PlacedGuard> {
  for (const [decision, { plugins }] of decisions.entries()) {
    for (const [index, plugin] of plugins.entries()) {
      if (plugin.type !== 'jailbreak' && plugin.type !== 'pii') continue;
      const path = ['decisions', decision, 'plugins', index, 'configuration'];
      yield { guard: plugin.configuration, path };
    }
  }
}
