// Prepares Authorino, which the tests in a cluster ask who calls. Its version, and the hashes of all
// that it is built from, are in authorino/go.mod and go.sum.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { thisMachine, type Machine, type Report } from '../../../dataplane/local/tools/machine.ts';
import { ensureGoProgram, goProgramPath, type GoProgram } from './go-program.ts';

const folder = join(import.meta.dirname, 'authorino');
const path = 'github.com/kuadrant/authorino';

/** The Go module that carries the program and its CRD. */
export const authorinoModule = {
  path,
  version: lastWord('go.mod', /^require .*authorino (v\S+)/m),
  /** Hash of the module's files. */
  sum: lastWord('go.sum', /^\S+kuadrant\/authorino v\S+ (h1:\S+)$/m),
} as const;

function lastWord(file: string, pattern: RegExp): string {
  return pattern.exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? '';
}

const authorino: GoProgram = {
  name: 'authorino',
  version: authorinoModule.version.slice(1),
  variable: 'AUTHORINO_BIN',
  takes: 'a minute',
  module: folder,
  build: (result) => [
    ...['build', '-trimpath', '-ldflags', '-s -w'],
    ...['-o', join(result, 'authorino'), path],
  ],
};

/** Where Authorino is, or will be once it is prepared. */
export function authorinoPath(machine: Machine = thisMachine): Promise<string> {
  return goProgramPath(authorino, machine);
}

/** Resolves with Authorino's path; builds it if it is missing; rejects with one sentence. */
export function ensureAuthorino(report: Report, machine: Machine = thisMachine): Promise<string> {
  return ensureGoProgram(authorino, report, machine);
}
