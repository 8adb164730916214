// Signals that could never be meant: what they ask for cannot be, or nobody knows it.
import { compileKeywordRegex } from '../keyword-pattern.ts';
import { knownLanguages } from '../languages.ts';
import type { Predicate, RouterConfig, StructureRule } from '../schema/index.ts';
import { quote, type Finding, type Path } from '../source/problem.ts';
import { checkOf, type Check } from './check-of.ts';

/** Each is put through the embedding model when a configuration is loaded. */
const maxCandidates = 5000;

export const signalChecks: readonly Check[] = [
  checkOf('prompt lengths are ranges', ['context_rules'], function* (config) {
    for (const [index, { min_tokens, max_tokens }] of config.context_rules.entries()) {
      if (max_tokens === undefined || max_tokens >= min_tokens) continue;
      const message = `${max_tokens} is less than \`min_tokens\`, ${min_tokens}`;
      yield { path: ['context_rules', index, 'max_tokens'], message };
    }
  }),

  checkOf('authz rules name somebody', ['authz_rules'], function* (config) {
    for (const [index, { users, tiers, groups }] of config.authz_rules.entries()) {
      if (users.length + tiers.length + groups.length > 0) continue;
      const message = 'names neither `users` nor `tiers` nor `groups`, so it never holds';
      yield { path: ['authz_rules', index], message };
    }
  }),

  checkOf('languages can be told', ['language_rules'], function* (config) {
    for (const { code, path } of languagesOf(config)) {
      if (knownLanguages.has(code)) continue;
      yield { path, message: `${quote(code)} is no ISO 639-1 code of a language that is told` };
    }
  }),

  checkOf('features have their sources', ['structure_rules'], function* (config) {
    for (const [index, rule] of config.structure_rules.entries()) {
      yield* sourceFindings(rule, ['structure_rules', index, 'feature']);
    }
  }),

  checkOf('patterns compile', ['structure_rules'], function* (config) {
    for (const [index, { feature }] of config.structure_rules.entries()) {
      const { pattern } = feature.source;
      const path = ['structure_rules', index, 'feature', 'source', 'pattern'];
      if (pattern === undefined) continue;
      try {
        compileKeywordRegex(pattern, true);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        yield {
          path,
          message: `does not compile: ${reason.replace(/^error parsing regexp: /, '')}`,
        };
      }
    }
  }),

  checkOf('predicates can hold', ['structure_rules', 'conversation_rules'], function* (config) {
    for (const section of ['structure_rules', 'conversation_rules'] as const) {
      for (const [index, { predicate }] of config[section].entries()) {
        if (predicate === undefined || canHold(predicate)) continue;
        yield { path: [section, index, 'predicate'], message: 'no number is what it asks for' };
      }
    }
  }),

  checkOf('roles are of messages', ['conversation_rules'], function* (config) {
    for (const [index, { feature }] of config.conversation_rules.entries()) {
      if (feature.source.role === undefined || feature.source.type === 'message') continue;
      const path = ['conversation_rules', index, 'feature', 'source', 'role'];
      yield { path, message: 'only messages have a role' };
    }
  }),

  checkOf('time zones are known', ['time_rules'], function* (config) {
    for (const [index, { timezone }] of config.time_rules.entries()) {
      if (isTimeZone(timezone)) continue;
      const message = `${quote(timezone)} is no IANA time zone such as Europe/Berlin`;
      yield { path: ['time_rules', index, 'timezone'], message };
    }
  }),

  checkOf('hard and easy stand together', ['complexity_rules'], function* (config) {
    for (const [index, { hard, easy }] of config.complexity_rules.entries()) {
      if ((hard === undefined) === (easy === undefined)) continue;
      const [there, missing] = hard === undefined ? ['easy', 'hard'] : ['hard', 'easy'];
      const message = `stands without \`${missing}\`: prompts are compared with both, or with none`;
      yield { path: ['complexity_rules', index, there], message };
    }
  }),

  checkOf('examples are few', ['embedding_rules', 'complexity_rules'], function* (config) {
    let count = 0;
    for (const { size, path } of banksOf(config)) {
      count += size;
      if (count <= maxCandidates) continue;
      yield { path, message: `at most ${maxCandidates} candidates may stand in all rules` };
      return;
    }
  }),
];

function* languagesOf({ language_rules }: Pick<RouterConfig, 'language_rules'>): Generator<{
  readonly code: string;
  readonly path: Path;
}> {
  for (const [index, { name, languages }] of language_rules.entries()) {
    const path = ['language_rules', index];
    if (languages.length === 0) yield { code: name, path: [...path, 'name'] };
    for (const [at, code] of languages.entries()) yield { code, path: [...path, 'languages', at] };
  }
}

function* banksOf({
  embedding_rules,
  complexity_rules,
}: Pick<RouterConfig, 'embedding_rules' | 'complexity_rules'>): Generator<{
  readonly size: number;
  readonly path: Path;
}> {
  for (const [index, { candidates }] of embedding_rules.entries()) {
    yield { size: candidates.length, path: ['embedding_rules', index, 'candidates'] };
  }
  for (const [index, { hard, easy }] of complexity_rules.entries()) {
    const size = (hard?.candidates.length ?? 0) + (easy?.candidates.length ?? 0);
    yield { size, path: ['complexity_rules', index] };
  }
}

/** The key that says what a source of each type is. */
const sourceKeys = {
  regex: 'pattern',
  keyword_set: 'keywords',
  sequence: 'sequences',
  text_bytes: undefined,
} as const;

function* sourceFindings({ feature }: StructureRule, path: Path): Generator<Finding> {
  const { type, source, normalize_by } = feature;
  const at = [...path, 'source'];
  for (const [kind, key] of Object.entries(sourceKeys)) {
    if (key === undefined) continue;
    if (kind === source.type && source[key] === undefined) {
      yield { path: [...at, key], message: `is missing: a source of type ${kind} needs it` };
    }
    if (kind !== source.type && source[key] !== undefined) {
      yield { path: [...at, key], message: `belongs to a source of type ${kind}` };
    }
  }
  if ((type === 'sequence') !== (source.type === 'sequence')) {
    const message = 'a feature of type sequence has a source of type sequence, and no other has';
    yield { path: [...at, 'type'], message };
  }
  if (normalize_by !== undefined && type !== 'density') {
    yield { path: [...path, 'normalize_by'], message: 'only a density is a share of something' };
  }
}

/** Whether some number, of the whole ones among others, is what the predicate asks for. */
function canHold({ gt, gte, lt, lte }: Predicate): boolean {
  const low = Math.max(gt ?? 0, gte ?? 0);
  const high = Math.min(lt ?? Infinity, lte ?? Infinity);
  if (low !== high) return low < high;
  return (gt === undefined || gt < low) && (lt === undefined || lt > high);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
