// One request as signals look at it: what several of them need is worked out when the first asks, once.
import type { ChatRequest } from '../chat-request.ts';
import type { CallerIdentity } from '../caller-identity.ts';
import { estimatePromptTokens } from '../estimate-tokens.ts';
import type { KeywordMatcher, KeywordMatches } from '../keywords/matcher.ts';
import type { PromptFacts } from '../prompt-facts.ts';
import { readShape, type ConversationShape } from '../request/shape.ts';
import type { SignalValue } from '../signal-values.ts';
import { detectLanguage, type Language, type LanguageDetector } from './language.ts';
import { StructuredText } from './structure.ts';

export interface SignalInput {
  readonly request: ChatRequest;
  readonly facts: PromptFacts;
  readonly caller: CallerIdentity | undefined;
  /** Undefined: nobody tells groups. */
  readonly groups: readonly string[] | undefined;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

export class PromptReading {
  readonly input: SignalInput;
  #matches: KeywordMatches | undefined;
  #structured: StructuredText | undefined;
  #shape: ConversationShape | undefined;
  #promptTokens: number | undefined;
  readonly #values = new Map<string, SignalValue>();
  /** Null: not looked for yet. */
  #language: Language | undefined | null = null;

  constructor(input: SignalInput) {
    this.input = input;
  }

  keywords(matcher: KeywordMatcher): KeywordMatches {
    return (this.#matches ??= matcher.match(this.input.request.latestUserJson()));
  }

  language(detector: LanguageDetector): Language | undefined {
    if (this.#language === null) {
      this.#language = detectLanguage(this.input.facts.latestUserText(), detector);
    }
    return this.#language;
  }

  /** The language that was detected, if somebody asked for it. */
  get detectedLanguage(): Language | undefined {
    return this.#language ?? undefined;
  }

  /** The value of a signal that costs too much to be worked out each time somebody asks. */
  once(key: string, compute: () => SignalValue): SignalValue {
    let value = this.#values.get(key);
    if (value === undefined) {
      value = compute();
      this.#values.set(key, value);
    }
    return value;
  }

  get structured(): StructuredText {
    return (this.#structured ??= new StructuredText(this.input.facts.latestUserText()));
  }

  get shape(): ConversationShape {
    return (this.#shape ??= readShape(this.input.request));
  }

  get promptTokens(): number {
    return (this.#promptTokens ??= estimatePromptTokens(this.input.request.promptBytes));
  }
}
