// The texts that the program itself brings for training and for judging: files of one JSON object a
// line in `dataplane/models`.
import { readdir, readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { modelsDataUrl } from '../adapters/models/data-files.ts';
import { readSet } from '../eval/read-set.ts';

export interface OwnText<Line> {
  /** Name of the file without its ending. */
  readonly file: string;
  readonly line: Line;
}

/** Every line of every file of a folder, files by name. */
export async function readOwnTexts<Line extends z.ZodType>(
  folder: string,
  line: Line,
): Promise<OwnText<z.output<Line>>[]> {
  const names = (await readdir(modelsDataUrl(folder))).filter((name) => name.endsWith('.jsonl'));
  const files = await Promise.all(
    names.toSorted().map(async (name) => {
      const file = name.slice(0, -'.jsonl'.length);
      const lines = await readOwnSet(`${folder}/${name}`, line);
      return lines.map((one) => ({ file, line: one }));
    }),
  );
  return files.flat();
}

export async function readOwnSet<Line extends z.ZodType>(
  path: string,
  line: Line,
): Promise<z.output<Line>[]> {
  return readSet(await readFile(modelsDataUrl(path), 'utf8'), line);
}
