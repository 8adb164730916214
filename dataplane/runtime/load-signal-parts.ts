// What the signals of a configuration need beside it, loaded only where some decision refers to them.
import type { RouterConfig } from '../../config/schema/index.ts';
import { loadLanguageDetector } from '../adapters/language/eld-detector.ts';
import { compileDecisions } from '../domain/compiled-decisions.ts';
import type { CandidateStore } from './candidate-store.ts';
import { candidateTexts, type SignalParts } from './compile-signals.ts';

export async function loadSignalParts(
  config: RouterConfig,
  candidates: CandidateStore | undefined,
): Promise<SignalParts> {
  const { needed } = compileDecisions(config);
  const tellsLanguages = [...needed].some((key) => key.startsWith('language:'));
  const texts = candidateTexts(config, needed);
  return {
    languages: tellsLanguages ? await loadLanguageDetector() : undefined,
    candidates: texts.length > 0 ? await candidates?.prepare(texts) : undefined,
  };
}
