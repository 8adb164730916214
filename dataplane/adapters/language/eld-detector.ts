// The language detector that is built in: n-gram statistics of 60 languages, in this process. Its data
// take some 90 MB of memory and a quarter of a second to load, so they are loaded only when asked for.
import type { LanguageDetector } from '../../domain/signals/language.ts';

export async function loadLanguageDetector(): Promise<LanguageDetector> {
  const { eld } = await import('eld/extrasmall');
  return { scores: (text) => new Map(Object.entries(eld.detect(text).getScores())) };
}
