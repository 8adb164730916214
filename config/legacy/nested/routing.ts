// `routing`: signals and decisions.
import type { Path } from '../../source/problem.ts';
import { memberOf, without, type Draft } from '../draft.ts';
import { isList, isRaw, rawItems, type Raw } from '../normalised.ts';

/** Kinds of signals that this router knows, and the sections they become. */
const families: Readonly<Record<string, string>> = {
  keywords: 'keyword_rules',
  embeddings: 'embedding_rules',
  domains: 'categories',
  context: 'context_rules',
  language: 'language_rules',
  structure: 'structure_rules',
  conversation: 'conversation_rules',
  complexity: 'complexity_rules',
  jailbreak: 'jailbreak_rules',
  pii: 'pii_rules',
  role_bindings: 'role_bindings',
};

export function flattenRouting(routing: unknown, draft: Draft): void {
  if (!isRaw(routing)) return;
  const path: Path = ['routing'];
  const known = ['strategy', 'modelCards', 'signals', 'projections', 'decisions'];
  draft.expect(routing, known, path);
  draft.section('strategy', [...path, 'strategy'], routing['strategy']);
  const signals = memberOf(routing, 'signals');
  if (isRaw(signals)) flattenSignals(signals, [...path, 'signals'], draft);
  for (const [key, list] of Object.entries(asRaw(routing['projections']))) {
    if (!isList(list) || list.length === 0) continue;
    draft.refuse([...path, 'projections', key], 'is not supported: signals are not combined');
  }
  const decisions = routing['decisions'];
  if (decisions === undefined) return;
  draft.section(
    'decisions',
    [...path, 'decisions'],
    isList(decisions) ? decisions.map(decisionOf) : decisions,
  );
}

function flattenSignals(signals: Raw, path: Path, draft: Draft): void {
  for (const [family, list] of Object.entries(signals)) {
    const section = Object.hasOwn(families, family) ? families[family] : undefined;
    const from = [...path, family];
    if (section === undefined) {
      const message = 'is ignored: signals of this kind are not supported';
      if (isList(list) && list.length > 0) draft.warn(from, message);
    } else if (family === 'keywords' && isList(list)) {
      draft.section(section, from, list.map(withMethod));
    } else draft.section(section, from, list);
  }
}

/** In this form keywords are plain text unless their rule says otherwise. */
function withMethod(rule: unknown): unknown {
  return isRaw(rule) ? { method: 'literal', ...rule } : rule;
}

const cacheTypes: readonly unknown[] = ['response_cache', 'response-cache', 'semantic_cache'];

function decisionOf(decision: unknown): unknown {
  if (!isRaw(decision)) return decision;
  const result: Record<string, unknown> = { ...decision };
  if (decision['rules'] !== undefined) result['rules'] = ruleOf(decision['rules']);
  if (isList(decision['plugins'])) {
    const plugins = [...decision['plugins']];
    for (const [index, plugin] of rawItems(plugins)) {
      if (cacheTypes.includes(plugin['type']))
        plugins[index] = { ...plugin, type: 'semantic-cache' };
    }
    result['plugins'] = plugins;
  }
  return result;
}

/** A rule without operator is an OR in this form. */
function ruleOf(rule: unknown): unknown {
  if (!isRaw(rule) || !isList(rule['conditions'])) return rule;
  return {
    operator: 'OR',
    ...without(rule, ['conditions']),
    conditions: rule['conditions'].map(ruleOf),
  };
}

function asRaw(value: unknown): Raw {
  return isRaw(value) ? value : {};
}
