// Prepares the Prometheus Operator, for the tests of what it makes of our ServiceMonitors. Its
// version, and the hashes of all that it is built from, are in prometheus-operator/go.mod and go.sum.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProgram } from '../../../dataplane/local/tools/cache.ts';
import { thisMachine, type Machine, type Report } from '../../../dataplane/local/tools/machine.ts';
import { ensureGoProgram, goProgramPath, type GoProgram } from './go-program.ts';

const module = join(import.meta.dirname, 'prometheus-operator');
const path = 'github.com/prometheus-operator/prometheus-operator';
const goMod = readFileSync(join(module, 'go.mod'), 'utf8');
const version = / v(\S+)/.exec(goMod.slice(goMod.indexOf(`require ${path} `)))?.[1] ?? '';

const prometheusOperator: GoProgram = {
  name: 'prometheus-operator',
  version,
  variable: 'PROMETHEUS_OPERATOR_BIN',
  takes: 'three or four minutes',
  module,
  build: (result) => [
    // It calls itself by this version, and so does a part of what it writes.
    ...['build', '-trimpath', '-ldflags'],
    `-s -w -X github.com/prometheus/common/version.Version=${version}`,
    ...['-o', join(result, 'prometheus-operator'), `${path}/cmd/operator`],
  ],
};

/** Where it is; undefined: nowhere. */
export async function findPrometheusOperator(
  machine: Machine = thisMachine,
): Promise<string | undefined> {
  const place = await goProgramPath(prometheusOperator, machine);
  return (await isProgram(place)) ? place : undefined;
}

/** Resolves with its path; builds it if it is missing; rejects with one sentence. */
export function ensurePrometheusOperator(
  report: Report,
  machine: Machine = thisMachine,
): Promise<string> {
  return ensureGoProgram(prometheusOperator, report, machine);
}
