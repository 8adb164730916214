// What classifiers and detectors say of one request, each thing asked for once, when somebody first
// wants it: signals, guards and the cache share the answers, and one vector of a text serves all.
import type { ChatRequest } from '../domain/chat-request.ts';
import type { CategoryAnswer, JailbreakFinding, PiiFinding } from '../domain/findings.ts';
import type { FactOptions, PromptFacts } from '../domain/prompt-facts.ts';
import { isUnavailable, type Unavailable } from '../domain/unavailable.ts';
import type { AnalysedSignal, Analysers, EmbedText, Embedding, Telemetry } from '../ports.ts';

const absent: Promise<Unavailable> = Promise.resolve({ unavailable: 'absent' });

export class RequestFacts implements PromptFacts {
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

  embedding(options?: FactOptions): Promise<Embedding | Unavailable> {
    return within(this.#embed(this.latestUserText()), options);
  }

  category(options?: FactOptions): Promise<CategoryAnswer | Unavailable> {
    this.#category ??= this.#told(
      'domain',
      this.#analysers.categories?.classify(this.latestUserText(), this.#embed) ?? absent,
    );
    return within(this.#category, options);
  }

  jailbreak(options?: FactOptions): Promise<JailbreakFinding | Unavailable> {
    this.#jailbreak ??= this.#told(
      'jailbreak',
      this.#analysers.jailbreak?.detect(this.#request.guardedTexts(), this.#embed) ?? absent,
    );
    return within(this.#jailbreak, options);
  }

  pii(options?: FactOptions): Promise<PiiFinding | Unavailable> {
    this.#pii ??= this.#told(
      'pii',
      this.#analysers.pii?.find(this.#request.guardedTexts().map(({ text }) => text)) ?? absent,
    );
    return within(this.#pii, options);
  }

  readonly #embed: EmbedText = (text) => {
    const known = this.#embeddings.get(text);
    if (known !== undefined) return known;
    const asked = this.#told('embedding', this.#analysers.embedder?.embed(text) ?? absent);
    this.#embeddings.set(text, asked);
    return asked;
  };

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

/** Whoever asks waits no longer; an answer that comes later is there for the next who asks. */
async function within<Answer extends object>(
  asked: Promise<Answer | Unavailable>,
  { deadlineMs }: FactOptions = {},
): Promise<Answer | Unavailable> {
  if (deadlineMs === undefined) return asked;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Unavailable>((resolve) => {
    timer = setTimeout(resolve, deadlineMs, { unavailable: 'deadline' });
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
