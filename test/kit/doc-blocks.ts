// The code blocks of a document, which tests run as a reader would.
import { readFileSync } from 'node:fs';

/** The blocks of one language in `docs/NAME`, in order. */
export function docBlocks(name: string, language: 'yaml' | 'sh'): string[] {
  const text = readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
  const blocks = text.matchAll(/^```(\w+)\n(.*?)^```$/gms);
  return [...blocks].filter(([, of]) => of === language).map(([, , code = '']) => code);
}

/** The kubectl commands of a shell block, with what stands for its variables; no quotes otherwise. */
export function kubectlCommands(
  block: string,
  variables: Readonly<Record<string, string>>,
): string[][] {
  return block
    .split('\n')
    .filter((line) => line.startsWith('kubectl '))
    .map((line) =>
      line
        .replaceAll(/"\$(\w+)"/g, (_match, name: string) => variables[name] ?? '')
        .split(' ')
        .slice(1),
    );
}
