// RouterConfig to signals: those that some decision refers to, and what has to be loaded for them.
import type { RouterConfig } from '../../config/schema/index.ts';
import { compileLocal } from '../domain/signals/compile-local.ts';
import { compileModels } from '../domain/signals/compile-models.ts';
import type { CompiledSignals } from '../domain/signals/compiled-signals.ts';
import type { LanguageDetector } from '../domain/signals/language.ts';
import type { CandidateVectors } from '../domain/signals/similarity.ts';

/** What signals need beside the configuration, and what takes time to come by. */
export interface SignalParts {
  /** Left out: nobody tells languages. */
  readonly languages?: LanguageDetector | undefined;
  /** Left out: no model has seen the examples of the configuration. */
  readonly candidates?: CandidateVectors | undefined;
}

const noCandidates: CandidateVectors = { get: () => undefined };

export function compileSignals(
  config: RouterConfig,
  needed: ReadonlySet<string>,
  { languages, candidates = noCandidates }: SignalParts = {},
): CompiledSignals {
  const isNeeded = (key: string): boolean => needed.has(key);
  return {
    local: compileLocal(config, isNeeded, languages),
    models: compileModels({ config, isNeeded, candidates }),
  };
}

/** The texts whose vectors the signals need, each once. */
export function candidateTexts(config: RouterConfig, needed: ReadonlySet<string>): string[] {
  const embedding = config.embedding_rules.filter(({ name }) => needed.has(`embedding:${name}`));
  const complexity = config.complexity_rules.filter(({ name }) =>
    [...needed].some((key) => key.startsWith(`complexity:${name}:`)),
  );
  return [
    ...new Set([
      ...embedding.flatMap(({ candidates }) => candidates),
      ...complexity.flatMap(({ hard, easy }) => [
        ...(hard?.candidates ?? []),
        ...(easy?.candidates ?? []),
      ]),
    ]),
  ];
}
