// The twenty keyword rules of the benchmark: what an operator of a company's gateway might write.
// The prompts (prompt-text.ts) hold none of these words but the one that is planted at their end.

export interface Topic {
  readonly name: string;
  readonly keywords: readonly string[];
  /** All keywords must occur instead of any. */
  readonly all?: boolean;
  readonly caseSensitive?: boolean;
}

export const topics: readonly Topic[] = [
  { name: 'code', keywords: ['stack trace', 'refactor', 'unit test', 'segfault', 'compiler'] },
  { name: 'sql', keywords: ['left join', 'group by', 'foreign key', 'query planner', 'vacuum'] },
  { name: 'cluster', keywords: ['kubectl', 'helm chart', 'ingress', 'daemonset', 'node pool'] },
  { name: 'contract', keywords: ['indemnity', 'force majeure', 'liability cap', 'arbitration'] },
  { name: 'privacy', keywords: ['data subject', 'consent form', 'retention period', 'erasure'] },
  { name: 'tax', keywords: ['withholding', 'value added tax', 'deductible', 'fiscal year'] },
  { name: 'accounts', keywords: ['balance sheet', 'accrual', 'depreciation', 'trial balance'] },
  { name: 'hiring', keywords: ['job posting', 'notice letter', 'onboarding', 'severance'] },
  { name: 'medicine', keywords: ['dosage', 'contraindication', 'biopsy', 'hypertension'] },
  { name: 'chemistry', keywords: ['titration', 'molarity', 'catalyst', 'exothermic', 'reagent'] },
  { name: 'physics', keywords: ['momentum', 'eigenvalue', 'entropy', 'wave function', 'boson'] },
  { name: 'proof', keywords: ['lemma', 'induction', 'prove that', 'bijection', 'corollary'] },
  { name: 'statistics', keywords: ['p-value', 'regression', 'confidence interval', 'variance'] },
  { name: 'translation', keywords: ['translate', 'into french', 'into german', 'subtitle'] },
  { name: 'marketing', keywords: ['tagline', 'press release', 'brand voice', 'newsletter'] },
  { name: 'travel', keywords: ['itinerary', 'boarding pass', 'layover', 'visa', 'hostel'] },
  { name: 'recipes', keywords: ['simmer', 'preheat', 'tablespoon', 'marinade', 'knead'] },
  { name: 'security', keywords: ['CVE', 'XSS', 'OAuth', 'TLS'], caseSensitive: true },
  { name: 'networks', keywords: ['subnet', 'packet loss'], all: true },
  { name: 'summary', keywords: ['summarise', 'summarize', 'key points', 'in one paragraph'] },
];

const qualifiers = [
  'amber arid boreal brittle candid cobalt coastal crimson dormant elastic',
  'fallow feral gilded glacial hollow humid inland jagged kinetic lunar',
  'marble molten nimble nordic opaque orbital pastel polar quiet rustic',
  'saline sturdy tidal tropic urban velvet woven zonal alpine basalt',
].flatMap((line) => line.split(' '));

const subjects = [
  'anvil barge beacon bobbin canopy cistern cradle dynamo estuary ferry flask furnace',
  'gantry girder harbor hatchery jetty kiln lattice lantern loom mortar orchard parapet',
  'pulley quarry rafter rudder sawmill shingle spindle trellis turbine vineyard windlass yoke',
].flatMap((line) => line.split(' '));

/** Every "qualifier subject" pair, 1,440 different phrases. */
export const phrases: readonly string[] = subjects.flatMap((subject) =>
  qualifiers.map((qualifier) => `${qualifier} ${subject}`),
);
