// Starts and stops everything in order, and knows whether all is well: caches, then leadership, then
// workers; and back. It knows controllers and sources, and nothing of what they are about.
//
//   const source = createSource({ kube, type, clock, log, namespaces });
//   const controller = new Controller({ name, primary: source, watches, reconcile, clock, log, newId });
//   const manager = new Manager({ controllers: [controller], election, metrics, clock, log });
//   await manager.start();  // and end the process when `manager.lost` resolves
import type { Controller } from './controller.ts';
import { LeaderElection, type LeaderElectionOptions } from './leader-election.ts';
import type { EngineMetrics } from './metrics.ts';
import type { ServedKinds } from './served-kinds.ts';
import type { Source } from './source.ts';
import type { Cancel, Clock, Log } from './surroundings.ts';

export interface ManagerOptions {
  readonly controllers: readonly Controller[];
  /** Sources that are only read, beside those that controllers listen to. */
  readonly sources?: readonly Source[];
  /** What optional sources look at. */
  readonly servedKinds?: ServedKinds;
  /** Without it, this process always leads. */
  readonly election?: Omit<LeaderElectionOptions, 'onLost' | 'clock' | 'log'>;
  readonly metrics?: EngineMetrics;
  readonly clock: Clock;
  readonly log: Log;
  /** How long running reconciles may take to end at a stop; 30 s by default. */
  readonly graceMs?: number;
}

/** Nothing to report, or a sentence for each thing that is not as it should be. */
export interface Verdict {
  readonly isGood: boolean;
  readonly problems: readonly string[];
}

const defaultGraceMs = 30_000;
const beatMs = 1_000;
// Anything slower means that leases are not renewed in time.
const longestLagSeconds = 5;
// A watch ends after ten minutes at most and is opened anew: silence beyond that, with no error to
// explain it, is a watch that died without a word.
const longestSilenceSeconds = 900;
const longestElectorIdleSeconds = 60;

export class Manager {
  readonly #options: ManagerOptions;
  readonly #election: LeaderElection | undefined;
  readonly #sources: readonly Source[];
  readonly #lost = Promise.withResolvers<Error>();
  #phase: 'new' | 'running' | 'stopped' = 'new';
  #stopped: Promise<void> | undefined;
  #lastBeatMs: number;
  #cancelBeat: Cancel | undefined;

  constructor(options: ManagerOptions) {
    const { controllers, sources = [], election, clock, log, metrics } = options;
    this.#options = options;
    this.#lastBeatMs = clock.monotonicMs();
    this.#sources = [...new Set([...controllers.flatMap((each) => each.sources), ...sources])];
    if (election !== undefined) {
      const onLost = (why: Error): void => {
        this.#noteLost(why);
      };
      this.#election = new LeaderElection({ ...election, clock, log, onLost });
    }
    metrics?.measure({
      controllers,
      sources: this.#sources,
      ...(election === undefined
        ? {}
        : { election: { name: election.lease.name, isLeader: () => this.isLeader } }),
    });
  }

  get isLeader(): boolean {
    return this.#phase === 'running' && (this.#election?.isLeader ?? true);
  }

  /** Resolves if leadership is lost, with the reason: the process should then end. */
  get lost(): Promise<Error> {
    return this.#lost.promise;
  }

  /**
   * Starts caches, waits until they hold everything, stands for election, and starts the workers.
   * Resolves with true when they run, which for a standby may be never; with false when stopped.
   */
  async start(): Promise<boolean> {
    if (this.#phase !== 'new') throw new Error('a manager starts once');
    this.#phase = 'running';
    this.#beat();
    for (const controller of this.#options.controllers) controller.listen();
    this.#options.servedKinds?.start();
    for (const source of this.#sources) source.start();
    const synced = await Promise.all(this.#sources.map((source) => source.synced()));
    if (!synced.every(Boolean) || this.#isStopped()) return false;
    this.#options.log.info('caches are filled', { kinds: this.#sources.length });
    this.#election?.start();
    const isElected = (await this.#election?.elected()) ?? true;
    if (!isElected || this.#isStopped()) return false;
    for (const controller of this.#options.controllers) controller.start();
    return true;
  }

  /** Workers first, with their grace; then leadership; caches last. May be called again. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Whether the process works. A server that cannot be reached is no reason to restart us. */
  health(): Verdict {
    const problems: string[] = [];
    const lag = (this.#options.clock.monotonicMs() - this.#lastBeatMs - beatMs) / 1_000;
    if (this.#phase === 'running' && lag > longestLagSeconds) {
      problems.push(`the event loop is ${Math.round(lag)} s late`);
    }
    const idle = this.#election?.isLeader === true ? this.#election.idleSeconds() : 0;
    if (idle > longestElectorIdleSeconds) {
      problems.push(`the lease was not looked at for ${Math.round(idle)} s`);
    }
    for (const source of this.#sources) {
      const silence = source.stalenessSeconds();
      if (silence <= longestSilenceSeconds || source.lastError !== undefined) continue;
      problems.push(`nothing was heard of ${source.type.kind} for ${Math.round(silence)} s`);
    }
    return { isGood: problems.length === 0, problems };
  }

  /** Whether caches hold everything, so that what we do is no guess. Standbys are ready too. */
  readiness(): Verdict {
    if (this.#phase !== 'running')
      return { isGood: false, problems: [`the manager is ${this.#phase}`] };
    const waiting = this.#sources.filter((source) => !source.isSynced);
    const problems = waiting.map(({ type, lastError }) => {
      const why = lastError instanceof Error ? `: ${lastError.message}` : '';
      return `${type.kind} is not listed yet${why}`;
    });
    return { isGood: problems.length === 0, problems };
  }

  async #stop(): Promise<void> {
    this.#phase = 'stopped';
    const { controllers, servedKinds, graceMs = defaultGraceMs } = this.#options;
    await Promise.all(controllers.map((controller) => controller.stop(graceMs)));
    await this.#election?.stop();
    await Promise.all(this.#sources.map((source) => source.stop()));
    await servedKinds?.stop();
    this.#cancelBeat?.();
  }

  #noteLost(why: Error): void {
    // Another leader may write from now on: whatever we do must end at once.
    for (const controller of this.#options.controllers) controller.abort(why);
    this.#lost.resolve(why);
  }

  #beat(): void {
    this.#cancelBeat = this.#options.clock.after(beatMs, () => {
      this.#lastBeatMs = this.#options.clock.monotonicMs();
      this.#beat();
    });
  }

  #isStopped(): boolean {
    return this.#phase === 'stopped';
  }
}
