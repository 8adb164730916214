// The files that Envoy discovers its configuration from. Knows nothing of what is in them.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Puts `content` where `fileName` is, in one step: Envoy watches for a file that is renamed to that
 * name, and must never read half of one. Rejects as the file system does.
 */
export async function replaceFile(
  directory: string,
  fileName: string,
  content: object,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const temporary = join(directory, `.${fileName}.${process.pid}.new`);
  try {
    await writeFile(temporary, `${JSON.stringify(content)}\n`, { mode: 0o644 });
    await rename(temporary, join(directory, fileName));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The object in the file; undefined when there is none, or none that can be read. */
export async function readObject(
  directory: string,
  fileName: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(directory, fileName), 'utf8'));
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
