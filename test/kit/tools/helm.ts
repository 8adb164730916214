// Prepares Helm, for the tests of the chart.
import { thisMachine, type Machine, type Report } from '../../../dataplane/local/tools/machine.ts';
import { ensureGoProgram, goProgramPath, type GoProgram } from './go-program.ts';

const version = '4.3.1';

const helm: GoProgram = {
  name: 'helm',
  version,
  variable: 'HELM_BIN',
  takes: 'two minutes',
  build: () => ['install', `helm.sh/helm/v4/cmd/helm@v${version}`],
};

/** Where Helm is, or will be once it is prepared. */
export function helmPath(machine: Machine = thisMachine): Promise<string> {
  return goProgramPath(helm, machine);
}

/** Resolves with Helm's path; builds it if it is missing; rejects with one sentence. */
export function ensureHelm(report: Report, machine: Machine = thisMachine): Promise<string> {
  return ensureGoProgram(helm, report, machine);
}
