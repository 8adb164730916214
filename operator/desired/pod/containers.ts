// The containers of the pods: the step that writes Envoy's first files, the router, Envoy. Every
// address is an argument, so that it can be seen and changed where the pods are.
import { ports } from '../../../config/names.ts';
import { ownVariables } from '../../resource/own-names.ts';
import type { DesiredContext } from '../context.ts';
import { portNames } from '../names.ts';
import { overlayBy, present } from '../present.ts';
import { envoyFlags } from './envoy-flags.ts';
import { containerSecurityContext } from './security.ts';
import { drainDelaySeconds, endWithinSeconds, lastScrapeSeconds } from './timing.ts';
import { envoyMounts, initMounts, paths, routerMounts } from './volumes.ts';

// Enough to start with, and for the scheduler to count with; the limits are the user's to know. The
// router's memory is what it takes with both models in use (docs/performance.md).
const defaultResources = {
  router: { requests: { cpu: '250m', memory: '640Mi' } },
  envoy: { requests: { cpu: '250m', memory: '128Mi' } },
} as const;

export function initContainer(context: DesiredContext): object {
  return {
    name: 'envoy-files',
    ...routerImage(context),
    args: ['envoy-files', ...envoyFlags(context)],
    resources: context.spec.resources ?? defaultResources.router,
    securityContext: containerSecurityContext,
    volumeMounts: initMounts(context),
  };
}

export function routerContainer(context: DesiredContext): object {
  return {
    name: 'router',
    ...routerImage(context),
    args: [
      ...['router', ...envoyFlags(context)],
      ...['--metrics', `0.0.0.0:${ports.metrics}`, '--admin', `0.0.0.0:${ports.admin}`],
      // Pods on one claim keep out of each other's way.
      ...['--ledger-directory', `${paths.ledger}/$(POD_NAME)`],
      ...['--drain-delay', String(drainDelaySeconds)],
      ...['--last-scrape', String(lastScrapeSeconds(context))],
      ...['--end-within', String(endWithinSeconds(context))],
    ],
    env: routerEnv(context),
    ports: [
      containerPort(portNames.metrics, ports.metrics),
      containerPort(portNames.admin, ports.admin),
    ],
    resources: context.spec.resources ?? defaultResources.router,
    securityContext: containerSecurityContext,
    startupProbe: { ...admin('/healthz'), periodSeconds: 1, failureThreshold: 120 },
    readinessProbe: { ...admin('/readyz'), periodSeconds: 5, timeoutSeconds: 3 },
    livenessProbe: {
      ...admin('/healthz'),
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 6,
    },
    volumeMounts: routerMounts(context),
  };
}

export function envoyContainer(context: DesiredContext): object {
  const { image, imagePullPolicy, resources, concurrency } = context.spec.envoy;
  const tcp = { tcpSocket: { port: portNames.envoy } };
  return {
    name: 'envoy',
    ...present({ image: image ?? context.defaults.images.envoy, imagePullPolicy }),
    // Not the image's own entry point, which in some images wants to be root.
    command: ['envoy'],
    args: [
      ...['-c', `${paths.envoy}/bootstrap.json`, '--concurrency', String(concurrency)],
      ...['--log-level', 'warning', '--disable-hot-restart'],
    ],
    ports: [containerPort(portNames.envoy, ports.envoy)],
    resources: resources ?? defaultResources.envoy,
    securityContext: containerSecurityContext,
    startupProbe: { ...tcp, periodSeconds: 1, failureThreshold: 120 },
    readinessProbe: { ...tcp, periodSeconds: 5 },
    livenessProbe: { ...tcp, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    // All containers are told to end at once. The router, which has closed Envoy's port by then,
    // answers when the last request has ended; until then Envoy stays.
    lifecycle: { preStop: { httpGet: { path: '/drained', port: ports.admin } } },
    volumeMounts: envoyMounts(context),
  };
}

function routerImage({ spec, defaults }: DesiredContext): Record<string, unknown> {
  return present({
    image: spec.image ?? defaults.images.router,
    imagePullPolicy: spec.imagePullPolicy,
  });
}

interface NamedEntry {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** Ours come first, so that others can refer to them. */
function routerEnv({ spec }: DesiredContext): object[] {
  const own: readonly NamedEntry[] = [
    fromPod(ownVariables.podName, 'metadata.name'),
    fromPod(ownVariables.podIp, 'status.podIP'),
    ...(spec.models === undefined ? [] : [{ name: ownVariables.models, value: paths.models }]),
  ];
  const taken = new Set(own.map(({ name }) => name));
  return overlayBy<NamedEntry>(
    'name',
    own,
    (spec.env ?? []).filter(({ name }) => !taken.has(name)),
  );
}

function fromPod(name: string, fieldPath: string): NamedEntry {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

function containerPort(name: string, number: number): object {
  return { name, containerPort: number, protocol: 'TCP' };
}

function admin(path: string): object {
  return { httpGet: { path, port: portNames.admin } };
}
