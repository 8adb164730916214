// `envoy-files`: the step before Envoy in a pod. Envoy refuses to start without its files.
import { parseArgs } from 'node:util';
import { formatProblem, parseConfig } from '../../config/parse.ts';
import type { RouterConfig } from '../../config/schema/index.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { createProcessLog } from '../adapters/log/create-log.ts';
import { createEnvoyFiles } from '../runtime/envoy.ts';
import { envoyFlags, envoyFlagsHelp, readEnvoyFlags, type EnvoyBeside } from './envoy-flags.ts';
import { exitCodes, processIo, readFailure, type CommandIo } from './io.ts';

const help = `Usage: semantic-router-maas envoy-files --config FILE --envoy-directory DIR [OPTIONS]

Writes Envoy's bootstrap and its first discovery files, for "envoy -c DIR/bootstrap.json". The router
that runs beside it takes the same flags.

  --config FILE              the configuration
${envoyFlagsHelp}
Exit code: 0 the files are there, 1 the configuration is not valid or they cannot be written, 2 the
file cannot be read or the command was called wrongly.
`;

export const envoyFilesFlags = {
  ...envoyFlags,
  config: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Returns the exit code. */
export async function envoyFiles(
  args: readonly string[],
  io: CommandIo = processIo,
): Promise<number> {
  const fail = (code: number, error: unknown): number => {
    const sentence = error instanceof Error ? error.message : String(error);
    io.stderr(`semantic-router-maas envoy-files: ${sentence}\n`);
    return code;
  };
  let called: Call;
  try {
    const { values } = parseArgs({ args: [...args], options: envoyFilesFlags });
    if (values.help) {
      io.stdout(help);
      return exitCodes.ok;
    }
    called = readCall(values);
  } catch (error) {
    return fail(exitCodes.usage, error);
  }
  let bytes: Uint8Array;
  try {
    bytes = await io.readFile(called.config);
  } catch (error) {
    return fail(exitCodes.usage, readFailure(called.config, error));
  }
  const parsed = parseConfig(bytes, called.config);
  if (!parsed.ok) {
    io.stderr(parsed.problems.map((problem) => `${formatProblem(problem)}\n`).join(''));
    return fail(exitCodes.problems, `${called.config} is not valid; no files were written.`);
  }
  try {
    await write(called.beside, parsed.config);
  } catch (error) {
    return fail(exitCodes.problems, error);
  }
  io.stdout(`Envoy's files are in ${called.beside.envoy.directory}.\n`);
  return exitCodes.ok;
}

interface Call {
  readonly config: string;
  readonly beside: EnvoyBeside;
}

function readCall(
  values: { readonly config?: string | undefined } & Parameters<typeof readEnvoyFlags>[0],
): Call {
  const beside = readEnvoyFlags(values);
  if (values.config === undefined) throw new Error('--config FILE is missing.');
  if (beside === undefined) throw new Error('--envoy-directory DIR is missing.');
  return { config: values.config, beside };
}

async function write({ envoy }: EnvoyBeside, config: RouterConfig): Promise<void> {
  const { log } = createProcessLog(systemClock);
  await createEnvoyFiles({ envoy, log }).writeInitial(config);
}
