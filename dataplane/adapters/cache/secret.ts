// A credential, which a configuration names and never holds: in an environment variable, or in a file
// that may change while the process runs.
import { readFile } from 'node:fs/promises';

export interface SecretReference {
  /** Name of an environment variable. */
  readonly env: string | undefined;
  /** Path of a file; white space at its end does not belong to the secret. */
  readonly file: string | undefined;
}

/** Undefined where nothing is named. Rejects with a sentence where what is named is not there. */
export async function readSecret(
  { env, file }: SecretReference,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if (file !== undefined) {
    try {
      return (await readFile(file, 'utf8')).trimEnd();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new Error(`the password file ${file} cannot be read (${code ?? 'unknown'})`, {
        cause: error,
      });
    }
  }
  if (env === undefined) return undefined;
  const value = environment[env];
  if (value === undefined || value === '') {
    throw new Error(`the environment variable ${env}, which holds a password, is not set`);
  }
  return value;
}
