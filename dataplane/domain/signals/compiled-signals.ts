// Signals as functions: those that are worked out here, each by itself and only when somebody asks,
// and those that models are asked for, all of one kind at once.
import type { ModelKind } from '../../../config/schema/index.ts';
import type { PromptFacts } from '../prompt-facts.ts';
import type { SignalValue } from '../signal-values.ts';
import type { UnavailableReason } from '../unavailable.ts';
import type { PromptReading } from './prompt-reading.ts';

/** Keys are `type:name` throughout. Only signals that some decision refers to are there. */
export interface CompiledSignals {
  readonly local: ReadonlyMap<string, LocalSignal>;
  readonly models: ReadonlyMap<ModelKind, ModelSignals>;
}

export type LocalSignal = (reading: PromptReading) => SignalValue;

export interface ModelSignals {
  readonly keys: readonly string[];
  /** The value of each of the keys. Never rejects. */
  read(facts: PromptFacts): Promise<ReadonlyMap<string, SignalValue>>;
}

/** How long one kind waits for models, and what its signals are when no model could tell. */
export interface KindSettings {
  readonly deadlineMs: number;
  /** Takes why no model could tell. */
  readonly onError: (reason: UnavailableReason) => SignalValue;
}
