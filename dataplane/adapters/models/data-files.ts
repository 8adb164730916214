// Where the data files of the models lie: corpora, heads, pins. They are no code, so the compiler
// does not copy them.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A file or folder of `dataplane/models`, named by its path there. It is found from the sources, from
 * what is compiled into `dist`, and where the image has both in one place.
 */
export function modelsDataUrl(path: string): URL {
  const beside = new URL(`../../models/${path}`, import.meta.url);
  if (existsSync(fileURLToPath(beside))) return beside;
  const fromDist = new URL(`../../../../dataplane/models/${path}`, import.meta.url);
  return existsSync(fileURLToPath(fromDist)) ? fromDist : beside;
}
