// `npm run figures`: evaluates the sets of this project with the models and without, and writes what
// comes out into the documents.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLog } from '../../dataplane/commands/command-log.ts';
import { modelsDataUrl } from '../../dataplane/adapters/models/data-files.ts';
import { fillMarked, formatMarkdown } from '../bench/document.ts';
import { figuresDigest } from './digest.ts';
import { measureOwnSets } from './measure.ts';
import { personaRates } from './read-card.ts';
import { documentSections } from './sections.ts';

const docs = join(import.meta.dirname, '..', '..', 'docs');

const figures = await measureOwnSets(
  commandLog((line) => {
    process.stderr.write(`${line}\n`);
  }),
);
const card = await readFile(modelsDataUrl('heads/jailbreak.md'), 'utf8');
const facts = { figures, personas: personaRates(card), digest: figuresDigest() };
for (const [name, sections] of Object.entries(documentSections(facts))) {
  const file = join(docs, name);
  const text = fillMarked(await readFile(file, 'utf8'), 'figures', sections);
  await writeFile(file, await formatMarkdown(text, file));
}
