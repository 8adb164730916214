// The calls that a worker has in hand, whoever still waits for them: how many they are, and when it
// has said nothing for too long while it had some.

export class CallsInHand {
  readonly #ids = new Set<number>();
  readonly #hangsAfterMs: number;
  readonly #onHang: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(hangsAfterMs: number, onHang: () => void) {
    this.#hangsAfterMs = hangsAfterMs;
    this.#onHang = onHang;
  }

  get size(): number {
    return this.#ids.size;
  }

  add(id: number): void {
    this.#ids.add(id);
    if (this.#timer === undefined) this.#watch();
  }

  /** The worker has said what became of a call. */
  done(id: number): void {
    this.#ids.delete(id);
    this.#watch();
  }

  clear(): void {
    this.#ids.clear();
    this.#watch();
  }

  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer =
      this.#ids.size === 0 ? undefined : setTimeout(this.#onHang, this.#hangsAfterMs).unref();
  }
}
