// Prepares a Lua 5.1: the very interpreter that Argo CD embeds to run its health checks.
import { thisMachine, type Machine, type Report } from '../../../dataplane/local/tools/machine.ts';
import { ensureGoProgram, goProgramPath, type GoProgram } from './go-program.ts';

const version = '1.1.2';

const lua: GoProgram = {
  name: 'glua',
  version,
  variable: 'LUA_BIN',
  takes: 'some seconds',
  build: () => ['install', `github.com/yuin/gopher-lua/cmd/glua@v${version}`],
};

/** Where the interpreter is, or will be once it is prepared; it takes a script's path and arguments. */
export function luaPath(machine: Machine = thisMachine): Promise<string> {
  return goProgramPath(lua, machine);
}

/** Resolves with the interpreter's path; builds it if it is missing; rejects with one sentence. */
export function ensureLua(report: Report, machine: Machine = thisMachine): Promise<string> {
  return ensureGoProgram(lua, report, machine);
}
