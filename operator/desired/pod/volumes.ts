// What the pods have in their file systems, and where. The configuration is mounted as a folder, never
// by subPath, or a change would not reach the pod.
import { ownVolumes } from '../../resource/own-names.ts';
import type { DesiredContext } from '../context.ts';
import { childNames } from '../names.ts';
import { overlayBy, present } from '../present.ts';

export interface Volume {
  readonly name: string;
  readonly [source: string]: unknown;
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly [field: string]: unknown;
}

export const paths = {
  config: ownVolumes.config.mountPath,
  envoy: ownVolumes.envoy.mountPath,
  ledger: '/var/lib/semantic-router/ledger',
  /** In the place of those in the image. */
  models: '/var/lib/semantic-router/models',
  tmp: '/tmp',
} as const;

const config: VolumeMount = { ...ownVolumes.config, readOnly: true };
const envoy: VolumeMount = ownVolumes.envoy;
const tmp: VolumeMount = { name: 'router-tmp', mountPath: paths.tmp };
const ledgerName = 'usage-ledger';
const modelsName = 'models';

export function podVolumes(context: DesiredContext): Volume[] {
  const { resource, spec } = context;
  return overlayBy<Volume>(
    'name',
    [
      { name: config.name, configMap: { name: childNames.configMap(resource) } },
      { name: envoy.name, emptyDir: { sizeLimit: '64Mi' } },
      { name: tmp.name, emptyDir: { sizeLimit: '64Mi' } },
      ...(ledgerMount(context) === undefined ? [] : [ledgerVolume(context)]),
      ...modelsVolumes(context),
    ],
    spec.podTemplate.volumes,
  );
}

/** Of the step that writes Envoy's first files. */
export function initMounts(context: DesiredContext): VolumeMount[] {
  return withOwn(context, [config, envoy]);
}

export function routerMounts(context: DesiredContext): VolumeMount[] {
  const ledger = ledgerMount(context);
  return withOwn(context, [
    ...[config, envoy, tmp],
    ...(ledger === undefined ? [] : [ledger]),
    ...modelsMounts(context),
  ]);
}

function modelsVolumes({ spec }: DesiredContext): Volume[] {
  const { claim, image } = spec.models ?? {};
  if (claim !== undefined) {
    const source = { claimName: claim.name, readOnly: true };
    return [{ name: modelsName, persistentVolumeClaim: source }];
  }
  return image === undefined ? [] : [{ name: modelsName, image: present({ ...image }) }];
}

function modelsMounts({ spec }: DesiredContext): VolumeMount[] {
  if (spec.models === undefined) return [];
  const { subPath } = spec.models.claim ?? {};
  return [{ name: modelsName, mountPath: paths.models, readOnly: true, ...present({ subPath }) }];
}

/** Envoy reads authorities, such as `ca_file` of an endpoint, where the router's configuration says. */
export function envoyMounts(context: DesiredContext): VolumeMount[] {
  return withOwn(context, [envoy]);
}

function withOwn({ spec }: DesiredContext, mounts: readonly VolumeMount[]): VolumeMount[] {
  return overlayBy<VolumeMount>('mountPath', mounts, spec.podTemplate.volumeMounts);
}

/**
 * Where the router finds the ledger's volume: at our place, or where the configuration wants the
 * ledger. Undefined: a volume of the user's own is there.
 */
function ledgerMount({ config: { value }, spec }: DesiredContext): VolumeMount | undefined {
  const chosen = value.usage_ledger.directory;
  if (chosen === undefined) return { name: ledgerName, mountPath: paths.ledger };
  const own = spec.podTemplate.volumeMounts ?? [];
  if (own.some(({ mountPath }) => `${chosen}/`.startsWith(`${mountPath.replace(/\/+$/, '')}/`))) {
    return undefined;
  }
  return {
    name: ledgerName,
    mountPath: chosen,
    // The folder is the same in every pod, so each needs another part of the claim.
    ...(spec.ledger.claim === undefined ? {} : { subPathExpr: '$(POD_NAME)' }),
  };
}

function ledgerVolume({ config: { value }, spec: { ledger } }: DesiredContext): Volume {
  if (ledger.claim !== undefined) {
    return { name: ledgerName, persistentVolumeClaim: { claimName: ledger.claim.name } };
  }
  const sizeLimit = ledger.emptyDir?.sizeLimit ?? roomFor(value.usage_ledger.max_bytes);
  return { name: ledgerName, emptyDir: { sizeLimit } };
}

const gibibyte = 1_073_741_824;

/** A pod that outgrows its volume is evicted: a quarter more than the ledger takes, at least 2 GiB. */
function roomFor(maxBytes: number): string {
  return `${Math.max(2, Math.ceil((maxBytes * 1.25) / gibibyte))}Gi`;
}
