// A Kube for tests of timing: every answer comes from the test. It stores nothing.
import type { Kube, KubeObject, WatchEvent, WatchOptions } from '../../operator/kube/port.ts';

/** A Kube whose calls throw unless the test gave them. */
export function scriptedKube(given: Partial<Kube>): Kube {
  const missing = (call: string) => (): never => {
    throw new Error(`the test did not expect ${call}`);
  };
  return {
    get: missing('get'),
    list: missing('list'),
    watch: missing('watch'),
    apply: missing('apply'),
    patchStatus: missing('patchStatus'),
    create: missing('create'),
    replace: missing('replace'),
    delete: missing('delete'),
    discover: missing('discover'),
    close: () => Promise.resolve(),
    ...given,
  };
}

/** One watch, whose events the test sends. It ends when its signal is aborted. */
export class ScriptedWatch implements AsyncIterable<WatchEvent> {
  readonly options: WatchOptions;
  readonly #events: WatchEvent[] = [];
  #wake: () => void = () => undefined;
  #end: { readonly error?: Error } | undefined;
  /** Whether whoever followed it has left. */
  isLeft = false;

  constructor(options: WatchOptions) {
    this.options = options;
    options.signal?.addEventListener('abort', () => {
      this.end();
    });
  }

  send(...events: WatchEvent[]): void {
    this.#events.push(...events);
    this.#wake();
  }

  end(error?: Error): void {
    this.#end ??= error === undefined ? {} : { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WatchEvent> {
    try {
      for (;;) {
        const next = this.#events.shift();
        if (next !== undefined) {
          yield next;
        } else if (this.#end !== undefined) {
          if (this.#end.error !== undefined) throw this.#end.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.isLeft = true;
    }
  }
}

/** A small object with everything that the cache looks at. */
export function anObject(name: string, more: Partial<KubeObject['metadata']> = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'team-a', uid: `uid-${name}`, resourceVersion: '1', ...more },
  };
}
