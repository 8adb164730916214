// The router's configurations for what signals cost: the same models and plugins everywhere, with all
// signals, or with none.
import type { z } from 'zod';
import type { SignalType } from '../../../config/schema/decisions.ts';
import type { routerConfigSchema } from '../../../config/schema/index.ts';
import { models } from '../router-config.ts';

type ConfigFile = z.input<typeof routerConfigSchema>;
type DecisionInput = NonNullable<ConfigFile['decisions']>[number];
interface ConditionInput {
  readonly type: SignalType;
  readonly name: string;
}

/**
 * - `none`: one decision that always matches.
 * - `cache`: the same, with the semantic cache on.
 * - `all`: a decision for each kind of signal, both guards and the semantic cache. What names its
 *   model itself meets none of that.
 */
export type SignalSetup = 'none' | 'cache' | 'all';

export interface SignalsConfigOptions {
  readonly setup: SignalSetup;
  readonly backendPort: number;
  readonly ledgerDirectory: string;
}

/** The content of the configuration file; as JSON it is valid YAML. */
export function buildSignalsConfig(options: SignalsConfigOptions): ConfigFile {
  const { setup, backendPort, ledgerDirectory } = options;
  return {
    default_model: models[0],
    vllm_endpoints: [{ name: 'backend', address: '127.0.0.1', port: backendPort }],
    model_config: Object.fromEntries(
      models.map((model) => [model, { preferred_endpoints: ['backend'] }]),
    ),
    usage_ledger: { directory: ledgerDirectory },
    maas_integration: { enabled: true },
    // Decisions switch it on for themselves, so that pinned requests go without.
    ...(setup === 'none' ? {} : { semantic_cache: { enabled: false, max_entries: 100_000 } }),
    ...(setup === 'all' ? signals : {}),
    decisions: [
      ...(setup === 'all' ? bySignal : []),
      decision('otherwise', 0, [], pluginsOf(setup)),
    ],
  };
}

type Plugins = NonNullable<DecisionInput['plugins']>;

function pluginsOf(setup: SignalSetup): Plugins {
  const cache: Plugins = [{ type: 'semantic-cache', configuration: { enabled: true } }];
  const guards: Plugins = [
    { type: 'jailbreak', configuration: { action: 'observe' } },
    { type: 'pii', configuration: { action: 'mask', restore: true } },
  ];
  return setup === 'none' ? [] : setup === 'cache' ? cache : [...guards, ...cache];
}

function decision(
  name: string,
  priority: number,
  conditions: ConditionInput[],
  plugins: Plugins,
): DecisionInput {
  const model = models[priority % models.length] ?? models[0];
  return {
    name,
    priority,
    rules: { operator: conditions.length === 0 ? 'AND' : 'OR', conditions },
    modelRefs: [{ model }],
    plugins,
  };
}

const signals = {
  keyword_rules: [
    { name: 'incident', operator: 'OR', keywords: ['stack trace', 'segfault', 'kernel panic'] },
  ],
  context_rules: [{ name: 'long', min_tokens: '16K' }],
  language_rules: [{ name: 'other-language', languages: ['de', 'fr', 'es'], threshold: 0.7 }],
  structure_rules: [
    {
      name: 'many-questions',
      feature: { type: 'count', source: { type: 'regex', pattern: '[?]' } },
      predicate: { gte: 6 },
    },
  ],
  embedding_rules: [
    {
      name: 'billing',
      threshold: 0.75,
      candidates: [
        'My invoice is wrong.',
        'I was charged twice for one order.',
        'How do I get my money back?',
      ],
    },
  ],
  complexity_rules: [
    {
      name: 'effort',
      threshold: 0.3,
      hard: { candidates: ['Prove that there are infinitely many primes of the form 4k + 3.'] },
      easy: { candidates: ['What is the capital of Norway?'] },
    },
  ],
  categories: [{ name: 'law' }],
  jailbreak_rules: [{ name: 'attack', threshold: 0.9 }],
  pii_rules: [
    { name: 'identity-papers', pii_types_allowed: ['EMAIL_ADDRESS', 'PERSON', 'ORGANIZATION'] },
  ],
} satisfies Partial<ConfigFile>;

/** None of these holds for the prompts of the benchmark, so each is asked for. */
const bySignal: readonly DecisionInput[] = (
  [
    ['jailbreak', 'attack'],
    ['domain', 'law'],
    ['embedding', 'billing'],
    ['complexity', 'effort:hard'],
    // Above them it would have to be known before the embedding is asked for.
    ['pii', 'identity-papers'],
    ['keyword', 'incident'],
    ['context', 'long'],
    ['language', 'other-language'],
    ['structure', 'many-questions'],
  ] as const
).map(([type, name], index) =>
  decision(`by-${type}`, 90 - index * 10, [{ type, name }], pluginsOf('all')),
);
