// Where an answer may be kept and who may get it. A partition can be made of all its parts only, so
// that no answer crosses from one caller, conversation or configuration to another.
import { createHash, createHmac } from 'node:crypto';

declare const made: unique symbol;

/** Name of the answers that one request may get; made by `partitionOf` alone. */
export type Partition = string & { readonly [made]: 'partition' };
/** Keyed hash of a user; made by `hashUser` alone. */
export type UserHash = string & { readonly [made]: 'user' };

export interface PartitionParts {
  readonly scope: { readonly user: UserHash } | 'global';
  readonly namespace: string;
  readonly endpoint: string;
  readonly decision: string;
  /** The router's name of the model that would answer. */
  readonly model: string;
  readonly upstreamModel: string;
  /** What the client asked for. */
  readonly requestedModel: string;
  /** What of the configuration an answer depends on: system prompt, reasoning, headers. */
  readonly revision: string;
  /** Hash of all of the request but its last user message. */
  readonly conversation: string;
}

/** What a request is looked up and stored by. */
export interface CacheKey {
  readonly partition: Partition;
  /** Equal for identical requests within a partition. */
  readonly exact: string;
  /** Equal for requests that differ in small words; undefined where only identical ones count. */
  readonly canonical: string | undefined;
}

/** Counts up with every change of what a key or a canonical form is made of. */
const format = 1;

export function partitionOf(parts: PartitionParts): Partition {
  const { scope, namespace, endpoint, decision, model, upstreamModel } = parts;
  const whose = scope === 'global' ? ['global'] : ['user', scope.user];
  return digest([
    String(format),
    ...whose,
    ...[namespace, endpoint, decision, model, upstreamModel],
    ...[parts.requestedModel, parts.revision, parts.conversation],
  ]) as Partition;
}

/** Nobody without the key can tell the user from it, or try users out. */
export function hashUser(user: string, key: string | Buffer): UserHash {
  return createHmac('sha256', key).update(user).digest('base64url') as UserHash;
}

/** A digest of several texts that no other list of texts has. */
export function digest(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}:${text};`);
  return hash.digest('base64url');
}
