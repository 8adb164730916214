// The semantic cache: which answers are given again, to whom, and where they are kept.
import { z } from 'zod';
import { hostSchema, pathSchema, portSchema, thresholdSchema } from './primitives.ts';

const environmentNameSchema = z
  .string()
  .max(256)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable');

/** How a request may match; a plugin may say otherwise for its decision. */
export const cacheMatches = ['exact', 'canonical', 'semantic'] as const;
export const cacheVerifiers = ['strict', 'balanced', 'off'] as const;
export const cacheScopes = ['user', 'global'] as const;

/** Below these similarities a threshold is warned of. */
export const soundSimilarity = { strict: 0.85, balanced: 0.85, off: 0.95 } as const;

const withoutEffect = 'Without effect here.';

const server = {
  password_env: environmentNameSchema
    .optional()
    .describe('Environment variable of the router that holds the password.'),
  password_file: pathSchema
    .optional()
    .describe('File that holds the password; read again for each connection.'),
  tls: z.boolean().default(false).describe('Whether the connection is encrypted.'),
  ca_file: pathSchema
    .optional()
    .describe('PEM authorities to trust; those of the system when left out.'),
};

const redisSchema = z
  .object({
    host: hostSchema.describe('Address of the server.'),
    port: portSchema.default(6379).describe('Its port.'),
    database: z.number().int().min(0).max(1_000_000).default(0).describe('Number of the database.'),
    username: z.string().min(1).max(256).optional().describe('User of its access lists.'),
    ...server,
    key_prefix: z
      .string()
      .max(128)
      .regex(/^[!-z|~]*$/, 'must be printable ASCII without blanks and braces')
      .default('semantic-router:')
      .describe('Begins the name of every key.'),
  })
  .describe('A Redis 7 or newer, or a Valkey, without modules. Read at start and at each change.');

const postgresSchema = z
  .object({
    host: hostSchema.describe('Address of the server.'),
    port: portSchema.default(5432).describe('Its port.'),
    database: z.string().min(1).max(256).default('postgres').describe('Name of the database.'),
    user: z.string().min(1).max(256).default('postgres').describe('Who connects.'),
    ...server,
    table: z
      .string()
      .max(41)
      .regex(/^[a-z_][a-z0-9_]*$/, 'must be a plain lower-case name')
      .default('semantic_cache')
      .describe('The table, made where it is missing.'),
    max_connections: z
      .number()
      .int()
      .min(1)
      .max(100)
      .default(4)
      .describe('Connections of each replica.'),
  })
  .describe(
    'A PostgreSQL with the extension pgvector 0.5 or newer. Read at start and at each change.',
  );

export const semanticCacheSchema = z
  .object({
    enabled: z
      .boolean()
      .default(false)
      .describe('Whether answers are kept and given again, unless a decision differs.'),
    backend_type: z
      .enum(['memory', 'redis', 'valkey', 'postgres', 'milvus', 'qdrant', 'hybrid'])
      .default('memory')
      .describe(
        'Where answers are kept: in each replica, or in one place for all; this router knows `memory`, `redis`, `valkey` and `postgres`.',
      ),
    scope: z
      .enum(cacheScopes)
      .default('user')
      .describe(
        "Whose answers a caller may get: its own, or everybody's. Without a caller identity `user` means no cache.",
      ),
    match: z
      .enum(cacheMatches)
      .default('semantic')
      .describe(
        'The loosest match: identical requests, those that differ in small words, or those that mean the same.',
      ),
    similarity_threshold: thresholdSchema
      .default(0.9)
      .describe('Smallest similarity (cosine) of a match by meaning.'),
    verifier: z
      .enum(cacheVerifiers)
      .default('strict')
      .describe('What a match by meaning must hold beyond its similarity; `off` is not safe.'),
    ttl_seconds: z
      .number()
      .int()
      .min(0)
      .max(31_536_000)
      .default(3600)
      .describe('How long an answer may be given again; 0: as long as it is kept.'),
    max_entries: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(1000)
      .describe(
        'Answers kept, in `memory` and `postgres`; beyond it one makes room for each new one.',
      ),
    max_bytes: z
      .number()
      .int()
      .min(65_536)
      .max(17_179_869_184)
      .default(67_108_864)
      .describe('Bytes that they may take in `memory`, all included.'),
    eviction_policy: z
      .enum(['fifo', 'lru', 'lfu'])
      .default('lru')
      .describe(
        'Which answer makes room in `memory`: the oldest, the longest unused, the least used.',
      ),
    max_answer_bytes: z
      .number()
      .int()
      .min(1)
      .max(67_108_864)
      .default(262_144)
      .describe('Longer answers are not kept.'),
    max_request_bytes: z
      .number()
      .int()
      .min(1)
      .max(67_108_864)
      .default(131_072)
      .describe('Longer requests are neither looked up nor kept.'),
    max_prompt_tokens: z
      .number()
      .int()
      .min(1)
      .max(100_000)
      .default(128)
      .describe('Longer prompts are not matched by meaning; tokens of the embedding model.'),
    max_user_turns: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .default(3)
      .describe('With more user messages only identical conversations match.'),
    max_temperature: z
      .number()
      .min(0)
      .max(2)
      .default(1)
      .describe('Requests with a higher temperature (1 when left out) bypass the cache.'),
    wait_ms: z
      .number()
      .int()
      .min(0)
      .max(60_000)
      .default(1000)
      .describe(
        'Longest wait for an identical request that is on its way; never more than half of `router.message_timeout_seconds`.',
      ),
    shadow_ratio: thresholdSchema
      .default(0)
      .describe('Share of hits sent upstream all the same, to compare the answers in metrics.'),
    usage_of_hits: z
      .enum(['original', 'zero'])
      .default('original')
      .describe('Tokens that the body of a hit shows: those of the stored answer, or none.'),
    store_deadline_ms: z
      .number()
      .int()
      .min(1)
      .max(10_000)
      .default(50)
      .describe(
        'Longest wait for each answer of a shared store; then the request goes on without.',
      ),
    namespace: z
      .string()
      .max(128)
      .default('')
      .describe('Part of every key: another one begins an empty cache.'),
    redis: redisSchema.optional(),
    postgres: postgresSchema.optional(),
    embedding_model: z.string().min(1).max(512).optional().describe(withoutEffect),
    use_hnsw: z.boolean().optional().describe(withoutEffect),
    hnsw_m: z.number().int().min(1).max(1024).optional().describe(withoutEffect),
    hnsw_ef_construction: z.number().int().min(1).max(100_000).optional().describe(withoutEffect),
    max_memory_entries: z.number().int().min(0).max(100_000_000).optional().describe(withoutEffect),
    backend_config_path: pathSchema.optional().describe(withoutEffect),
  })
  .describe('The semantic cache.');
