// What the author of a spec that is right should know all the same. Pure.
import { ownVariables } from './own-names.ts';
import type { ResourceFinding } from './parse-resource.ts';
import type { Spec } from './spec.ts';

type Looked = Pick<Spec, 'auth' | 'env' | 'models' | 'networkPolicy'>;

/** Empty when there is nothing to say. */
export function noticesOfSpec(spec: Looked): ResourceFinding[] {
  return [...trustsAnybody(spec), ...unusedVariables(spec)];
}

function trustsAnybody({ auth, networkPolicy }: Looked): ResourceFinding[] {
  const isOpen = !networkPolicy.enabled || networkPolicy.clientsFrom.length === 0;
  if (!auth.trustIncomingHeaders || !isOpen) return [];
  return [
    {
      path: 'spec.auth.trustIncomingHeaders',
      message:
        'whoever reaches the pods may say who they are: ' +
        'let only the gateway in, by `spec.networkPolicy.clientsFrom`',
    },
  ];
}

function unusedVariables({ env = [], models }: Looked): ResourceFinding[] {
  const { podName, podIp, models: modelsDirectory } = ownVariables;
  const own: readonly string[] = [
    ...[podName, podIp],
    ...(models === undefined ? [] : [modelsDirectory]),
  ];
  return env.flatMap(({ name }, at) =>
    own.includes(name)
      ? [{ path: `spec.env[${at}]`, message: `${name} is set by the operator, not by this` }]
      : [],
  );
}
