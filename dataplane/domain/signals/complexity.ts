// Signals about how hard a prompt is: by its likeness to examples or, where there are none or no model
// compares, by its length, its questions, code and formulas in it, and (in English) its wording.
import type { ComplexityRule } from '../../../config/schema/index.ts';
import type { ComplexityLevel } from '../../../config/schema/signals.ts';
import { fails, type SignalValue } from '../signal-values.ts';

/** How hard: above the threshold hard, below its negative easy. */
export interface Difficulty {
  readonly margin: number;
  readonly threshold: number;
  readonly note?: string;
}

/** The value of `name:level`. */
export function complexitySignal(
  level: ComplexityLevel,
  { margin, threshold, note }: Difficulty,
): SignalValue {
  const found = margin > threshold ? 'hard' : margin < -threshold ? 'easy' : 'medium';
  const said = note === undefined ? {} : { note };
  if (found !== level) return { ...fails, ...said };
  const far = Math.min(Math.abs(margin), 0.5);
  const confidence = found === 'medium' ? 1 - far : 0.5 + far;
  return { value: 'true', confidence, ...said };
}

export function differenceOf(
  { threshold }: ComplexityRule,
  { hard, easy }: { readonly hard: number; readonly easy: number },
): Difficulty {
  return { margin: hard - easy, threshold };
}

const note = 'by length and wording, without a model';
const wordingThreshold = 0.25;
/** Units of a prompt that are looked at. */
const mostUnits = 16_384;

interface Sign {
  readonly pattern: RegExp;
  readonly weight: number;
  /** Further occurrences that count as much. */
  readonly most?: number;
}

// Each pattern takes time in proportion to the text.
const signs: readonly Sign[] = [
  { pattern: /```/g, weight: 0.2 },
  { pattern: /^[ \t]{0,20}(?:\d{1,3}[.)]|[-*])[ \t]/gm, weight: 0.05, most: 5 },
  { pattern: /[∑∫∂√∞≤≥]|\\(?:frac|sum|int|sqrt|lim)\b|\bO\(/g, weight: 0.2 },
  {
    pattern:
      /\b(?:prove|derive|step by step|trade-?offs?|root cause|optimi[sz]e|design|architect\w*|analy[sz]e|evaluate|implement|debug|refactor|critique|justify|compare|contrast|strategy|algorithm|concurren\w+|distributed|complexity|rigorous\w*)\b/gi,
    weight: 0.2,
    most: 4,
  },
  {
    pattern:
      /\b(?:must|constraints?|at (?:least|most)|assum\w+|edge cases?|without using|given that)\b/gi,
    weight: 0.1,
    most: 4,
  },
  {
    pattern:
      /\b(?:translate|define|summari[sz]e|rephrase|rewrite|shorten|capital of|what is|what's|who (?:is|was)|when (?:is|was)|how many|briefly|in one (?:word|sentence)|list)\b/gi,
    weight: -0.2,
    most: 2,
  },
  { pattern: /^(?:hi|hello|hey|thanks|thank you|good (?:morning|evening))\b/gi, weight: -0.4 },
];

/** How hard the wording of a prompt makes it look, -1 to 1. */
export function wordingDifficulty(text: string): Difficulty {
  const shown = text.slice(0, mostUnits);
  const words = shown.match(/\S+/g)?.length ?? 0;
  let margin = words < 8 ? -0.3 : words < 20 ? -0.1 : words > 250 ? 0.4 : words > 80 ? 0.2 : 0;
  const questions = shown.match(/[?？]/g)?.length ?? 0;
  if (questions > 1) margin += Math.min(questions - 1, 3) * 0.1;
  for (const { pattern, weight, most = 1 } of signs) {
    margin += Math.min(shown.match(pattern)?.length ?? 0, most) * weight;
  }
  return { margin: Math.max(-1, Math.min(1, margin)), threshold: wordingThreshold, note };
}
