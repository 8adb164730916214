// What models can tell of one request. Each fact is worked out when it is first asked for, once, and
// shared by everybody who asks: signals, guards and the cache. Pure code knows this interface; who
// implements it knows the models.
import type { Embedding, JailbreakFinding, PiiFinding } from './findings.ts';
import type { Unavailable } from './unavailable.ts';

export interface FactOptions {
  /** Longest wait in milliseconds. Whoever asks first sets it for all. */
  readonly deadlineMs?: number;
}

export interface CategoryFact {
  /** The likeliest label of the domain classifier. */
  readonly category: string;
  /** Its probability. */
  readonly confidence: number;
  /** Of all labels, where the classifier tells them. */
  readonly probabilities?: ReadonlyMap<string, number>;
}

/** None of these rejects or throws. */
export interface PromptFacts {
  /** As `ChatRequest.latestUserText`, decoded once. */
  latestUserText(): string;
  /** Of the latest user turn. */
  embedding(options?: FactOptions): Promise<Embedding | Unavailable>;
  /** Of the latest user turn. */
  category(options?: FactOptions): Promise<CategoryFact | Unavailable>;
  /** Of the user's turns and the results of tools. */
  jailbreak(options?: FactOptions): Promise<JailbreakFinding | Unavailable>;
  /** Of the user's turns and the results of tools: spans in the guarded texts, in their order. */
  pii(options?: FactOptions): Promise<PiiFinding | Unavailable>;
}

/** The facts of a router without models. */
export function factsWithoutModels(request: { latestUserText(): string }): PromptFacts {
  let text: string | undefined;
  const absent = Promise.resolve<Unavailable>({ unavailable: 'absent' });
  return {
    latestUserText: () => (text ??= request.latestUserText()),
    embedding: () => absent,
    category: () => absent,
    jailbreak: () => absent,
    pii: () => absent,
  };
}
