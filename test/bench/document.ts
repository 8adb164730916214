// Puts generated sections between their markers in docs/performance.md; what stands outside of them
// is written by hand and stays.
import { format, resolveConfig } from 'prettier';
import type { Sections } from './report.ts';

const opening = (name: string): string => `<!-- bench:${name} -->`;
const closing = (name: string): string => `<!-- /bench:${name} -->`;

/** The document with every section replaced; throws when a marker is missing. */
export function fillSections(document: string, sections: Partial<Sections>): string {
  return Object.entries(sections).reduce((text, [name, content]) => {
    const start = text.indexOf(opening(name));
    const end = text.indexOf(closing(name));
    if (start < 0 || end < start) {
      throw new Error(`the document has no ${opening(name)} … ${closing(name)}`);
    }
    const before = text.slice(0, start + opening(name).length);
    return `${before}\n\n${content}\n\n${text.slice(end)}`;
  }, document);
}

/** Formats Markdown as `npm run check` wants it. */
export async function formatMarkdown(text: string, file: string): Promise<string> {
  return format(text, { ...(await resolveConfig(file)), parser: 'markdown' });
}
