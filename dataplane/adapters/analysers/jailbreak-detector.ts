// The jailbreak detector of the program itself: rules, a trained head, and the embedding model that the
// head is bound to where that one is installed. Only what its words make suspicious is embedded.
import type { JailbreakFinding } from '../../domain/findings.ts';
import { openJailbreakDetector } from '../../domain/jailbreak/detector.ts';
import type { JailbreakHead } from '../../domain/jailbreak/head.ts';
import { isUnavailable } from '../../domain/unavailable.ts';
import type { Embedder, EmbedText, JailbreakDetector } from '../../ports.ts';

export interface JailbreakDetectorOptions {
  readonly head: JailbreakHead;
  /** The model that answers now; vectors of another one than the head's mean nothing to it. */
  readonly embedder: () => Pick<Embedder, 'id'> | undefined;
}

export function createJailbreakDetector({
  embedder,
  head,
}: JailbreakDetectorOptions): JailbreakDetector {
  const detector = openJailbreakDetector(head);
  return {
    detect: async (texts, embed): Promise<JailbreakFinding> => {
      const examination = detector.examine(texts);
      const isOwn = embedder()?.id === head.encoder;
      const vectors = isOwn
        ? await Promise.all(examination.toEmbed.map((text) => vectorOf(text, embed)))
        : [];
      return detector.score(examination, vectors);
    },
  };
}

async function vectorOf(text: string, embed: EmbedText): Promise<Float32Array | undefined> {
  const embedding = await embed(text);
  return isUnavailable(embedding) ? undefined : embedding.vector;
}
