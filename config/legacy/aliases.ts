// Spellings of the flat form that mean the same.
import type { Path } from '../source/problem.ts';
import { Draft, without } from './draft.ts';
import { isList, isRaw, type Normalised, type Raw } from './normalised.ts';
import { bindRoles } from './role-bindings.ts';

/** Sections of semantic-router that are called as they are in its nested form. */
const renamedSections = {
  conversation: 'conversation_rules',
  jailbreak: 'jailbreak_rules',
  pii: 'pii_rules',
} as const;

/**
 * `category` of a keyword or embedding rule is its `name`, `fuzzy_match` is a method of keyword
 * rules, `role_bindings` are rules about callers, and `on_unknown` of the rules is the decision's.
 */
export function resolveAliases(value: Raw): Normalised {
  const bindings = value['role_bindings'];
  const taken = bindings === undefined ? [] : ['role_bindings', 'authz_rules'];
  const draft = new Draft(
    without(value, [...Object.keys(renamedSections), ...taken, ...rewritten]),
  );
  for (const [older, section] of Object.entries(renamedSections)) {
    draft.section(section, [older], value[older]);
  }
  if (bindings !== undefined) bindRoles(bindings, value['authz_rules'], draft);
  for (const section of rewritten) {
    const entries = value[section];
    draft.section(
      section,
      [section],
      isList(entries)
        ? entries.map((entry, index) => rewrite(entry, [section, index], draft))
        : entries,
    );
  }
  return draft.finish();
}

const rewritten = ['keyword_rules', 'embedding_rules', 'decisions'] as const;

function rewrite(entry: unknown, path: Path, draft: Draft): unknown {
  if (!isRaw(entry)) return entry;
  if (path[0] === 'decisions') return hoistUnknown(entry, path, draft);
  const named = nameOf(entry, path, draft);
  return path[0] === 'keyword_rules' ? methodOf(named, path, draft) : named;
}

function nameOf(rule: Raw, path: Path, draft: Draft): Raw {
  const { category, ...rest } = rule;
  if (category === undefined) return rule;
  if (rest['name'] === undefined) {
    draft.move([...path, 'name'], [...path, 'category']);
    return { name: category, ...rest };
  }
  if (rest['name'] !== category) {
    const message = 'is an older spelling of `name`, which stands beside it and differs';
    draft.refuse([...path, 'category'], message);
  }
  return rest;
}

/** Spelling errors are looked for word by word, which neither expressions nor stems are. */
function methodOf(rule: Raw, path: Path, draft: Draft): Raw {
  const { fuzzy_match: isFuzzy, ...rest } = rule;
  if (isFuzzy === undefined || isFuzzy === false) return rest;
  if (isFuzzy !== true) {
    draft.refuse([...path, 'fuzzy_match'], 'must be true or false');
    return rest;
  }
  const method: unknown = rest['method'];
  if (method !== undefined && method !== 'literal' && method !== 'fuzzy') {
    const message = `is a method of its own and stands beside \`method: ${typeof method === 'string' ? method : '…'}\``;
    draft.refuse([...path, 'fuzzy_match'], message);
  }
  draft.move([...path, 'method'], [...path, 'fuzzy_match']);
  return { ...rest, method: 'fuzzy' };
}

function hoistUnknown(decision: Raw, path: Path, draft: Draft): Raw {
  const { rules } = decision;
  if (!isRaw(rules) || rules['on_unknown'] === undefined) return decision;
  const from = [...path, 'rules', 'on_unknown'];
  if (decision['on_unknown'] !== undefined) {
    draft.refuse(from, 'stands beside `on_unknown` of the decision, which means the same');
  }
  draft.move([...path, 'on_unknown'], from);
  const bare = without(rules, ['on_unknown']);
  return { ...decision, rules: bare, on_unknown: rules['on_unknown'] };
}
