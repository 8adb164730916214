// Spellings of the flat form that mean the same.
import { literalKeyword } from '../keyword-pattern.ts';
import type { Finding, Path } from '../source/problem.ts';
import { without } from './draft.ts';
import { isList, rawItems, type Move, type Normalised, type Raw } from './normalised.ts';

/**
 * `category` of a keyword or embedding rule is its `name`; `method` of a keyword rule says how its
 * keywords are to be read.
 */
export function resolveAliases(value: Raw): Normalised {
  const moves: Move[] = [];
  const problems: Finding[] = [];
  const result: Record<string, unknown> = { ...value };
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

/**
 * `literal`: no keyword is an expression. `regex` says nothing that `readKeyword` does not see: flat
 * files have it beside paths and addresses, which it was never meant to change. Other methods stay,
 * and are refused as what this router does not know.
 */
function readByMethod(rule: Raw): Raw {
  if (rule['method'] === 'literal') return rewriteKeywords(rule, literalKeyword);
  return rule['method'] === 'regex' ? without(rule, ['method']) : rule;
}

/** A keyword rule without `method`, its keywords rewritten so that they are read as intended. */
export function rewriteKeywords(rule: Raw, write: (keyword: string) => string): Raw {
  const { keywords } = rule;
  if (!isList(keywords)) return rule;
  const rewritten = keywords.map((keyword) =>
    typeof keyword === 'string' && keyword !== '' ? write(keyword) : keyword,
  );
  return { ...without(rule, ['method']), keywords: rewritten };
}
