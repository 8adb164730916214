// What the router wants of models, and what it may know of each.
import type { ModelCounts } from './answering.ts';
import type { ModelInfo } from './worker/load-model.ts';
import type { RemoteClassifierOptions } from './remote/remote-classifier.ts';
import type { RemoteEmbedderOptions } from './remote/remote-embedder.ts';

/** What a model is used for. */
export type ModelRole = 'embedding' | 'pii' | 'domain' | 'jailbreak';

/** A directory of files on this machine. */
export interface LocalSource {
  readonly kind: 'directory';
  readonly path: string;
  /** Labels that mean a finding, where the directory does not say. */
  readonly positiveLabels?: readonly string[];
}

export interface RemoteEmbedding extends RemoteEmbedderOptions {
  readonly kind: 'remote';
}

export interface RemoteClassification extends RemoteClassifierOptions {
  readonly kind: 'remote';
}

export interface ModelsPlan {
  /**
   * A folder with a folder for each model. The embedding model and the one for personal data are
   * looked for there, by what they can do, where nothing else is said of them.
   */
  readonly directory?: string;
  readonly embedding?: LocalSource | RemoteEmbedding;
  /** Classifies tokens. */
  readonly pii?: LocalSource;
  /** Classifies texts. */
  readonly domain?: LocalSource | RemoteClassification;
  /** Classifies texts; with positive labels. */
  readonly jailbreak?: LocalSource | RemoteClassification;
}

/** How a model is doing. Counts are since it was loaded. */
export interface ModelStatus {
  readonly role: ModelRole;
  /**
   * `absent`: nothing of the kind is installed, which is normal. `loading`: not answering yet, or
   * not again after its worker died. `failed`: it cannot be used; `problem` says why.
   */
  readonly state: 'ready' | 'loading' | 'absent' | 'failed';
  /** A directory or a URL; undefined where nothing is installed. */
  readonly source: string | undefined;
  /** Undefined until it was ready once. */
  readonly id: string | undefined;
  /** Also set beside `ready`: a newer version was refused, and the older one goes on. */
  readonly problem: string | undefined;
  readonly counts: ModelCounts;
  /** Of a local model that was ready once. */
  readonly info?: ModelInfo | undefined;
}
