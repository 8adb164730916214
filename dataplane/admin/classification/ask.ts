// The questions of the classification API, answered by the analysers that route and guard requests:
// what it says of a text is what the router would have believed.
import { isUnavailable, type Unavailable } from '../../domain/unavailable.ts';
import type { GuardedText } from '../../domain/findings.ts';
import type { Analysers, EmbedText, Embedding } from '../../ports.ts';
import { intentAnswer, piiAnswer, securityAnswer, type Routing } from './answers.ts';
import { latestUserText, type Prompt } from './shapes.ts';

export interface Asked {
  readonly analysers: Analysers;
  /** As configured, for callers who name none. */
  readonly thresholds: {
    readonly domain: number;
    readonly jailbreak: number;
    readonly pii: number;
  };
  /** Where the router would send a prompt; undefined where it would refuse it. */
  readonly route: (prompt: Prompt) => Promise<Routing | undefined>;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

const absent: Unavailable = { unavailable: 'absent' };

export async function askIntent(prompt: Prompt, asked: Asked): Promise<object> {
  const { analysers, now, route, thresholds } = asked;
  const begun = now();
  const text = latestUserText(prompt);
  const answer = (await analysers.categories?.classify(text, embedder(analysers))) ?? absent;
  const routing = await route(prompt);
  const threshold = prompt.options?.confidence_threshold ?? thresholds.domain;
  return intentAnswer(answer, { threshold, elapsedMs: now() - begun, routing });
}

export async function askPii(prompt: Prompt, asked: Asked): Promise<object> {
  const { analysers, now, thresholds } = asked;
  const begun = now();
  const texts = guardedTexts(prompt);
  const finding = (await analysers.pii?.find(texts.map(({ text }) => text))) ?? absent;
  return piiAnswer(finding, {
    texts,
    threshold: prompt.options?.confidence_threshold ?? thresholds.pii,
    masked: prompt.options?.mask_entities ?? false,
    elapsedMs: now() - begun,
  });
}

export async function askSecurity(prompt: Prompt, asked: Asked): Promise<object> {
  const { analysers, now, thresholds } = asked;
  const begun = now();
  const texts = guardedTexts(prompt);
  const finding = (await analysers.jailbreak?.detect(texts, embedder(analysers))) ?? absent;
  const threshold = prompt.options?.confidence_threshold ?? thresholds.jailbreak;
  return securityAnswer(finding, { threshold, elapsedMs: now() - begun });
}

export async function askAll(prompt: Prompt, asked: Asked): Promise<object> {
  const begun = asked.now();
  const [intent, pii, security] = await Promise.all([
    askIntent(prompt, asked),
    askPii(prompt, asked),
    askSecurity(prompt, asked),
  ]);
  return { intent, pii, security, processing_time_ms: asked.now() - begun };
}

/** The vectors of texts in their order; why, where one cannot be had. */
export async function vectorsOf(
  texts: readonly string[],
  { embedder: model }: Analysers,
): Promise<readonly Embedding[] | Unavailable> {
  const vectors: Embedding[] = [];
  // One after the other: requests that are routed at the same time come in between.
  for (const text of texts) {
    const embedding = (await model?.embed(text)) ?? absent;
    if (isUnavailable(embedding)) return embedding;
    vectors.push(embedding);
  }
  return vectors;
}

/** A text once, however many ask for its vector. */
function embedder({ embedder: model }: Analysers): EmbedText {
  const asked = new Map<string, Promise<Embedding | Unavailable>>();
  return (text) => {
    const known = asked.get(text) ?? model?.embed(text) ?? Promise.resolve(absent);
    asked.set(text, known);
    return known;
  };
}

/** As guards see a request: users and tools, not the operator's prompt nor the model's answers. */
function guardedTexts({ text, messages = [] }: Prompt): readonly GuardedText[] {
  if (text !== undefined) return [{ text, source: 'user' }];
  return messages.flatMap(({ role, content }) => {
    if (role === 'system' || role === 'developer' || role === 'assistant') return [];
    return [{ text: content, source: role === 'tool' || role === 'function' ? 'tool' : 'user' }];
  });
}
