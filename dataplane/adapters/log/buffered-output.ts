// Log lines to a device without ever waiting for its reader. Node writes to pipes and files
// synchronously through `process.stdout`, so that a slow log collector would hold up every request;
// here one write at a time runs beside them, and lines wait in a buffer of bounded size.
import type { OutputDevice } from './output-device.ts';

export interface BufferedOutputOptions {
  readonly device: OutputDevice;
  /** Characters that may wait; lines beyond are dropped. 4 Mi when left out. */
  readonly maxWaiting?: number;
  /** Makes the line that tells how many were dropped. */
  readonly droppedLine: (count: number) => string;
}

const defaultMaxWaiting = 4 * 1024 * 1024;
// Long enough to write many lines at once, too short for a reader to notice.
const collectMs = 20;
const collectCharacters = 64 * 1024;
// A pipe that is full: its reader needs a moment, and when the process ends it gets this long.
const retryMs = 2;
const lastRetriesMs = 200;

export class BufferedOutput {
  readonly #device: OutputDevice;
  readonly #maxWaiting: number;
  readonly #droppedLine: (count: number) => string;
  #lines: string[] = [];
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #dropped = 0;
  #untoldDropped = 0;

  constructor({ device, maxWaiting = defaultMaxWaiting, droppedLine }: BufferedOutputOptions) {
    this.#device = device;
    this.#maxWaiting = maxWaiting;
    this.#droppedLine = droppedLine;
  }

  /** Lines that were dropped, or lost to a descriptor that is closed, since the beginning. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes one line, without its newline. Never throws, never waits. */
  write(line: string): void {
    if (this.#waiting + line.length > this.#maxWaiting) {
      this.#drop(1);
      return;
    }
    this.#lines.push(line);
    this.#waiting += line.length + 1;
    if (this.#writing !== undefined) return;
    if (this.#waiting >= collectCharacters) {
      void this.#begin();
    } else {
      this.#timer ??= setTimeout(() => {
        void this.#begin();
      }, collectMs).unref();
    }
  }

  /** Resolves when every line taken so far was written or lost. */
  async flush(): Promise<void> {
    while (this.#lines.length > 0 || this.#untoldDropped > 0 || this.#writing !== undefined) {
      await (this.#writing ?? this.#begin());
    }
  }

  /**
   * Writes what waits before the process ends at once. Bytes of a write that is running are not
   * repeated; the thread that writes them may or may not finish.
   */
  flushSync(): void {
    let bytes = this.#take();
    let waitedMs = 0;
    while (bytes.length > 0 && waitedMs < lastRetriesMs) {
      try {
        bytes = bytes.subarray(this.#device.writeSync(bytes));
      } catch (error) {
        // The output is gone, and the process with it: there is nobody left to tell.
        if (!isFull(error)) return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs);
        waitedMs += retryMs;
      }
    }
  }

  #begin(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#lines.length > 0 || this.#untoldDropped > 0) {
      const lines = this.#lines.length;
      let bytes = this.#take();
      while (bytes.length > 0) {
        const { error, written } = await this.#writeOnce(bytes);
        if (error === null) bytes = bytes.subarray(written);
        else if (isFull(error)) await delay(retryMs);
        else {
          // Nobody reads any more. Going on costs little, and the next lines may have a reader.
          this.#dropped += lines;
          return;
        }
      }
    }
  }

  #writeOnce(
    bytes: Buffer,
  ): Promise<{ readonly error: NodeJS.ErrnoException | null; readonly written: number }> {
    return new Promise((resolve) => {
      this.#device.write(bytes, (error, written) => {
        resolve({ error, written });
      });
    });
  }

  #take(): Buffer {
    if (this.#untoldDropped > 0) {
      this.#lines.push(this.#droppedLine(this.#untoldDropped));
      this.#untoldDropped = 0;
    }
    const text = this.#lines.length === 0 ? '' : `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    this.#waiting = 0;
    return Buffer.from(text);
  }

  #drop(count: number): void {
    this.#dropped += count;
    this.#untoldDropped += count;
  }
}

function isFull(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EAGAIN';
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
