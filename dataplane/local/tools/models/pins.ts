// Which model files are fetched: from which packages, with which digests, and where they go.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { modelsDataUrl } from '../../../adapters/models/data-files.ts';

const pinnedSchema = z.strictObject({
  models: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      megabytes: z.number(),
      packages: z.array(z.string()),
      files: z.array(
        z.strictObject({
          package: z.string(),
          path: z.string(),
          to: z.string(),
          sha256: z.string(),
        }),
      ),
      own: z.array(z.string()),
    }),
  ),
});

export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  /** Its line of the requirements file. */
  readonly requirement: string;
}

export interface PinnedFile {
  readonly package: string;
  /** Inside the package. */
  readonly path: string;
  /** In the model's directory. */
  readonly to: string;
  readonly sha256: string;
}

export interface PinnedModel {
  /** Of its directory. */
  readonly name: string;
  /** As people know it. */
  readonly title: string;
  /** What its packages weigh, for progress. */
  readonly megabytes: number;
  readonly packages: readonly PinnedPackage[];
  readonly files: readonly PinnedFile[];
  /** Files that we add, by name, with their content. */
  readonly own: ReadonlyMap<string, string>;
}

export async function readPins(): Promise<readonly PinnedModel[]> {
  const text = await readFile(modelsDataUrl('pinned.json'), 'utf8');
  const requirements = readRequirements(await readFile(modelsDataUrl('requirements.txt'), 'utf8'));
  const { models } = pinnedSchema.parse(JSON.parse(text));
  return Promise.all(
    models.map(async ({ packages, own, ...model }) => ({
      ...model,
      packages: packages.map((name) => {
        const found = requirements.find((each) => each.name === name);
        if (found === undefined) throw new Error(`requirements.txt does not pin ${name}.`);
        return found;
      }),
      own: new Map(
        await Promise.all(
          own.map(
            async (file) =>
              [file, await readFile(modelsDataUrl(`${model.name}/${file}`), 'utf8')] as const,
          ),
        ),
      ),
    })),
  );
}

/** The packages of a requirements file, each of which has one version and one hash. */
export function readRequirements(text: string): readonly PinnedPackage[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([A-Za-z0-9._-]+)==(\S+) --hash=sha256:([0-9a-f]{64})$/.exec(line.trim());
    const [requirement, name = '', version = '', sha256 = ''] = match ?? [];
    return requirement === undefined ? [] : [{ name, version, sha256, requirement }];
  });
}
