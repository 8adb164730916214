// Reads a Dockerfile and a .dockerignore as far as ours need it. Pure; what it does not know, it refuses.

export interface Instruction {
  readonly keyword: string;
  /** The rest of the line, with `ARG`s put in. */
  readonly text: string;
}

/** Every instruction in order; `ARG` has been used up. */
export function parseDockerfile(source: string): Instruction[] {
  const args = new Map<string, string>();
  const lines = source
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
  return lines.flatMap((line) => {
    const [, keyword, rest = ''] = /^([A-Z]+) +(.*)$/.exec(line.trim()) ?? [];
    if (keyword === undefined) {
      if (line.trim() === '') return [];
      throw new Error(`This is no instruction: ${line}`);
    }
    const text = rest.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
      const value = args.get(name);
      if (value === undefined) throw new Error(`There is no ARG ${name}: ${line}`);
      return value;
    });
    if (keyword !== 'ARG') return [{ keyword, text }];
    const [name = '', value] = text.split('=');
    if (value !== undefined) args.set(name, value);
    return [];
  });
}

/** Whether a file, by its path in the build context, is kept from the builder. */
export function dockerIgnores(source: string): (path: string) => boolean {
  const patterns = source.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return (path) => {
    const parts = path.split('/');
    // A pattern for a folder holds for what is in it.
    const ancestors = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    const last = patterns.findLast((pattern) =>
      ancestors.some((ancestor) => globPattern(pattern.replace(/^!/, '')).test(ancestor)),
    );
    return last !== undefined && !last.startsWith('!');
  };
}

/** A `*` stands for names with a leading dot too, unlike in a shell. */
function globPattern(glob: string): RegExp {
  const parts = glob.split(/(\*\*\/|\*)/).map((part) => {
    if (part === '**/') return '(?:.*/)?';
    return part === '*' ? '[^/]*' : part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}
