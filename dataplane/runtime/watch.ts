// Watches one file by its content. Knows nothing of what is in it.
//
// The folder is watched and not the file: editors replace files, and Kubernetes swaps the `..data`
// link beside them. A slow poll stands behind it, for file systems that send no events.
import { watch as watchFolder } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface FileWatcher {
  close(): void;
}

export interface WatchOptions {
  readonly path: string;
  /** Called with the bytes each time that they differ from the last ones, one call at a time. */
  readonly onChange: (bytes: Buffer) => Promise<void>;
  /** Called when the file cannot be read; once until it can be read again. */
  readonly onError: (error: unknown) => void;
  /** What the caller has already seen. */
  readonly initial?: Buffer;
  /** Events within this time are one: an editor writes in several steps. Default 50. */
  readonly settleMs?: number;
  /** Default 2000. */
  readonly pollMs?: number;
}

export function watchFile(options: WatchOptions): FileWatcher {
  const { path, onChange, onError, settleMs = 50, pollMs = 2000 } = options;
  let last = options.initial;
  let failing = false;
  let closed = false;
  let busy = false;
  let again = false;
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      const bytes = await readFile(path);
      failing = false;
      if (!closed && (last === undefined || !bytes.equals(last))) {
        last = bytes;
        await onChange(bytes);
      }
    } catch (error) {
      if (!failing && !closed) onError(error);
      failing = true;
    } finally {
      busy = false;
    }
    if (again && !closed) {
      again = false;
      await look();
    }
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), settleMs);
  };

  const folder = watchFolder(dirname(path), soon);
  folder.on('error', onError);
  const poll = setInterval(() => void look(), pollMs);
  poll.unref();
  return {
    close: () => {
      closed = true;
      clearTimeout(timer);
      clearInterval(poll);
      folder.close();
    },
  };
}
