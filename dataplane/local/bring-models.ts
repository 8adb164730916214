// Models for `npm start`: fetched where they are missing. What a newcomer wants to see is a router that
// runs, so nothing that happens here stops it.
import { readdir } from 'node:fs/promises';
import { thisMachine, type Machine, type Report } from './tools/machine.ts';
import { ensureModels, modelsFolder } from './tools/models/ensure-models.ts';
import { readPins } from './tools/models/pins.ts';

/**
 * Resolves with the folder of the models; a line says why where it lacks some. A folder that
 * `MODELS_DIR` names is taken as it is when it holds others than ours.
 */
export async function bringModels(report: Report, machine: Machine = thisMachine): Promise<string> {
  const folder = modelsFolder(machine);
  if (folder === machine.env['MODELS_DIR'] && (await holdsOthers(folder))) return folder;
  try {
    // Who is not connected need not wait for five attempts at each start.
    const env = { PIP_RETRIES: '1', ...machine.env };
    await ensureModels(report, { machine: { ...machine, env } });
  } catch (error) {
    report(error instanceof Error ? error.message : String(error));
    report('Going on all the same: without models, words and rules alone tell, which finds less.');
  }
  return folder;
}

async function holdsOthers(folder: string): Promise<boolean> {
  const ours = (await readPins()).map(({ name }) => name);
  const names = await readdir(folder).catch(() => []);
  return names.some((name) => !name.startsWith('.') && !ours.includes(name));
}
