// Metadata of everything that a resource owns.
import type { ObjectMeta } from '../kube/port.ts';
import { apiVersion, kind } from '../resource/semantic-router-maas.ts';
import type { DesiredContext } from './context.ts';

export function ownedMetadata(
  { resource }: DesiredContext,
  given: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  },
): ObjectMeta {
  return {
    name: given.name,
    namespace: resource.namespace,
    labels: { ...given.labels, 'app.kubernetes.io/instance': resource.name },
    ...(given.annotations === undefined || Object.keys(given.annotations).length === 0
      ? {}
      : { annotations: { ...given.annotations } }),
    ownerReferences: [
      {
        apiVersion,
        kind,
        name: resource.name,
        uid: resource.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  };
}
