// What an operator did, for tests: its writes by the audit log, its work by its own metrics.
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditedRequest } from './control-plane/audit.ts';
import { writingVerbs } from './control-plane/audit.ts';
import type { ControlPlane } from './control-plane.ts';
import type { OperatorProcess } from './operator-process.ts';
import { until } from './router-surroundings.ts';

const userAgent = 'semantic-router-maas';

/** Every request of every operator so far. */
export async function operatorRequests(cluster: ControlPlane): Promise<AuditedRequest[]> {
  return (await cluster.requests()).filter((request) => request.userAgent === userAgent);
}

/** Begins to count: what the answer resolves with are the operators' writes from now on, but for leases. */
export async function countWrites(cluster: ControlPlane): Promise<() => Promise<string[]>> {
  const before = (await operatorRequests(cluster)).length;
  return async () =>
    (await operatorRequests(cluster))
      .slice(before)
      .filter(({ verb, resource }) => writingVerbs.includes(verb) && !resource.startsWith('leases'))
      .map(({ verb, resource, namespace, name, code }) =>
        [verb, resource, `${namespace}/${name}`, code].join(' '),
      );
}

/** Resolves when no operator has written for half a second: Events come after what they tell of. */
export async function untilQuiet(cluster: ControlPlane): Promise<void> {
  for (;;) {
    const written = await countWrites(cluster);
    await sleep(500);
    if ((await written()).length === 0) return;
  }
}

/** The value of one of its series; undefined where there is none. */
export async function operatorMetric(
  { metricsUrl }: OperatorProcess,
  series: string,
): Promise<number | undefined> {
  const page = await (await fetch(`${metricsUrl}/metrics`)).text();
  const line = page.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** Resolves when it leads, has looked at so many resources, and has no more to do. */
export async function untilSettled(operator: OperatorProcess, resources: number): Promise<void> {
  const controller = 'controller="semanticroutermaas"';
  const read = async (series: string): Promise<number> =>
    (await operatorMetric(operator, series)) ?? -1;
  await until(`the operator has settled\n${operator.log()}`, async () => {
    const [done, depth, running] = await Promise.all([
      read(`controller_runtime_reconcile_total{${controller},result="success"}`),
      read(`workqueue_depth{name="semanticroutermaas",${controller}}`),
      read(`controller_runtime_active_workers{${controller}}`),
    ]);
    return done >= resources && depth === 0 && running === 0;
  });
}
