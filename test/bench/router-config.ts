// The router's configuration in the benchmark: 20 decisions over 20 or 200 keyword rules, each with
// what makes a request cost something: another model, a reasoning family, a system prompt.
import type { z } from 'zod';
import type { routerConfigSchema } from '../../config/schema/index.ts';
import { phrases, topics } from './topics.ts';

type ConfigFile = z.input<typeof routerConfigSchema>;

/** Models that the decisions choose among; Envoy has a route and a cluster for each. */
export const models = ['granite-small', 'granite-large', 'granite-reasoner'] as const;

const wordsPerFurtherRule = 8;

export interface RouterConfigOptions {
  readonly maas: boolean;
  /** 20, or 200: the further ones hang on the same decisions, and their words occur in no prompt. */
  readonly rules: 20 | 200;
  readonly backendPort: number;
  /** Folder of the usage ledger. */
  readonly ledgerDirectory: string;
}

/** The content of the configuration file; as JSON it is valid YAML. */
export function buildRouterConfig(options: RouterConfigOptions): ConfigFile {
  const further = furtherRules(options.rules - topics.length);
  return {
    default_model: models[0],
    reasoning_families: { granite: { type: 'chat_template_kwargs', parameter: 'thinking' } },
    vllm_endpoints: [{ name: 'backend', address: '127.0.0.1', port: options.backendPort }],
    model_config: Object.fromEntries(
      models.map((model) => [
        model,
        { reasoning_family: 'granite', preferred_endpoints: ['backend'] },
      ]),
    ),
    keyword_rules: [
      ...topics.map((topic) => ({
        name: topic.name,
        operator: topic.all === true ? ('AND' as const) : ('OR' as const),
        keywords: [...topic.keywords],
        case_sensitive: topic.caseSensitive ?? false,
      })),
      ...further,
    ],
    decisions: topics.map((topic, index) => ({
      name: `about-${topic.name}`,
      priority: 100 - index,
      rules: {
        operator: 'OR' as const,
        conditions: [topic.name, ...shareOf(further, index)].map((name) => ({
          type: 'keyword' as const,
          name,
        })),
      },
      modelRefs: [
        { model: models[index % models.length] ?? models[0], use_reasoning: index % 2 === 0 },
      ],
      plugins: [
        {
          type: 'system_prompt' as const,
          configuration: {
            mode: 'insert' as const,
            system_prompt: `You answer questions about ${topic.name}. Say so when you are not sure.`,
          },
        },
      ],
    })),
    usage_ledger: { directory: options.ledgerDirectory },
    maas_integration: { enabled: options.maas },
  };
}

interface KeywordRuleInput {
  readonly name: string;
  readonly operator: 'OR';
  readonly keywords: string[];
}

function furtherRules(count: number): KeywordRuleInput[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `further-${index}`,
    operator: 'OR' as const,
    keywords: phrases.slice(index * wordsPerFurtherRule, (index + 1) * wordsPerFurtherRule),
  }));
}

/** Every twentieth of the further rules, so that each decision has as many. */
function shareOf(further: readonly KeywordRuleInput[], decision: number): string[] {
  return further.filter((_, index) => index % topics.length === decision).map((rule) => rule.name);
}
