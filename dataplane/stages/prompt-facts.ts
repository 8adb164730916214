// What classifiers and detectors say of one request, each thing asked for once, when somebody first
// wants it: signals and guards share the answers, and one vector of a text serves all.
import type { ChatRequest } from '../domain/chat-request.ts';
import type {
  CategoryAnswer,
  GuardedText,
  JailbreakFinding,
  PiiFinding,
} from '../domain/findings.ts';
import { isUnavailable, type Unavailable } from '../domain/unavailable.ts';
import type { AnalysedSignal, Analysers, EmbedText, Embedding, Telemetry } from '../ports.ts';

const absent: Promise<Unavailable> = Promise.resolve({ unavailable: 'absent' });

export class PromptFacts {
  readonly #request: ChatRequest;
  readonly #analysers: Analysers;
  readonly #telemetry: Telemetry;
  readonly #embeddings = new Map<string, Promise<Embedding | Unavailable>>();
  #latestUserText: string | undefined;
  #category: Promise<CategoryAnswer | Unavailable> | undefined;
  #jailbreak: Promise<JailbreakFinding | Unavailable> | undefined;
  #pii: Promise<PiiFinding | Unavailable> | undefined;

  constructor(request: ChatRequest, analysers: Analysers, telemetry: Telemetry) {
    this.#request = request;
    this.#analysers = analysers;
    this.#telemetry = telemetry;
  }

  latestUserText(): string {
    return (this.#latestUserText ??= this.#request.latestUserText());
  }

  /** Texts of users and tools, in order: what guards look at. */
  guardedTexts(): readonly GuardedText[] {
    return this.#request.guardedTexts();
  }

  readonly embed: EmbedText = (text) => {
    const known = this.#embeddings.get(text);
    if (known !== undefined) return known;
    const asked = this.#told('embedding', this.#analysers.embedder?.embed(text) ?? absent);
    this.#embeddings.set(text, asked);
    return asked;
  };

  category(): Promise<CategoryAnswer | Unavailable> {
    return (this.#category ??= this.#told(
      'domain',
      this.#analysers.categories?.classify(this.latestUserText(), this.embed) ?? absent,
    ));
  }

  jailbreak(): Promise<JailbreakFinding | Unavailable> {
    return (this.#jailbreak ??= this.#told(
      'jailbreak',
      this.#analysers.jailbreak?.detect(this.guardedTexts(), this.embed) ?? absent,
    ));
  }

  /** Spans in the texts of `guardedTexts`, in their order. */
  pii(): Promise<PiiFinding | Unavailable> {
    return (this.#pii ??= this.#told(
      'pii',
      this.#analysers.pii?.find(this.guardedTexts().map(({ text }) => text)) ?? absent,
    ));
  }

  /** Counts what could not be told. */
  async #told<Answer extends object>(
    signal: AnalysedSignal,
    asked: Promise<Answer | Unavailable>,
  ): Promise<Answer | Unavailable> {
    const answer = await asked;
    if (isUnavailable(answer)) this.#telemetry.signalUnavailable(signal, answer.unavailable);
    return answer;
  }
}
