// Everything that analyses prompts, put together: models where they are installed, and heads and
// rules, which always are.
import type { Analysers, Log } from '../../ports.ts';
import { createPiiDetector } from '../detector/pii-detector.ts';
import type { ModelsPlan, ModelStatus } from '../models/model-plan.ts';
import { openModels } from '../models/open-models.ts';

export interface OpenAnalysersOptions {
  readonly plan: ModelsPlan;
  readonly log: Log;
}

export interface OpenAnalysers {
  readonly analysers: Analysers;
  /** Resolves when every model was loaded or refused. */
  readonly settled: Promise<void>;
  status(): readonly ModelStatus[];
  /** Goes over to other models; those that did not change keep running. */
  reload(plan: ModelsPlan): Promise<void>;
  close(): Promise<void>;
}

/**
 * Longest wait of a request for a model, its turn in the queue included: some twenty times what a
 * long prompt takes on one core, and well within the time that Envoy waits for the router.
 */
const deadlineMs = 1000;

/** Rejects with a sentence where a file of the program itself is broken. */
export function openAnalysers({ log, plan }: OpenAnalysersOptions): Promise<OpenAnalysers> {
  const models = openModels({ ...plan, log });
  const analysers: Analysers = {
    get embedder() {
      return models.embedder;
    },
    pii: createPiiDetector({ tagger: () => models.piiTagger, deadlineMs }),
  };
  return Promise.resolve({
    analysers,
    settled: models.settled,
    status: () => models.status(),
    reload: (next) => models.reload(next),
    close: () => models.close(),
  });
}
