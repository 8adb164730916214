// The operator, put together: one connection to Kubernetes, caches, one controller, two ports. The
// one file that knows every part.
import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import { RecentWrites } from './apply/recent.ts';
import { apiVersionOf, authConfigType, configMapType } from './child-types.ts';
import { Controller, controllerOwner, type Mapper } from './controller/controller.ts';
import type { LeaderElectionOptions } from './controller/leader-election.ts';
import { Manager } from './controller/manager.ts';
import { EngineMetrics } from './controller/metrics.ts';
import { ServedKinds } from './controller/served-kinds.ts';
import type { Source } from './controller/source.ts';
import { systemClock, type Log } from './controller/surroundings.ts';
import type { OperatorDefaults } from './desired/context.ts';
import { createRecorder, type Recorder } from './events.ts';
import { openHttpPort, verdictAnswer, type Address } from './http-ports.ts';
import { isNamespaceEnding, type Kube, type KubeObject, type ObjectName } from './kube/port.ts';
import { reconcile } from './reconcile.ts';
import { addResourceMetrics } from './resource-metrics.ts';
import { apiGroup, kind } from './resource/semantic-router-maas.ts';
import { createSources, type OperatorSources } from './world/sources.ts';
import { rememberWanted } from './wanted.ts';
import {
  byConfigMap,
  byHost,
  byNamespace,
  createWorld,
  hostsOf,
  instanceOf,
} from './world/world.ts';

export type Election = Pick<
  LeaderElectionOptions,
  'lease' | 'leaseSeconds' | 'renewSeconds' | 'retrySeconds'
>;

export interface OperatorOptions {
  readonly kube: Kube;
  readonly log: Log;
  readonly defaults: OperatorDefaults;
  /** Undefined: all namespaces. */
  readonly watchNamespaces: readonly string[] | undefined;
  readonly apiKeyNamespaces: readonly string[];
  /** Undefined: no other operator runs beside this one. */
  readonly election: Election | undefined;
  /** Name of this process in events and leases. */
  readonly instance: string;
  readonly concurrency: number;
  readonly metrics: Address;
  readonly health: Address;
  /** Every resource is looked at again this often; ten hours when left out. */
  readonly resyncMs?: number | undefined;
}

export interface Operator {
  readonly ports: { readonly metrics: number; readonly health: number };
  /** Resolves with the reason when another operator leads instead: the process should then end. */
  readonly lost: Promise<Error>;
  /** Lets running reconciles end, gives the lease away, ends all watches. */
  stop(): Promise<void>;
}

/** Resolves when the ports are open; caches fill and leadership comes later. */
export async function startOperator(options: OperatorOptions): Promise<Operator> {
  const { kube, log } = options;
  const clock = systemClock;
  const registry = new Registry();
  const engineMetrics = new EngineMetrics(registry);
  const servedKinds = new ServedKinds({ kube, clock, log });
  const sources = createSources({
    kube,
    clock,
    log,
    servedKinds,
    namespaces: options.watchNamespaces,
    apiKeyNamespaces: options.apiKeyNamespaces,
  });
  const recorder = createRecorder({
    kube,
    instance: options.instance,
    now: () => clock.date().getTime(),
    onError: (error) => {
      // Nobody will look for Events in a namespace that goes.
      const level = isNamespaceEnding(error) ? 'debug' : 'warn';
      log[level]('an Event could not be written', { error: String(error) });
    },
  });
  const manager = new Manager({
    controllers: [createController({ options, sources, recorder, engineMetrics })],
    servedKinds,
    metrics: engineMetrics,
    clock,
    log,
    ...(options.election === undefined
      ? {}
      : {
          election: { kube, ...options.election, identity: `${options.instance}_${randomUUID()}` },
        }),
  });
  addResourceMetrics(registry, sources);

  const metricsPort = await openHttpPort(options.metrics, {
    '/metrics': async () => ({
      status: 200,
      contentType: registry.contentType,
      body: await registry.metrics(),
    }),
  });
  const healthPort = await openHttpPort(options.health, {
    '/healthz': () => verdictAnswer(manager.health()),
    '/readyz': () => verdictAnswer(manager.readiness()),
  }).catch(async (error: unknown) => {
    await metricsPort.close();
    throw error;
  });
  void manager.start().then((isLeading) => {
    if (isLeading) log.info('the operator leads');
  });
  return {
    ports: { metrics: metricsPort.port, health: healthPort.port },
    lost: manager.lost,
    stop: async () => {
      await manager.stop();
      await Promise.all([metricsPort.close(), healthPort.close()]);
      await kube.close();
    },
  };
}

interface ControllerParts {
  readonly options: OperatorOptions;
  readonly sources: OperatorSources;
  readonly recorder: Recorder;
  readonly engineMetrics: EngineMetrics;
}

function createController(parts: ControllerParts): Controller {
  const { options, sources, recorder, engineMetrics } = parts;
  const recent = forgetful(sources, recorder);
  const world = createWorld({ kube: options.kube, sources, recent });
  const readWanted = rememberWanted();
  const name = kind.toLowerCase();
  return new Controller({
    name,
    primary: sources.resources,
    watches: watchesOf(sources),
    concurrency: options.concurrency,
    clock: systemClock,
    log: options.log,
    newId: randomUUID,
    observe: engineMetrics.observe(name),
    ...(options.resyncMs === undefined ? {} : { resyncMs: options.resyncMs }),
    reconcile: async (resource, { signal, log }) => {
      const { againAfterMs } = await reconcile(
        resource,
        {
          kube: options.kube,
          world,
          recent,
          defaults: options.defaults,
          readWanted,
          now: () => systemClock.date().getTime(),
          onTransition: (of, condition) => {
            // A field `message` would run into the log's own.
            const { type, status, reason, message: detail } = condition;
            log.info('condition changed', { type, status, reason, detail });
            recorder.transition(of, condition);
          },
          onWarning: (of, reason, message) => {
            recorder.warning(of, reason, message);
          },
        },
        signal,
      );
      return againAfterMs === undefined ? {} : { requeueAfterMs: againAfterMs };
    },
  });
}

/** Our own writes, forgotten when the caches have them or their objects are gone. */
function forgetful({ resources, children }: OperatorSources, recorder: Recorder): RecentWrites {
  const written = [resources, ...children];
  const recent = new RecentWrites(({ apiVersion, kind: of, metadata: { name, namespace = '' } }) =>
    written
      .find(({ type }) => type.kind === of && apiVersionOf(type) === apiVersion)
      ?.store.get({ name, namespace }),
  );
  for (const source of written) {
    source.store.subscribe((event) => {
      recent.see(event);
    });
  }
  resources.store.subscribe(({ type, before }) => {
    if (type === 'deleted' && before?.metadata.uid !== undefined)
      recorder.forget(before.metadata.uid);
  });
  return recent;
}

/** Whose changes concern which resources. */
function watchesOf(sources: OperatorSources): { source: Source; map: Mapper }[] {
  const { store } = sources.resources;
  const found = (index: string, value: string): ObjectName[] =>
    store.find(index, value).map(({ metadata }) => metadata);
  const everybody: Mapper = () => store.list().map(({ metadata }) => metadata);
  const inhabitants: Mapper = ({ metadata: { name } }) => found(byNamespace, name);
  const readers: Mapper = ({ metadata: { name, namespace = '' } }) =>
    found(byConfigMap, `${namespace}/${name}`);
  const owner = controllerOwner(apiGroup, kind);
  const authConfigs = sources.children.filter(({ type }) => type === authConfigType);
  const byPodLabel: Mapper = (pod) =>
    instanceOf(pod).map((key) => ({
      namespace: key.slice(0, key.indexOf('/')),
      name: key.slice(key.indexOf('/') + 1),
    }));
  return [
    ...sources.children.map((source) => ({ source, map: owner })),
    { source: sources.pods, map: byPodLabel },
    // When one gives a host away, another that waits for it can have it.
    ...authConfigs.map((source) => ({
      source,
      map: (authConfig: KubeObject) =>
        hostsOf(authConfig).flatMap((host) => source.store.find(byHost, host).flatMap(owner)),
    })),
    // A resource may read what another one was given.
    ...[
      sources.userConfigMaps,
      ...sources.children.filter(({ type }) => type === configMapType),
    ].map((source) => ({ source, map: readers })),
    ...sources.prometheuses.map((source) => ({ source, map: everybody })),
    { source: sources.namespaces, map: inhabitants },
    ...(sources.apiKeySecrets === undefined
      ? []
      : [{ source: sources.apiKeySecrets, map: everybody }]),
  ];
}
