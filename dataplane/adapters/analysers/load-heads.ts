// The trained heads: those of the program, or files that a configuration names.
import { readFile } from 'node:fs/promises';
import type { RouterConfig } from '../../../config/schema/index.ts';
import { readCategoryHead, type CategoryHead } from '../../domain/category/category-head.ts';
import { loadJailbreakHead } from '../../domain/jailbreak/head-file.ts';
import type { JailbreakHead } from '../../domain/jailbreak/head.ts';
import { modelsDataUrl } from '../models/data-files.ts';

export interface Heads {
  readonly category: CategoryHead;
  readonly jailbreak: JailbreakHead;
}

export type HeadSections = Pick<RouterConfig, 'classifier' | 'prompt_guard'>;

/** Rejects with one sentence that names the file. */
export async function loadHeads({ classifier, prompt_guard }: HeadSections): Promise<Heads> {
  const [category, jailbreak] = await Promise.all([
    load(classifier?.category_model?.head, 'heads/category.head', readCategoryHead),
    load(prompt_guard?.head, 'heads/jailbreak.head', loadJailbreakHead),
  ]);
  return { category, jailbreak };
}

type Result<Head> =
  { readonly ok: true; readonly head: Head } | { readonly ok: false; readonly problem: string };

async function load<Head>(
  path: string | undefined,
  own: string,
  read: (bytes: Uint8Array) => Result<Head>,
): Promise<Head> {
  const place = path ?? modelsDataUrl(own);
  const name = path ?? own;
  const bytes = await readFile(place).catch((error: unknown) => {
    throw new Error(`the head ${name} cannot be read: ${String(error)}`, { cause: error });
  });
  const result = read(bytes);
  if (!result.ok) throw new Error(`the head ${name} cannot be used. ${result.problem}`);
  return result.head;
}
