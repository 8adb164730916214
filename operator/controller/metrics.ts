// The engine's metrics, under the names that controller-runtime made common, so that dashboards
// made for other operators show this one. Few series: prom-client carries them.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Controller, ReconcileObserver, ReconcileOutcome } from './controller.ts';
import type { QueueObserver } from './queue.ts';
import type { Source } from './source.ts';

// The buckets of controller-runtime and client-go, for the same dashboards' sake.
const reconcileBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1,
  1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];
const queueBuckets = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000];

/** What the gauges read when they are scraped. */
export interface Measured {
  readonly controllers: readonly Controller[];
  readonly sources: readonly Source[];
  /** Undefined without leader election. */
  readonly election?: { readonly name: string; readonly isLeader: () => boolean };
}

export class EngineMetrics {
  readonly #registry: Registry;
  readonly #counters: Counters;

  /** Registers the metrics, once for each registry. */
  constructor(registry: Registry) {
    this.#registry = registry;
    this.#counters = createCounters(registry);
  }

  /** The observers of one controller, for its options. Its counters show 0 from now on. */
  observe(controller: string): { queue: QueueObserver; reconcile: ReconcileObserver } {
    const counters = this.#counters;
    const own = { controller };
    const named = { name: controller, controller };
    for (const result of ['success', 'error', 'requeue_after']) {
      counters.reconciles.inc({ controller, result }, 0);
    }
    for (const counter of [counters.errors, counters.terminalErrors]) counter.inc(own, 0);
    for (const counter of [counters.adds, counters.retries]) counter.inc(named, 0);
    counters.activeWorkers.set(own, 0);
    return {
      queue: {
        added: () => {
          counters.adds.inc(named);
        },
        started: (waitedSeconds) => {
          counters.waited.observe(named, waitedSeconds);
        },
        finished: (workedSeconds) => {
          counters.worked.observe(named, workedSeconds);
        },
        retried: () => {
          counters.retries.inc(named);
        },
      },
      reconcile: {
        began: () => {
          counters.activeWorkers.inc(own);
        },
        ended: (outcome, seconds) => {
          counters.activeWorkers.dec(own);
          counters.reconciles.inc({ controller, result: resultOf(outcome) });
          counters.seconds.observe(own, seconds);
          if (resultOf(outcome) === 'error') counters.errors.inc(own);
          if (outcome === 'terminal') counters.terminalErrors.inc(own);
        },
      },
    };
  }

  /** Registers the gauges that are read from these when scraped. To be called once. */
  measure(measured: Measured): void {
    measureQueues(this.#registry, measured.controllers);
    measureSources(this.#registry, measured.sources);
    const { election } = measured;
    if (election === undefined) return;
    new Gauge({
      name: 'leader_election_master_status',
      help: 'Whether this process is the leader: 1 if it is, 0 if it stands by.',
      labelNames: ['name'],
      registers: [this.#registry],
      collect() {
        this.set({ name: election.name }, election.isLeader() ? 1 : 0);
      },
    });
  }
}

type Counters = ReturnType<typeof createCounters>;

function createCounters(registry: Registry) {
  const registers = [registry];
  const labelNames = ['controller'];
  const queueLabels = ['name', 'controller'];
  return {
    reconciles: new Counter({
      name: 'controller_runtime_reconcile_total',
      help: 'Reconciles that ended, by result: success, requeue_after or error.',
      labelNames: ['controller', 'result'],
      registers,
    }),
    errors: new Counter({
      name: 'controller_runtime_reconcile_errors_total',
      help: 'Reconciles that failed.',
      labelNames,
      registers,
    }),
    terminalErrors: new Counter({
      name: 'controller_runtime_terminal_reconcile_errors_total',
      help: 'Reconciles that failed and are not tried again until something changes.',
      labelNames,
      registers,
    }),
    seconds: new Histogram({
      name: 'controller_runtime_reconcile_time_seconds',
      help: 'Duration of reconciles, seconds.',
      labelNames,
      buckets: reconcileBuckets,
      registers,
    }),
    activeWorkers: new Gauge({
      name: 'controller_runtime_active_workers',
      help: 'Reconciles that run now.',
      labelNames,
      registers,
    }),
    adds: new Counter({
      name: 'workqueue_adds_total',
      help: 'Keys added to the queue; one that waits already is not counted again.',
      labelNames: queueLabels,
      registers,
    }),
    retries: new Counter({
      name: 'workqueue_retries_total',
      help: 'Keys put back because their reconcile failed.',
      labelNames: queueLabels,
      registers,
    }),
    waited: new Histogram({
      name: 'workqueue_queue_duration_seconds',
      help: 'How long keys waited in the queue, seconds.',
      labelNames: queueLabels,
      buckets: queueBuckets,
      registers,
    }),
    worked: new Histogram({
      name: 'workqueue_work_duration_seconds',
      help: 'How long workers held a key, seconds.',
      labelNames: queueLabels,
      buckets: queueBuckets,
      registers,
    }),
  };
}

function measureQueues(registry: Registry, controllers: readonly Controller[]): void {
  const gauges: readonly [string, string, (controller: Controller) => number][] = [
    ['workqueue_depth', 'Keys that wait in the queue now.', ({ queue }) => queue.depth()],
    [
      'workqueue_unfinished_work_seconds',
      'Sum of how long the keys that are worked on have been, seconds.',
      ({ queue }) => queue.workingSeconds().reduce((sum, each) => sum + each, 0),
    ],
    [
      'workqueue_longest_running_processor_seconds',
      'How long the longest of the running reconciles has run, seconds.',
      ({ queue }) => Math.max(0, ...queue.workingSeconds()),
    ],
  ];
  for (const [name, help, read] of gauges) {
    new Gauge({
      name,
      help,
      labelNames: ['name', 'controller'],
      registers: [registry],
      collect() {
        for (const each of controllers) {
          this.set({ name: each.name, controller: each.name }, read(each));
        }
      },
    });
  }
  new Gauge({
    name: 'controller_runtime_max_concurrent_reconciles',
    help: 'Most reconciles that may run at once.',
    labelNames: ['controller'],
    registers: [registry],
    collect() {
      for (const { name, concurrency } of controllers) this.set({ controller: name }, concurrency);
    },
  });
}

function measureSources(registry: Registry, sources: readonly Source[]): void {
  const gauges: readonly [string, string, (source: Source) => number][] = [
    [
      'controller_watch_staleness_seconds',
      'Seconds since the API server last told us anything of the kind.',
      (source) => source.stalenessSeconds(),
    ],
    [
      'controller_kind_available',
      'Whether the kind is served, and listed by us: 1 or 0. Optional kinds come and go.',
      (source) => (source.availability === 'served' ? 1 : 0),
    ],
  ];
  for (const [name, help, read] of gauges) {
    new Gauge({
      name,
      help,
      labelNames: ['group', 'kind'],
      registers: [registry],
      collect() {
        for (const source of sources) {
          this.set({ group: source.type.group, kind: source.type.kind }, read(source));
        }
      },
    });
  }
}

function resultOf(outcome: ReconcileOutcome): 'success' | 'requeue_after' | 'error' {
  return outcome === 'terminal' ? 'error' : outcome;
}
