// Rows about signals and what a decision makes of them.
import { config, decision, type Row } from './row.ts';

const keywords = (fields: object): object =>
  config({ keyword_rules: [{ name: 'k', operator: 'OR', keywords: ['x'], ...fields }] });
const rule = (section: string, fields: object): object =>
  config({ [section]: [{ name: 'r', ...fields }] });
const structure = (source: object, type = 'count'): object =>
  rule('structure_rules', { feature: { type, source } });
const conversation = (source: object): object =>
  rule('conversation_rules', { feature: { type: 'count', source } });
const window = (fields: object): object => rule('time_rules', { windows: [fields] });
const settings = (fields: object): object => config({ signal_settings: fields });

export const signalRows: readonly Row[] = [
  ['accepted', 'keywords by weight', keywords({ method: 'bm25', bm25_threshold: 0.2 })],
  ['accepted', 'keywords with errors', keywords({ method: 'fuzzy', fuzzy_threshold: 82 })],
  ['accepted', 'keywords with errors, as older files say it', keywords({ fuzzy_match: true })],
  ['accepted', 'keywords by pieces', keywords({ method: 'ngram', ngram_arity: 2 })],
  ['refused', 'a method that nobody knows', keywords({ method: 'glob' })],
  ['refused', 'pieces of one character', keywords({ method: 'ngram', ngram_arity: 1 })],
  [
    'operator',
    'an expression that does not compile',
    keywords({ method: 'regex', keywords: ['('] }),
  ],
  ['operator', 'likeness as a distance', keywords({ method: 'fuzzy', fuzzy_threshold: 2 })],
  ['accepted', 'a group', rule('authz_rules', { groups: ['staff'] })],
  ['refused', 'a group of blanks', rule('authz_rules', { groups: [' '] })],
  [
    'accepted',
    'role bindings',
    config({ role_bindings: [{ name: 'b', role: 'r', subjects: [{ kind: 'User', name: 'u' }] }] }),
  ],
  ['accepted', 'a language', config({ language_rules: [{ name: 'de' }] })],
  ['accepted', 'languages', rule('language_rules', { languages: ['sv', 'da'], threshold: 0.5 })],
  ['refused', 'a language in words', rule('language_rules', { languages: ['german'] })],
  ['operator', 'a language that nobody tells', rule('language_rules', { languages: ['zz'] })],
  ['accepted', 'a pattern', structure({ type: 'regex', pattern: '[?]' })],
  ['operator', 'a pattern that is missing', structure({ type: 'regex' })],
  ['refused', 'a source that nobody knows', structure({ type: 'words' })],
  [
    'accepted',
    'a sequence',
    structure({ type: 'sequence', sequences: [['first', 'then']] }, 'sequence'),
  ],
  [
    'refused',
    'a sequence of one',
    structure({ type: 'sequence', sequences: [['first']] }, 'sequence'),
  ],
  ['accepted', 'messages of a role', conversation({ type: 'message', role: 'user' })],
  ['refused', 'messages of a role that nobody knows', conversation({ type: 'message', role: 'x' })],
  ['operator', 'tools of a role', conversation({ type: 'tool_definition', role: 'user' })],
  ['accepted', 'a time', window({ days: ['mon', 'fri'], from: '09:00', to: '24:00' })],
  ['accepted', 'any time', window({})],
  ['refused', 'an hour that is none', window({ from: '24:00' })],
  ['refused', 'a day that is none', window({ days: ['monday'] })],
  ['refused', 'no time', rule('time_rules', { windows: [] })],
  [
    'operator',
    'a time zone that is none',
    rule('time_rules', { timezone: 'Nowhere', windows: [{}] }),
  ],
  ['accepted', 'complexity by wording', rule('complexity_rules', {})],
  [
    'accepted',
    'complexity by examples',
    rule('complexity_rules', { hard: { candidates: ['x'] }, easy: { candidates: ['y'] } }),
  ],
  ['operator', 'hard without easy', rule('complexity_rules', { hard: { candidates: ['x'] } })],
  ['refused', 'hard without examples', rule('complexity_rules', { hard: {}, easy: {} })],
  ['accepted', 'jailbreak attempts', rule('jailbreak_rules', { threshold: 0.8 })],
  ['refused', 'nearly everything as an attempt', rule('jailbreak_rules', { threshold: 0.001 })],
  // The API server holds whole numbers to the whole part of a minimum.
  ['operator', 'everything as an attempt', rule('jailbreak_rules', { threshold: 0 })],
  [
    'accepted',
    'personal data',
    rule('pii_rules', { threshold: 0.9, pii_types_allowed: ['EMAIL_ADDRESS'] }),
  ],
  ['refused', 'rules of one name', config({ pii_rules: [{ name: 'p' }, { name: 'p' }] })],
  ['accepted', 'a deadline', settings({ domain: { deadline_ms: 50, on_error: 'match' } })],
  ['refused', 'a deadline of nothing', settings({ domain: { deadline_ms: 0 } })],
  ['refused', 'a deadline of what needs no model', settings({ keyword: { deadline_ms: 5 } })],
  ['accepted', 'what is unknown fails the request', decision({ on_unknown: 'fail_request' })],
  ['refused', 'what is unknown is ignored', decision({ on_unknown: 'ignore' })],
  [
    'accepted',
    'a condition with a level',
    config({
      complexity_rules: [{ name: 'c' }],
      decisions: [
        {
          name: 'd',
          rules: { operator: 'AND', conditions: [{ type: 'complexity', name: 'c:hard' }] },
          modelRefs: [{ model: 'a' }],
        },
      ],
    }),
  ],
  [
    'operator',
    'a condition without its level',
    config({
      complexity_rules: [{ name: 'c' }],
      decisions: [
        {
          name: 'd',
          rules: { operator: 'AND', conditions: [{ type: 'complexity', name: 'c' }] },
          modelRefs: [{ model: 'a' }],
        },
      ],
    }),
  ],
];
