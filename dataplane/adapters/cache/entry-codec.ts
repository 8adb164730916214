// A stored answer as bytes, for stores that other replicas read too. What cannot be read, for whatever
// reason, is no answer.
import type { Usage } from '../../domain/usage.ts';
import type { StoredAnswer } from '../../ports.ts';

/** Counts up when older readers could not read what is written. */
const version = 1;

type Fields = Readonly<Record<string, unknown>>;

export function encodeEntry(stored: StoredAnswer): Buffer {
  const { vector, answer, ...rest } = stored;
  return Buffer.from(
    JSON.stringify({
      version,
      ...rest,
      answer: answer.toString(),
      vector: vector && { space: vector.space, values: encodeVector(vector.values) },
    }),
  );
}

/** Undefined for bytes that are no entry of this version. */
export function decodeEntry(bytes: Buffer | string): StoredAnswer | undefined {
  const fields = parsed(bytes);
  if (fields?.['version'] !== version) return undefined;
  const { exact, canonical, prompt, model, answer, storedAtMs, expiresAtMs, vector } = fields;
  if (typeof exact !== 'string' || typeof model !== 'string' || typeof answer !== 'string') {
    return undefined;
  }
  if (typeof storedAtMs !== 'number' || !isOptional(expiresAtMs, 'number')) return undefined;
  if (!isOptional(canonical, 'string') || !isOptional(prompt, 'string')) return undefined;
  return {
    exact,
    model,
    storedAtMs,
    canonical: canonical as string | undefined,
    prompt: prompt as string | undefined,
    expiresAtMs: expiresAtMs as number | undefined,
    answer: Buffer.from(answer),
    usage: readUsage(fields['usage']),
    vector: readVector(vector),
  };
}

function parsed(bytes: Buffer | string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isOptional(value: unknown, type: 'string' | 'number'): boolean {
  return value === undefined || typeof value === type;
}

function readUsage(value: unknown): Usage | undefined {
  if (!isFields(value)) return undefined;
  const names = [
    'promptTokens',
    'completionTokens',
    'totalTokens',
    'cachedPromptTokens',
    'reasoningTokens',
  ] as const;
  const isUsage = names.every(
    (name) => Number.isSafeInteger(value[name]) && Number(value[name]) >= 0,
  );
  return isUsage ? (value as unknown as Usage) : undefined;
}

function readVector(value: unknown): StoredAnswer['vector'] {
  if (!isFields(value)) return undefined;
  const { space, values } = value;
  if (typeof space !== 'string' || typeof values !== 'string') return undefined;
  return { space, values: decodeVector(values) };
}

function encodeVector(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

function decodeVector(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  const values = new Float32Array(Math.floor(bytes.length / 4));
  for (let index = 0; index < values.length; index += 1) {
    values[index] = bytes.readFloatLE(index * 4);
  }
  return values;
}
