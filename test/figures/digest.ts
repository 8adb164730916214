// What the figures of the documents come from, as a digest: who changes a set, a head or a model makes
// them anew.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { modelsDataUrl } from '../../dataplane/adapters/models/data-files.ts';

/** Of the sets, the heads, and the pins of the models. */
export function figuresDigest(): string {
  const sets = readdirSync(modelsDataUrl('eval')).map((name) => `eval/${name}`);
  const heads = readdirSync(modelsDataUrl('heads')).map((name) => `heads/${name}`);
  const files = [...sets, ...heads.filter((name) => name.endsWith('.head')), 'pinned.json'];
  const hash = createHash('sha256');
  for (const name of files.toSorted()) {
    const own = createHash('sha256')
      .update(readFileSync(modelsDataUrl(name)))
      .digest('hex');
    hash.update(`${name} ${own}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}
