import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createFakeClock, type FakeClock } from '../../test/kit/fake-clock.ts';
import { scriptedKube } from '../../test/kit/scripted-kube.ts';
import { silentLog } from '../../test/kit/silent-log.ts';
import { KubeError, type Kube, type KubeObject } from '../kube/port.ts';
import { LeaderElection } from './leader-election.ts';

/** One Lease, written only by whoever has read its newest version. */
class OneLease {
  stored: KubeObject | undefined;
  writes = 0;
  /** Thrown by every call of the candidates named here. */
  readonly cut = new Set<string>();
  /** Candidates whose calls are never answered. */
  readonly silent = new Set<string>();

  spec(): Record<string, unknown> {
    return (this.stored?.['spec'] ?? {}) as Record<string, unknown>;
  }

  kubeFor(who: string): Kube {
    const guarded = async (act: () => KubeObject, signal?: AbortSignal): Promise<KubeObject> => {
      if (this.cut.has(who)) throw new KubeError('unreachable', 'no route');
      if (this.silent.has(who)) {
        await new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            reject(new Error('aborted'));
          });
        });
      }
      return act();
    };
    return scriptedKube({
      get: (_type, _name, options) => guarded(() => this.#read(), options?.signal),
      create: (_type, object, options) =>
        guarded(() => {
          if (this.stored !== undefined) throw new KubeError('already-exists', 'exists');
          return this.#store(object);
        }, options?.signal),
      replace: (_type, object, options) =>
        guarded(() => {
          const { resourceVersion } = this.#read().metadata;
          if (resourceVersion !== object.metadata.resourceVersion) {
            throw new KubeError('conflict', 'newer');
          }
          return this.#store(object);
        }, options?.signal),
    });
  }

  #read(): KubeObject {
    if (this.stored === undefined) throw new KubeError('not-found', 'no lease');
    return this.stored;
  }

  #store(object: KubeObject): KubeObject {
    this.writes += 1;
    const resourceVersion = String(this.writes);
    this.stored = { ...object, metadata: { ...object.metadata, uid: 'lease', resourceVersion } };
    return this.stored;
  }
}

let clock: FakeClock;
let lease: OneLease;
let standing: LeaderElection[];
let lost: string[];

beforeEach(() => {
  clock = createFakeClock();
  lease = new OneLease();
  standing = [];
  lost = [];
});

afterEach(async () => {
  lease.silent.clear();
  await Promise.all(standing.map((election) => election.stop()));
  expect(clock.timers()).toBe(0);
});

async function stand(identity: string): Promise<LeaderElection> {
  const election = new LeaderElection({
    kube: lease.kubeFor(identity),
    clock,
    log: silentLog,
    lease: { namespace: 'home', name: 'operator' },
    identity,
    onLost: (why) => lost.push(`${identity}: ${why.message}`),
  });
  standing.push(election);
  election.start();
  await clock.settle();
  return election;
}

function leaders(): string[] {
  return standing.flatMap((each, index) =>
    each.isLeader ? [['one', 'two', 'three'][index] ?? ''] : [],
  );
}

test('the first candidate leads at once, and the Lease says so', async () => {
  const one = await stand('one');
  expect(await one.elected()).toBe(true);
  expect(one.isLeader).toBe(true);
  expect(lease.spec()).toEqual({
    holderIdentity: 'one',
    leaseDurationSeconds: 15,
    acquireTime: '2023-11-14T22:13:20.000000Z',
    renewTime: '2023-11-14T22:13:20.000000Z',
    leaseTransitions: 0,
  });
});

test('a leader renews every two seconds and keeps leading, while others stand by', async () => {
  await stand('one');
  await stand('two');
  await clock.advance(600_000);
  expect(leaders()).toEqual(['one']);
  expect(lease.writes).toBe(301);
  expect(lease.spec()).toMatchObject({
    leaseTransitions: 0,
    renewTime: '2023-11-14T22:23:20.000000Z',
  });
  expect(standing[1]?.leader).toBe('one');
});

test('a leader that stops gives the Lease up, and the next leads at its next attempt', async () => {
  const one = await stand('one');
  const two = await stand('two');
  await one.stop();
  expect(lease.spec()).toMatchObject({ holderIdentity: '' });
  await clock.advance(2_000);
  expect(await two.elected()).toBe(true);
  expect(lease.spec()).toMatchObject({ holderIdentity: 'two', leaseTransitions: 1 });
  expect(lost).toEqual([]);
});

test('a candidate that stops leaves the Lease alone', async () => {
  await stand('one');
  const two = await stand('two');
  const { writes } = lease;
  await two.stop();
  expect(await two.elected()).toBe(false);
  expect(lease.writes).toBe(writes);
});

describe('a leader that cannot reach the server', () => {
  test.each(['cut', 'silent'] as const)('leads no more after ten seconds: %s', async (how) => {
    const one = await stand('one');
    await clock.advance(4_000);
    lease[how].add('one');
    await clock.advance(9_000);
    expect(one.isLeader).toBe(true);
    await clock.advance(1_000);
    expect(one.isLeader).toBe(false);
    expect(lost).toEqual(['one: the lease could not be renewed for 10 s']);
  });

  test('has stopped leading before anybody else begins', async () => {
    await stand('one');
    const two = await stand('two');
    lease.cut.add('one');
    for (let second = 0; second < 30; second += 1) {
      await clock.advance(1_000);
      expect(leaders().length).toBeLessThanOrEqual(1);
    }
    expect(two.isLeader).toBe(true);
  });

  test('goes on leading when it reaches it again in time', async () => {
    const one = await stand('one');
    lease.cut.add('one');
    await clock.advance(7_000);
    lease.cut.delete('one');
    await clock.advance(60_000);
    expect(one.isLeader).toBe(true);
    expect(lost).toEqual([]);
  });

  test('does not come back by itself: its process is to end', async () => {
    const one = await stand('one');
    lease.cut.add('one');
    await clock.advance(11_000);
    lease.cut.clear();
    await clock.advance(60_000);
    expect(one.isLeader).toBe(false);
    expect(lost).toHaveLength(1);
  });
});

test('a leader whose Lease was taken leads no more as soon as it sees it', async () => {
  const one = await stand('one');
  const stored = lease.stored;
  lease.stored = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { ...stored?.metadata, name: 'operator', resourceVersion: 'x' },
    spec: { holderIdentity: 'thief', leaseDurationSeconds: 15 },
  };
  await clock.advance(4_000);
  expect(one.isLeader).toBe(false);
  expect(lost).toEqual(['one: the lease was taken by "thief"']);
  expect(lease.spec()).toMatchObject({ holderIdentity: 'thief' });
});

test('a leader whose Lease was deleted makes it anew', async () => {
  const one = await stand('one');
  lease.stored = undefined;
  await clock.advance(6_000);
  expect(one.isLeader).toBe(true);
  expect(lease.spec()).toMatchObject({ holderIdentity: 'one' });
});

test("the leader's clock may be years off: only its renewals count", async () => {
  lease.stored = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'operator', namespace: 'home', resourceVersion: 'x' },
    spec: {
      holderIdentity: 'elsewhere',
      leaseDurationSeconds: 15,
      renewTime: '1999-01-01T00:00:00.000000Z',
      leaseTransitions: 4,
    },
  };
  const one = await stand('one');
  await clock.advance(14_000);
  expect(one.isLeader).toBe(false);
  await clock.advance(3_000);
  expect(one.isLeader).toBe(true);
  expect(lease.spec()).toMatchObject({ leaseTransitions: 5 });
});

test('of many candidates one leads', async () => {
  for (const identity of ['one', 'two', 'three']) await stand(identity);
  await clock.advance(60_000);
  expect(leaders()).toEqual(['one']);
  lease.cut.add('one');
  await clock.advance(60_000);
  expect(leaders()).toHaveLength(1);
});
