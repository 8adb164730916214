// The one reference to the Runtime in force. Streams pin it at their first message and release it
// at their end, so that a reload can tell when nothing needs the old one any more.
import type { Runtime } from './runtime.ts';

/** A stream's hold on the Runtime it started with. */
export interface Pin {
  readonly runtime: Runtime;
  /** Lets go; later calls do nothing. */
  release(): void;
}

export interface CurrentRuntime {
  readonly runtime: Runtime;
  pin(): Pin;
  /** Puts `next` in force for new streams. Resolves when the last stream of the old one has ended. */
  swap(next: Runtime): Promise<void>;
  /** Streams that hold a Runtime now, old ones included. */
  pinned(): number;
}

interface Generation {
  readonly runtime: Runtime;
  pins: number;
  retired: (() => void) | undefined;
}

export function createCurrentRuntime(first: Runtime): CurrentRuntime {
  let generation: Generation = { runtime: first, pins: 0, retired: undefined };
  let total = 0;

  const release = (held: Generation): void => {
    held.pins -= 1;
    total -= 1;
    if (held.pins === 0) held.retired?.();
  };

  return {
    get runtime() {
      return generation.runtime;
    },
    pin() {
      const held = generation;
      held.pins += 1;
      total += 1;
      let open = true;
      return {
        runtime: held.runtime,
        release: () => {
          if (!open) return;
          open = false;
          release(held);
        },
      };
    },
    swap(next) {
      const old = generation;
      generation = { runtime: next, pins: 0, retired: undefined };
      if (old.pins === 0) return Promise.resolve();
      return new Promise((resolve) => {
        old.retired = resolve;
      });
    },
    pinned: () => total,
  };
}
