// Spellings of the flat form that mean the same: older names of keys, and keys without a value.
import { literalKeyword, regexKeyword } from '../keyword-pattern.ts';
import type { Finding, Path } from '../source/problem.ts';
import { isList, isRaw, rawItems, type Move, type Normalised, type Raw } from './normalised.ts';

/**
 * `category` of a keyword or embedding rule is its `name`; `method` of a keyword rule says how its
 * keywords are to be read; a key without a value was left out.
 */
export function resolveAliases(value: Raw): Normalised {
  const moves: Move[] = [];
  const problems: Finding[] = [];
  const result: Record<string, unknown> = { ...withoutNulls(value) };
  if (isRaw(value['model_config'])) result['model_config'] = modelsOf(value['model_config']);
  for (const section of ['keyword_rules', 'embedding_rules']) {
    const rules: unknown = result[section];
    if (!isList(rules)) continue;
    const renamed: unknown[] = [...rules];
    for (const [index, rule] of rawItems(rules)) {
      const path = [section, index];
      const named = nameOf(rule, path, { moves, problems });
      renamed[index] = section === 'keyword_rules' ? readByMethod(named) : named;
    }
    result[section] = renamed;
  }
  return { value: result, moves, problems, warnings: [] };
}

/** Go reads `key:` as if the key were not there, and so do users who comment a section out. */
function withoutNulls(value: Raw): Raw {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      if (member === null) return [];
      return [[key, cleaned(member)]];
    }),
  );
}

function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned);
  return isRaw(value) ? withoutNulls(value) : value;
}

/** A model without settings is a model all the same. */
function modelsOf(models: Raw): Raw {
  return Object.fromEntries(
    Object.entries(models).map(([name, model]) => [name, model === null ? {} : cleaned(model)]),
  );
}

function nameOf(
  rule: Raw,
  path: Path,
  { moves, problems }: { readonly moves: Move[]; readonly problems: Finding[] },
): Raw {
  const { category, ...rest } = rule;
  if (category === undefined) return rule;
  if (rest['name'] === undefined) {
    moves.push({ to: [...path, 'name'], from: [...path, 'category'] });
    return { name: category, ...rest };
  }
  if (rest['name'] !== category) {
    const message = 'is an older spelling of `name`, which stands beside it and differs';
    problems.push({ path: [...path, 'category'], message });
  }
  return rest;
}

const writers: ReadonlyMap<string, (text: string) => string> = new Map([
  ['regex', regexKeyword],
  ['literal', literalKeyword],
]);

/**
 * Without a method, `readKeyword` decides. With `regex` every keyword is an expression, with
 * `literal` none is. Other methods stay, and are refused as what this router does not know.
 */
function readByMethod(rule: Raw): Raw {
  const { keywords, method, ...rest } = rule;
  const write = writers.get(String(method));
  if (write === undefined || !Array.isArray(keywords)) return rule;
  const written = keywords.map((keyword: unknown) =>
    typeof keyword === 'string' && keyword !== '' ? write(keyword) : keyword,
  );
  return { ...rest, keywords: written };
}
