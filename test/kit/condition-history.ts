// What a condition of a resource went through while something was done, as a watch saw it.
import { untilQuiet } from './operator-deeds.ts';
import { resourcePath, untilCondition } from './resource-cluster.ts';
import type { ResourceCluster, SeenCondition, SeenResource } from './resource-cluster.ts';

export interface ConditionHistory {
  /** Of the condition in the end. */
  readonly message: string;
  /** The reasons that it came to have, in order. */
  readonly reasons: readonly string[];
}

export function conditionIn({ status }: SeenResource, type: string): SeenCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** Does it, and waits until the condition is `status/reason` and the operator writes no more. */
export async function historyWhile(
  world: Pick<ResourceCluster, 'cluster' | 'operator'>,
  act: () => Promise<unknown>,
  expected: {
    readonly namespace: string;
    readonly name: string;
    readonly type: string;
    readonly is: string;
  },
): Promise<ConditionHistory> {
  const { namespace, name, type, is } = expected;
  const { client } = world.cluster;
  const path = resourcePath(namespace, name);
  const before = await client.get<SeenResource>(path);
  const reasons = [conditionIn(before, type)?.reason ?? ''];
  const done = new AbortController();
  const { resourceVersion = '' } = before.metadata;
  const follow = async (): Promise<void> => {
    const query = `watch=true&resourceVersion=${resourceVersion}`;
    const events = client.watch<SeenResource>(`${resourcePath(namespace)}?${query}`, done.signal);
    for await (const { object } of events) {
      const reason = conditionIn(object, type)?.reason ?? '';
      if (object.metadata.name === name && reason !== reasons.at(-1)) reasons.push(reason);
    }
  };
  const following = follow().catch((error: unknown) => {
    if (!done.signal.aborted) throw error;
  });
  try {
    await act();
    await untilCondition(world, path, { [type]: is });
    await untilQuiet(world.cluster);
  } finally {
    done.abort();
    await following;
  }
  const { message = '' } = conditionIn(await client.get<SeenResource>(path), type) ?? {};
  return { message, reasons: reasons.slice(1) };
}
