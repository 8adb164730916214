// What `eval` gives now on the sets of this project, with the models and without.
import { createReadStream } from 'node:fs';
import { openAnalysers } from '../../dataplane/adapters/analysers/open-analysers.ts';
import { modelsDataUrl } from '../../dataplane/adapters/models/data-files.ts';
import { matchPrompts, type MatchPolicy } from '../../dataplane/domain/cache/match-prompts.ts';
import type { CacheFigures, JailbreakFigures } from '../../dataplane/eval/detection-figures.ts';
import type { DomainFigures } from '../../dataplane/eval/domain-figures.ts';
import { cacheLine, readLine } from '../../dataplane/eval/read-set.ts';
import { setLines } from '../../dataplane/eval/set-lines.ts';
import type { TypeFigures } from '../../dataplane/eval/span-figures.ts';
import { patience, similarityOf, tasks, type TaskName } from '../../dataplane/eval/tasks.ts';
import { modelsFolder } from '../../dataplane/local/tools/models/ensure-models.ts';
import type { Analysers, Log } from '../../dataplane/ports.ts';

/** Of one tier: with the models, or without. */
export interface TierFigures {
  readonly domain: DomainFigures & Counted;
  readonly exam: DomainFigures & Counted;
  readonly jailbreak: JailbreakFigures & Counted;
  readonly pii: { readonly types: Readonly<Record<string, TypeFigures>> } & Counted;
  readonly cache: CacheFigures & Counted;
}

interface Counted {
  readonly n: number;
}

/** What the cache does with its pairs under one setting, as numbers of pairs. */
export interface CacheRow {
  readonly name: string;
  readonly wrong: number;
  readonly answered: number;
}

export interface OwnFigures {
  readonly with: TierFigures;
  readonly without: TierFigures;
  readonly cacheRows: readonly CacheRow[];
}

/** Rejects with a sentence where the models are not there. */
export async function measureOwnSets(log: Log): Promise<OwnFigures> {
  const bare = await openAnalysers({ config: {}, installed: undefined, log, ...patience });
  const full = await openAnalysers({ config: {}, installed: modelsFolder(), log, ...patience });
  try {
    await Promise.all([bare.settled, full.settled]);
    const absent = full.status().filter(({ role, state }) => isOwn(role) && state !== 'ready');
    if (absent.length > 0) throw new Error('The models are not there: npm run models.');
    return {
      with: await figuresOf(full.analysers),
      without: await figuresOf(bare.analysers),
      cacheRows: await cacheRowsOf(full.analysers),
    };
  } finally {
    await Promise.all([bare.close(), full.close()]);
  }
}

function isOwn(role: string): boolean {
  return role === 'embedding' || role === 'pii';
}

async function figuresOf(analysers: Analysers): Promise<TierFigures> {
  const run = async (task: TaskName, set: string): Promise<unknown> =>
    tasks[task].run(linesOf(set), {
      ...{ analysers, threshold: undefined, now: () => 0, onProgress: () => undefined },
    });
  return {
    domain: await run('domain', 'domain.jsonl'),
    exam: await run('domain', 'domain-exam.jsonl'),
    jailbreak: await run('jailbreak', 'jailbreak.jsonl'),
    pii: await run('pii', 'pii.jsonl'),
    cache: await run('cache', 'cache.jsonl'),
  } as TierFigures;
}

function linesOf(set: string): ReturnType<typeof setLines> {
  return setLines(createReadStream(modelsDataUrl(`eval/${set}`)));
}

const cacheSettings: readonly (MatchPolicy & { readonly name: string })[] = [
  { name: '`canonical`', mode: 'canonical', threshold: 0.9, verifier: 'strict' },
  { name: '`semantic`, `strict` (default)', mode: 'semantic', threshold: 0.9, verifier: 'strict' },
  {
    ...{ name: '`semantic`, `balanced`, at 0.85', mode: 'semantic' },
    ...{ threshold: 0.85, verifier: 'balanced' },
  },
  { name: '`semantic`, `off`, at 0.90', mode: 'semantic', threshold: 0.9, verifier: 'off' },
];

async function cacheRowsOf({ embedder }: Analysers): Promise<CacheRow[]> {
  const counts = cacheSettings.map(({ name }) => ({ name, wrong: 0, answered: 0 }));
  for await (const line of linesOf('cache.jsonl')) {
    const { a, b, same } = readLine(line, cacheLine);
    const similarity = await similarityOf(
      a,
      b,
      (text) => embedder?.embed(text, patience) ?? Promise.resolve({ unavailable: 'absent' }),
    );
    for (const [index, policy] of cacheSettings.entries()) {
      const count = counts[index];
      const match = matchPrompts({ one: a, other: b, similarity }, policy);
      if (count !== undefined && match !== undefined) count[same ? 'answered' : 'wrong'] += 1;
    }
  }
  return counts;
}
