// Keys of semantic-router that this router has no use for. One that would change what happens to a
// request is refused, so that nobody is surprised; the others are ignored.
import type { Path } from './problem.ts';

interface PeerKey {
  /** Path in the flat form; `*` stands for any key or index. */
  readonly path: string;
  /** When the key would change something; left out: never. */
  readonly refusedIf?: (value: unknown) => boolean;
  readonly refusal?: string;
  /** What the author should know about an ignored key; left out: nothing. */
  readonly warning?: string;
}

const always = (): boolean => true;
const isEnabled = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'enabled' in value && value.enabled === true;
const holdsSomething = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;

/** Sections that do nothing unless they say `enabled: true`. */
function optionalSection(path: string, what: string): PeerKey {
  const refusal = `${what} is not supported; remove the section or set \`enabled: false\``;
  return { path, refusedIf: isEnabled, refusal };
}

const peerKeys: readonly PeerKey[] = [
  ...['negative_candidates', 'image_candidates', 'negative_image_candidates'].map((key) => ({
    path: `embedding_rules.*.${key}`,
    refusedIf: holdsSomething,
    refusal: 'is not supported: a prompt is compared with texts, and more like them is better',
  })),
  {
    path: 'embedding_rules.*.query_modality',
    refusedIf: (value) => value !== 'text',
    refusal: 'must be text: images and sounds are not compared',
  },
  ...['embedding_rules', 'complexity_rules'].map((section) => ({
    path: `${section}.*.prototype_scoring`,
    warning: 'is ignored: each example counts by itself',
  })),
  ...['hard', 'easy'].map((bank) => ({
    path: `complexity_rules.*.${bank}.image_candidates`,
    refusedIf: holdsSomething,
    refusal: 'is not supported: images are not compared',
  })),
  {
    path: 'complexity_rules.*.method',
    refusedIf: (value) => value !== 'embedding',
    refusal: 'is not supported: prompts are compared with `hard` and `easy`',
  },
  ...['hard_above', 'easy_below', 'hard_below', 'easy_above', 'composer'].map((key) => ({
    path: `complexity_rules.*.${key}`,
    refusedIf: always,
    refusal: 'is not supported: `threshold` says how far the prompt must be from the middle',
  })),
  {
    path: 'jailbreak_rules.*.method',
    refusedIf: (value) => value !== 'classifier',
    refusal: 'is not supported: there is one detector',
  },
  ...['jailbreak_patterns', 'benign_patterns'].map((key) => ({
    path: `jailbreak_rules.*.${key}`,
    refusedIf: holdsSomething,
    refusal: 'is not supported: use a signal of `keyword_rules` or `embedding_rules`',
  })),
  {
    path: 'jailbreak_rules.*.direction',
    refusedIf: (value) => value !== 'request',
    refusal: 'must be request: answers are not looked at',
  },
  ...['jailbreak_rules', 'pii_rules'].map((section) => ({
    path: `${section}.*.include_history`,
    warning: 'is ignored: all turns of the user and all results of tools are looked at',
  })),
  {
    path: 'model_config.*.pii_policy',
    warning: 'is ignored beside `decisions`: their `pii` plugins say what may pass',
  },
  {
    path: 'categories.*.model_scores',
    warning: 'is ignored beside `decisions`: their `modelRefs` say which model answers',
  },
  ...['domains', 'global_cache'].map((key) => ({
    path: `semantic_cache.${key}`,
    refusedIf: holdsSomething,
    refusal: 'is not supported: there is one cache; a decision sets its own threshold by a plugin',
  })),
  { path: 'classifier.mcp_category_model.*' },
  {
    path: 'model_config.*.pricing.cache_write_per_1m',
    warning: 'is ignored: tokens that a backend writes to its cache are priced as prompt tokens',
  },
  { path: 'decisions.*.annotations' },
  ...['adaptations', 'candidateIterations', 'emits', 'output_contract'].map((key) => ({
    path: `decisions.*.${key}`,
    refusedIf: holdsSomething,
    refusal: 'is not supported',
  })),
  { path: 'version' },
  {
    path: 'decisions.*.algorithm',
    refusedIf: (value) =>
      !(typeof value === 'object' && value !== null && 'type' in value && value.type === 'static'),
    refusal: 'must be of type static: the first of `modelRefs` answers',
  },
  {
    path: 'decisions.*.tier',
    refusedIf: (value) => value !== 0,
    refusal: 'is not supported: decisions are ordered by `priority`',
  },
  ...['recipes', 'entrypoints'].map((path) => ({
    path,
    refusedIf: holdsSomething,
    refusal: 'is not supported: a router has one set of decisions',
  })),
  { path: 'listeners', warning: "is ignored: Envoy's listener is configured where Envoy is" },
  optionalSection('maas', 'forwarding to another MaaS gateway'),
  optionalSection('response_api', 'the Responses API with stored state'),
  optionalSection('router_replay', 'the recording of requests'),
  optionalSection('memory', 'memory'),
  optionalSection('vector_store', 'the vector store'),
  optionalSection('hallucination_mitigation', 'the check for hallucinations'),
  optionalSection('feedback_detector', 'the detection of feedback'),
  optionalSection('modality_detector', 'routing by modality'),
  optionalSection('model_selection', 'the selection of models by an algorithm'),
  {
    path: 'ratelimit',
    refusedIf: holdsSomething,
    refusal: 'is not supported: limits belong to the gateway',
  },
  ...['authz', 'looper', 'external_models'].map((path) => ({
    path,
    refusedIf: holdsSomething,
    refusal: 'is not supported',
  })),
  ...[
    'high_confidence_threshold',
    'low_latency_threshold_ms',
    'lora_baseline_score',
    'traditional_baseline_score',
    'embedding_baseline_score',
    'success_confidence_threshold',
    'large_batch_threshold',
    'lora_default_execution_time_ms',
    'traditional_default_execution_time_ms',
    'default_confidence_threshold',
    'default_max_latency_ms',
    'default_batch_size',
    'default_avg_execution_time_ms',
    'lora_default_confidence',
    'traditional_default_confidence',
    'lora_default_success_rate',
    'traditional_default_success_rate',
    'multi_task_lora_weight',
    'single_task_traditional_weight',
  ].map((key) => ({ path: `router.${key}` })),
];

export type PeerKeyVerdict =
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'ignored'; readonly message: string | undefined };

/** What becomes of a key that the schema does not have; undefined when nobody knows it. */
export function judgePeerKey(path: Path, value: unknown): PeerKeyVerdict | undefined {
  const key = peerKeys.find((candidate) => matches(candidate.path.split('.'), path));
  if (key === undefined) return undefined;
  if (key.refusedIf?.(value) === true) {
    return { kind: 'refused', message: key.refusal ?? 'is not supported' };
  }
  return { kind: 'ignored', message: key.warning };
}

function matches(pattern: readonly string[], path: Path): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((part, index) => part === '*' || part === path[index])
  );
}
