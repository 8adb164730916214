// The signals of one request, each worked out when it is first asked for. What models tell is there
// once somebody has waited for it, and undefined before.
import type { ModelKind } from '../../../config/schema/index.ts';
import type { SignalValue, SignalValues } from '../signal-values.ts';
import type { CompiledSignals } from './compiled-signals.ts';
import { PromptReading, type SignalInput } from './prompt-reading.ts';

export class RequestSignals implements SignalValues {
  readonly #compiled: CompiledSignals;
  /** What the signals that are worked out here are worked out from. */
  readonly reading: PromptReading;
  readonly #told = new Map<string, SignalValue>();

  constructor(compiled: CompiledSignals, input: SignalInput) {
    this.#compiled = compiled;
    this.reading = new PromptReading(input);
  }

  get(key: string): SignalValue | undefined {
    const local = this.#compiled.local.get(key);
    return local === undefined ? this.#told.get(key) : local(this.reading);
  }

  /** Waits for what models tell about these kinds; afterwards none of their signals is undefined. */
  async waitFor(kinds: Iterable<ModelKind>): Promise<void> {
    const sources = [...kinds].flatMap((kind) => this.#compiled.models.get(kind) ?? []);
    const { facts } = this.reading.input;
    for (const values of await Promise.all(sources.map(async (source) => source.read(facts)))) {
      for (const [key, value] of values) this.#told.set(key, value);
    }
  }

  /** Waits for everything, needed or not: for who explains. */
  async waitForAll(): Promise<void> {
    await this.waitFor(this.#compiled.models.keys());
  }
}
