// Puts generated sections between their markers in a document; what stands outside of them is written
// by hand and stays.
import { format, resolveConfig } from 'prettier';
import type { Sections } from './report.ts';

/** The document with every section replaced; throws when a marker is missing. */
export function fillSections(document: string, sections: Partial<Sections>): string {
  return fillMarked(document, 'bench', sections);
}

/** The same for the markers of any generator: `<!-- KIND:NAME -->` … `<!-- /KIND:NAME -->`. */
export function fillMarked(
  document: string,
  kind: string,
  sections: Readonly<Record<string, string>>,
): string {
  return Object.entries(sections).reduce((text, [name, content]) => {
    const { before, after } = aroundMarked(text, `${kind}:${name}`);
    return `${before}\n\n${content}\n\n${after}`;
  }, document);
}

/** A document up to the end of the opening marker, what follows, and all from the closing one on. */
export function aroundMarked(
  text: string,
  marker: string,
): { readonly before: string; readonly within: string; readonly after: string } {
  const opening = `<!-- ${marker} -->`;
  const start = text.indexOf(opening);
  const end = text.indexOf(`<!-- /${marker} -->`);
  if (start < 0 || end < start) throw new Error(`the document has no ${opening} …`);
  const from = start + opening.length;
  return { before: text.slice(0, from), within: text.slice(from, end), after: text.slice(end) };
}

/** Formats Markdown as `npm run check` wants it. */
export async function formatMarkdown(text: string, file: string): Promise<string> {
  return format(text, { ...(await resolveConfig(file)), parser: 'markdown' });
}
