import { expect, test } from '@jest/globals';
import { formatProblem, parseConfig } from './parse.ts';

// Everything that flat files of semantic-router commonly carry, with `maas_integration` added.
const existing = `bert_model:
  model_id: models/embedder
  threshold: 0.6
  use_cpu: true
embedding_models:
  qwen3_model_path: models/qwen3-embedding
  gemma_model_path: models/gemma-embedding
  use_cpu: true
semantic_cache:
  enabled: true
  backend_type: "memory"
  similarity_threshold: 0.8
  max_entries: 1000
  ttl_seconds: 3600
  eviction_policy: "fifo"
  use_hnsw: true
  hnsw_m: 16
  hnsw_ef_construction: 200
  embedding_model: "bert"
tools:
  enabled: false
  top_k: 3
  similarity_threshold: 0.2
  tools_db_path: "config/tools.json"
  fallback_to_empty: true
prompt_guard:
  enabled: true
  use_modernbert: true
  model_id: "models/jailbreak"
  threshold: 0.7
  use_cpu: true
  jailbreak_mapping_path: "models/jailbreak/types.json"
vllm_endpoints:
  - name: "endpoint1"
    address: "172.28.0.20"
    port: 8002
    weight: 1
model_config:
  "qwen3":
    reasoning_family: "qwen3"
    preferred_endpoints: ["endpoint1"]
    pii_policy:
      allow_by_default: true
classifier:
  category_model:
    model_id: "models/category"
    use_modernbert: true
    threshold: 0.6
    use_cpu: true
    category_mapping_path: "models/category/labels.json"
  pii_model:
    model_id: "models/pii"
    use_modernbert: true
    threshold: 0.7
    use_cpu: true
    pii_mapping_path: "models/pii/types.json"
  mcp_category_model:
    enabled: false
    transport_type: stdio
    command: python
    timeout_seconds: 30
keyword_rules:
  - category: "urgent"
    operator: "OR"
    keywords: ["urgent", "asap"]
    case_sensitive: false
  - name: "exact"
    operator: "OR"
    method: "regex"
    keywords: ["user.name@example.com", "C:\\\\Program Files\\\\"]
    case_sensitive: false
    fuzzy_match: false
    fuzzy_threshold: 2
embedding_rules:
  - name: "support"
    threshold: 0.75
    candidates: ["how do I install it", "it does not start"]
    aggregation_method: "max"
categories:
  - name: math
    description: "Numbers"
    mmlu_categories: ["math"]
  - name: other
strategy: "priority"
decisions:
  - name: "math_decision"
    description: "Numbers"
    priority: 100
    rules:
      operator: "AND"
      conditions:
        - type: "domain"
          name: "math"
    modelRefs:
      - model: "qwen3"
        use_reasoning: true
    plugins:
      - type: "system_prompt"
        configuration:
          system_prompt: "You are good with numbers."
      - type: "semantic-cache"
        configuration:
          enabled: true
          similarity_threshold: 0.92
      - type: "pii"
        configuration:
          enabled: true
          pii_types_allowed: []
  - name: "urgent_decision"
    rules:
      operator: "OR"
      conditions:
        - type: "keyword"
          name: "urgent"
        - type: "keyword"
          name: "exact"
    modelRefs:
      - model: "qwen3"
        use_reasoning: false
default_model: "qwen3"
auto_model_name: "MoM"
include_config_models_in_list: false
clear_route_cache: true
config_source: file
router:
  high_confidence_threshold: 0.99
  lora_baseline_score: 0.8
reasoning_families:
  qwen3:
    type: "chat_template_kwargs"
    parameter: "enable_thinking"
default_reasoning_effort: high
api:
  batch_classification:
    max_batch_size: 100
    concurrency_threshold: 5
    max_concurrency: 8
    metrics:
      enabled: true
      detailed_goroutine_tracking: true
      high_resolution_timing: false
      sample_rate: 1.0
      duration_buckets: [0.001, 0.01, 1, 30]
      size_buckets: [1, 10, 200]
observability:
  metrics:
    enabled: true
  tracing:
    enabled: false
    provider: "opentelemetry"
    exporter:
      type: "stdout"
      endpoint: "localhost:4317"
      insecure: true
    sampling:
      type: "always_on"
      rate: 1.0
    resource:
      service_name: "router"
      deployment_environment: "production"
maas_integration:
  enabled: true
`;

test('a file of semantic-router is read, and told what will not happen', () => {
  const result = parseConfig(existing);
  expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([]);
  expect(result.warnings.map(formatProblem)).toEqual([
    'config.yaml:12: semantic_cache.similarity_threshold: is below 0.85: the lower it is, the more rests on the verifier alone',
    'config.yaml:42: model_config.qwen3.pii_policy: is ignored beside `decisions`: their `pii` plugins say what may pass',
  ]);
});

test('what the later stages need of it is kept', () => {
  const result = parseConfig(existing);
  expect(result.ok && result.config).toMatchObject({
    semantic_cache: { enabled: true, similarity_threshold: 0.8, max_entries: 1000 },
    prompt_guard: { enabled: true, threshold: 0.7 },
    classifier: { category_model: { threshold: 0.6 }, pii_model: { threshold: 0.7 } },
    api: { batch_classification: { max_batch_size: 100 } },
    keyword_rules: [
      { name: 'urgent' },
      { keywords: ['user.name@example.com', 'C:\\Program Files\\'] },
    ],
  });
});
