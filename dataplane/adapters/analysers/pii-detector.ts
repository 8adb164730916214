// The detector of personal data: recognisers by form always, and a token classifier, which alone
// finds names, where one is installed.
import type { PiiFinding, PiiSpan } from '../../domain/findings.ts';
import { recognisePii } from '../../domain/pii/recognise.ts';
import { unitePii } from '../../domain/pii/unite.ts';
import { isUnavailable } from '../../domain/unavailable.ts';
import type { PiiDetector, TokenClassifier } from '../../ports.ts';

export interface PiiDetectorOptions {
  /** The model that answers now; asked anew for each request, since it may change. */
  readonly tagger: () => TokenClassifier | undefined;
  /** Longest wait for the model in milliseconds; what the forms say is told then. */
  readonly deadlineMs: number;
}

export function createPiiDetector({ deadlineMs, tagger }: PiiDetectorOptions): PiiDetector {
  return {
    find: async (texts): Promise<PiiFinding> => {
      const model = tagger();
      const results = await Promise.all(texts.map((text) => findIn(text, model, deadlineMs)));
      return {
        spans: results.map(({ spans }) => spans),
        tier: results.every(({ isTagged }) => isTagged) ? 'model' : 'structural',
      };
    },
  };
}

async function findIn(
  text: string,
  model: TokenClassifier | undefined,
  deadlineMs: number,
): Promise<{ readonly spans: readonly PiiSpan[]; readonly isTagged: boolean }> {
  const structural = recognisePii(text);
  const tagged = await model?.tag(text, { deadlineMs });
  const isTagged = tagged !== undefined && !isUnavailable(tagged);
  return { spans: unitePii(text, structural, isTagged ? tagged : []), isTagged };
}
