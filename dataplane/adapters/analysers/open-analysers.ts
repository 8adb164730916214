// Everything that analyses prompts, put together: models where they are installed, and heads and
// rules, which always are.
import type { RouterConfig } from '../../../config/schema/index.ts';
import type { Analysers, Embedder, Log } from '../../ports.ts';
import type { ModelStatus } from '../models/model-plan.ts';
import { openModels, type OpenModels, type OpenModelsOptions } from '../models/open-models.ts';
import { planModels } from '../models/plan-models.ts';
import { createCategoryClassifier } from './category-classifier.ts';
import { createJailbreakDetector } from './jailbreak-detector.ts';
import { loadHeads, type Heads, type HeadSections } from './load-heads.ts';
import { categoriesBy, jailbreaksBy } from './model-analysers.ts';
import { createPiiDetector } from './pii-detector.ts';

export type AnalyserSections = HeadSections & Pick<RouterConfig, 'signal_models'>;

export interface OpenAnalysersOptions {
  readonly config: AnalyserSections;
  /** The folder that is searched for models where the configuration names none. */
  readonly installed: string | undefined;
  readonly log: Log;
  /** Settings of the models' threads; for tests. */
  readonly host?: OpenModelsOptions['host'];
  /** Longest wait for a model in milliseconds; that of a request when left out. */
  readonly deadlineMs?: number;
}

export interface OpenAnalysers {
  readonly analysers: Analysers;
  /** Resolves when every model was loaded or refused. */
  readonly settled: Promise<void>;
  status(): readonly ModelStatus[];
  /** Workers that died or were given up since the program began, by role. */
  crashes(): ReturnType<OpenModels['crashes']>;
  /**
   * Goes over to what another configuration names; what did not change keeps running. Rejects with a
   * sentence where a head cannot be used, and then nothing changes.
   */
  reload(config: AnalyserSections): Promise<void>;
  close(): Promise<void>;
}

/**
 * Longest wait of a request for a model, its turn in the queue included: some twenty times what a
 * long prompt takes on one core, and well within the time that Envoy waits for the router.
 */
const requestDeadlineMs = 1000;

/** Rejects with a sentence where a head cannot be used. */
export async function openAnalysers({
  config,
  installed,
  log,
  host = {},
  deadlineMs = requestDeadlineMs,
}: OpenAnalysersOptions): Promise<OpenAnalysers> {
  let builtIn = builtInAnalysers(await loadHeads(config), () => models.embedder);
  let positives = positiveLabels(config);
  const models: OpenModels = openModels({
    ...planModels(config.signal_models, installed),
    log,
    host,
  });
  const pii = createPiiDetector({ tagger: () => models.piiTagger, deadlineMs });
  const analysers: Analysers = {
    pii,
    get embedder() {
      return models.embedder;
    },
    get categories() {
      const { domainClassifier: own } = models;
      return own === undefined ? builtIn.categories : categoriesBy(own, deadlineMs);
    },
    get jailbreak() {
      const { jailbreakClassifier: own } = models;
      return own === undefined ? builtIn.jailbreak : jailbreaksBy(own, deadlineMs, positives);
    },
  };
  return {
    analysers,
    settled: models.settled,
    status: () => models.status(),
    crashes: () => models.crashes(),
    reload: async (next) => {
      builtIn = builtInAnalysers(await loadHeads(next), () => models.embedder);
      positives = positiveLabels(next);
      await models.reload(planModels(next.signal_models, installed));
    },
    close: () => models.close(),
  };
}

function builtInAnalysers(
  heads: Heads,
  embedder: () => OpenModels['embedder'],
): Required<Pick<Analysers, 'categories' | 'jailbreak'>> {
  return {
    categories: createCategoryClassifier({ head: heads.category, embedder }),
    jailbreak: createJailbreakDetector({ head: heads.jailbreak, embedder }),
  };
}

function positiveLabels({ signal_models }: AnalyserSections): readonly string[] {
  return signal_models?.jailbreak?.positive_labels ?? [];
}

/** The embedding model, whichever answers when it is asked. */
export function modelOfNow(analysers: Analysers): Pick<Embedder, 'id' | 'embed'> {
  return {
    get id() {
      return analysers.embedder?.id ?? '';
    },
    embed: (text, options) =>
      analysers.embedder?.embed(text, options) ?? Promise.resolve({ unavailable: 'absent' }),
  };
}
