// One leader among replicas, by a Lease. Each replica times the leader's renewals on its own clock,
// so that clocks which disagree do no harm; the times in the Lease are for people.
import {
  isKubeError,
  type Kube,
  type KubeObject,
  type ObjectName,
  type ResourceType,
} from '../kube/port.ts';
import { messageOf, pause, type Cancel, type Clock, type Log } from './surroundings.ts';

export interface LeaderElectionOptions {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  /** The Lease. */
  readonly lease: Required<ObjectName>;
  /** Different for every process that ever stands, such as `pod-name_uuid`. */
  readonly identity: string;
  /** Called once, at once, when leadership is lost; not when it is given up by `stop`. */
  readonly onLost: (why: Error) => void;
  /** Others wait this long after the last renewal that they saw; 15 by default. */
  readonly leaseSeconds?: number;
  /** A leader that could not renew for this long is none any more; 10 by default. */
  readonly renewSeconds?: number;
  /** Between attempts; 2 by default. */
  readonly retrySeconds?: number;
}

const leases: ResourceType = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};
const defaults = { leaseSeconds: 15, renewSeconds: 10, retrySeconds: 2 };
// Candidates that wait for the same lease try at different moments.
const retryJitter = 0.2;
const releaseTimeoutMs = 5_000;

interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

export class LeaderElection {
  readonly #options: LeaderElectionOptions & typeof defaults;
  readonly #stopping = new AbortController();
  readonly #elected = Promise.withResolvers<boolean>();
  #running: Promise<void> | undefined;
  #lease: KubeObject | undefined;
  /** When we first saw the Lease as it is, on our own clock. */
  #seenMs = 0;
  #isLeader = false;
  #mustRead = true;
  #cancelDeadline: Cancel | undefined;
  #lastTryMs: number;

  constructor(options: LeaderElectionOptions) {
    this.#options = { ...defaults, ...options };
    this.#lastTryMs = options.clock.monotonicMs();
  }

  get isLeader(): boolean {
    return this.#isLeader;
  }

  /** Who holds the Lease, as far as we know. */
  get leader(): string | undefined {
    return this.#lease === undefined ? undefined : specOf(this.#lease).holderIdentity;
  }

  /** Seconds since the elector last did anything; far above the retry time, it is stuck. */
  idleSeconds(): number {
    return (this.#options.clock.monotonicMs() - this.#lastTryMs) / 1_000;
  }

  /** Resolves with true on becoming leader, with false when stopped before that. */
  elected(): Promise<boolean> {
    return this.#elected.promise;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Stands no more, and gives the Lease up if it is ours, so that the next need not wait. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'));
    this.#elected.resolve(false);
    await this.#running;
    if (this.#isLeader) await this.#release();
  }

  async #run(): Promise<void> {
    const { clock, retrySeconds } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#lastTryMs = clock.monotonicMs();
      await this.#tryOnce().catch((error: unknown) => {
        this.#noteError(error);
      });
      const waitMs = retrySeconds * 1_000 * (1 + retryJitter * clock.random());
      await pause(clock, waitMs, signal);
    }
  }

  #noteError(error: unknown): void {
    const { log, lease } = this.#options;
    // What we knew is old: the next attempt reads the Lease first.
    this.#mustRead = true;
    const isRace = isKubeError(error, 'conflict', 'not-found', 'already-exists');
    if (!isRace && !this.#stopping.signal.aborted) {
      log.warn('cannot use the lease', { lease: lease.name, error: messageOf(error) });
    }
  }

  async #tryOnce(): Promise<void> {
    const { clock } = this.#options;
    const begunMs = clock.monotonicMs();
    if (!this.#isLeader || this.#mustRead) await this.#look();
    if (this.#stopping.signal.aborted) return;
    if (!this.#isFree()) {
      if (this.#isLeader) this.#lose(new Error(`the lease was taken by "${this.leader ?? ''}"`));
      return;
    }
    await this.#write();
    this.#win(begunMs);
  }

  async #look(): Promise<void> {
    const { kube, lease } = this.#options;
    let found: KubeObject | undefined;
    try {
      found = await kube.get(leases, lease, this.#callOptions());
    } catch (error) {
      if (!isKubeError(error, 'not-found')) throw error;
    }
    this.#mustRead = false;
    this.#see(found);
  }

  #see(found: KubeObject | undefined): void {
    const isNews =
      found?.metadata.resourceVersion !== this.#lease?.metadata.resourceVersion ||
      found?.metadata.uid !== this.#lease?.metadata.uid;
    if (isNews) this.#seenMs = this.#options.clock.monotonicMs();
    this.#lease = found;
  }

  #isFree(): boolean {
    const { clock, identity, leaseSeconds } = this.#options;
    if (this.#lease === undefined) return true;
    const { holderIdentity = '', leaseDurationSeconds = leaseSeconds } = specOf(this.#lease);
    if (holderIdentity === '' || holderIdentity === identity) return true;
    return clock.monotonicMs() - this.#seenMs >= leaseDurationSeconds * 1_000;
  }

  async #write(): Promise<void> {
    const { kube, clock, identity, lease, leaseSeconds } = this.#options;
    const before = this.#lease === undefined ? {} : specOf(this.#lease);
    const isOurs = before.holderIdentity === identity;
    const now = microTime(clock.date());
    const transitions = before.leaseTransitions ?? 0;
    const spec = {
      holderIdentity: identity,
      leaseDurationSeconds: leaseSeconds,
      acquireTime: isOurs ? (before.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: isOurs || this.#lease === undefined ? transitions : transitions + 1,
    };
    const written =
      this.#lease === undefined
        ? await kube.create(
            leases,
            { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { ...lease }, spec },
            this.#callOptions(),
          )
        : await kube.replace(
            leases,
            { ...this.#lease, spec: { ...specOf(this.#lease), ...spec } },
            this.#callOptions(),
          );
    this.#see(written);
  }

  /** We hold the Lease since `begunMs`, which is before anybody else can have seen it renewed. */
  #win(begunMs: number): void {
    const { clock, log, identity, renewSeconds } = this.#options;
    // Stopped while the write was on its way: `stop` must know that there is something to release.
    const isNew = !this.#isLeader;
    this.#isLeader = true;
    this.#cancelDeadline?.();
    const leftMs = renewSeconds * 1_000 - (clock.monotonicMs() - begunMs);
    this.#cancelDeadline = clock.after(Math.max(0, leftMs), () => {
      this.#lose(new Error(`the lease could not be renewed for ${renewSeconds} s`));
    });
    if (!isNew) return;
    log.info('leading', { identity });
    this.#elected.resolve(true);
  }

  #lose(why: Error): void {
    if (!this.#isLeader || this.#stopping.signal.aborted) return;
    this.#isLeader = false;
    this.#cancelDeadline?.();
    this.#stopping.abort(why);
    this.#options.log.error('leadership lost', { why: why.message });
    this.#options.onLost(why);
  }

  async #release(): Promise<void> {
    const { log } = this.#options;
    this.#isLeader = false;
    this.#cancelDeadline?.();
    try {
      await this.#giveUp(this.#lease);
      log.info('leadership given up');
    } catch (error) {
      // Not worth failing for: the next leader waits until the lease runs out.
      log.warn('cannot give up the lease', { error: messageOf(error) });
    }
  }

  async #giveUp(known: KubeObject | undefined): Promise<void> {
    const { kube, clock, lease, identity } = this.#options;
    const call = { timeoutMs: releaseTimeoutMs };
    // A renewal that `stop` interrupted may have been written all the same: then we hold an old copy.
    const held =
      this.#mustRead || known === undefined ? await kube.get(leases, lease, call) : known;
    if (specOf(held).holderIdentity !== identity) return;
    const spec = {
      ...specOf(held),
      holderIdentity: '',
      leaseDurationSeconds: 1,
      renewTime: microTime(clock.date()),
    };
    await kube.replace(leases, { ...held, spec }, call);
  }

  #callOptions(): { signal: AbortSignal; timeoutMs: number } {
    const { renewSeconds } = this.#options;
    // Half the time in which a leader must renew, so that a call that hangs leaves time for another.
    return { signal: this.#stopping.signal, timeoutMs: (renewSeconds * 1_000) / 2 };
  }
}

function specOf(lease: KubeObject): LeaseSpec {
  const { spec } = lease;
  return typeof spec === 'object' && spec !== null ? spec : {};
}

// Kubernetes' MicroTime has exactly six digits after the second.
function microTime(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}
