// The domain classifier of the program itself: a trained head, and the embedding model that it is bound
// to where that one is installed.
import { openCategoryHead } from '../../domain/category/classify-category.ts';
import type { CategoryHead } from '../../domain/category/category-head.ts';
import { isUnavailable } from '../../domain/unavailable.ts';
import type { CategoryClassifier, Embedder } from '../../ports.ts';

export interface CategoryClassifierOptions {
  readonly head: CategoryHead;
  /** The model that answers now; vectors of another one than the head's mean nothing to it. */
  readonly embedder: () => Pick<Embedder, 'id'> | undefined;
}

export function createCategoryClassifier({
  embedder,
  head,
}: CategoryClassifierOptions): CategoryClassifier {
  const classify = openCategoryHead(head);
  return {
    labels: head.labels,
    classify: async (text, embed) => {
      const isOwn = embedder()?.id === head.encoder;
      const embedding = isOwn ? await embed(text) : undefined;
      const isKnown = embedding !== undefined && !isUnavailable(embedding);
      return classify(text, isKnown ? embedding.vector : undefined);
    },
  };
}
