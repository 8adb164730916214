// What the cluster should hold for one resource: a list of builders, in the order in which their
// objects are applied. Pure; knows no cluster.
import type { KubeObject } from '../kube/port.ts';
import type { Builder, DesiredContext } from './context.ts';

const builders: readonly Builder[] = [
  // filled in by the builders of this folder, one comment a line
];

export function desiredObjects(context: DesiredContext): KubeObject[] {
  return builders.flatMap((build) => build(context) ?? []);
}
