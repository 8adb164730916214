// `npm run bench`: what the router costs beside a no-op ext_proc server in Go and beside Envoy alone,
// all in one run, what the operator costs beside a bare loop, and what signals cost. See docs/performance.md for what is measured and how.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackend } from './backend.ts';
import { startContestant } from './contestants.ts';
import type { Contestant } from './contestants.ts';
import { fillSections, formatMarkdown } from './document.ts';
import { failuresOf, judge } from './goals.ts';
import { buildGoPrograms } from './go-programs.ts';
import { hostFacts, loadAverages, machineFacts } from './host.ts';
import type { BenchResults } from './measurement.ts';
import { runOperatorPart } from './operator/operator-part.ts';
import { operatorSection } from './operator/report.ts';
import { parseOptions, usage } from './options.ts';
import type { BenchOptions } from './options.ts';
import type { PartFacts } from './part-facts.ts';
import { contestantsOf, planOf } from './plan.ts';
import type { ContestantName, Part } from './plan.ts';
import { buildSections } from './report.ts';
import type { RunFacts, Sections } from './report.ts';
import { runPlan } from './runner.ts';
import { judgeSignals } from './signals/figures.ts';
import { signalsSection } from './signals/report.ts';
import { runSignalsPart } from './signals/signals-part.ts';

const performanceFile = join(import.meta.dirname, '..', '..', 'docs', 'performance.md');

/** Progress goes to stderr, so that stdout holds the results alone. */
const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

async function measure(
  plan: readonly Part[],
  options: BenchOptions,
): Promise<{ results: BenchResults; facts: RunFacts }> {
  await using cleanup = new AsyncDisposableStack();
  const stopEarly = (): void => {
    say('stopping');
    void cleanup.disposeAsync().then(() => process.exit(130));
  };
  process.once('SIGINT', stopEarly);
  cleanup.defer(() => {
    process.off('SIGINT', stopEarly);
  });
  const directory = await mkdtemp(join(tmpdir(), 'srm-bench-'));
  cleanup.defer(() => rm(directory, { recursive: true, force: true }));

  const go = await buildGoPrograms(say);
  const host = await hostFacts(go.versions);
  const loadBefore = loadAverages();
  const backendPort = await startBackend(go, cleanup);
  const context = { go, backendPort, directory, gracefulClose: options.gracefulClose, cleanup };
  const contestants = new Map<ContestantName, Contestant>();
  for (const name of contestantsOf(plan)) {
    contestants.set(name, await startContestant(name, context));
  }
  const results = await runPlan(plan, {
    contestants,
    loadProgram: go.load,
    directory,
    rounds: options.rounds,
    seconds: options.seconds,
    say,
  });
  const facts: RunFacts = {
    host,
    date: new Date().toISOString().slice(0, 10),
    command: commandLine(process.argv.slice(2)),
    loadBefore,
    loadAfter: loadAverages(),
    rounds: options.rounds,
    seconds: options.seconds,
    gracefulClose: options.gracefulClose,
  };
  return { results, facts };
}

function commandLine(args: readonly string[]): string {
  return ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
}

function printed(sections: Partial<Sections>): string {
  return Object.entries(sections)
    .filter(([, content]) => content !== '')
    .map(([name, content]) => `## ${name}\n\n${content}\n`)
    .join('\n');
}

interface Outcome {
  readonly sections: Partial<Sections>;
  /** For `--format=json`. */
  readonly data: object;
  readonly failures: number;
}

async function measureRouter(plan: readonly Part[], options: BenchOptions): Promise<Outcome> {
  if (plan.length === 0) return nothing;
  const { results, facts } = await measure(plan, options);
  return {
    sections: buildSections(plan, results, facts),
    data: { facts, goals: judge(results), ...results },
    failures: failuresOf(results),
  };
}

/** What a part measured, with the facts of its run. */
async function withFacts<Results>(
  run: () => Promise<Results>,
): Promise<{ readonly results: Results; readonly facts: PartFacts }> {
  const loadBefore = loadAverages();
  const results = await run();
  const facts = {
    ...(await machineFacts()),
    date: new Date().toISOString().slice(0, 10),
    command: commandLine(process.argv.slice(2)),
    loadBefore,
    loadAfter: loadAverages(),
  };
  return { results, facts };
}

const nothing: Outcome = { sections: {}, data: {}, failures: 0 };

async function measureOperator(options: BenchOptions): Promise<Outcome> {
  if (!options.parts.includes('operator')) return nothing;
  const { results, facts } = await withFacts(() => runOperatorPart({ quick: options.quick, say }));
  const operator = operatorSection(results, facts);
  return { sections: { operator }, data: { operator: { facts, ...results } }, failures: 0 };
}

async function measureSignals(options: BenchOptions): Promise<Outcome> {
  if (!options.parts.includes('signals')) return nothing;
  const { quick, rounds, seconds } = options;
  const { results, facts } = await withFacts(() => runSignalsPart({ quick, rounds, seconds, say }));
  const signals = signalsSection(results, facts);
  const data = { signals: { facts, goals: judgeSignals(results), ...results } };
  return { sections: { signals }, data, failures: results.failures };
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(usage);
    return 0;
  }
  const options = parseOptions(args);
  const router = await measureRouter(planOf(options), options);
  const operator = await measureOperator(options);
  const signals = await measureSignals(options);
  const sections = { ...router.sections, ...operator.sections, ...signals.sections };
  if (options.format === 'json') {
    const output = { ...router.data, ...operator.data, ...signals.data };
    process.stdout.write(`${JSON.stringify(output, undefined, 2)}\n`);
  } else {
    process.stdout.write(await formatMarkdown(printed(sections), performanceFile));
  }
  if (options.write) {
    const filled = fillSections(await readFile(performanceFile, 'utf8'), sections);
    await writeFile(performanceFile, await formatMarkdown(filled, performanceFile));
    say(`written to ${performanceFile}`);
  }
  // A missed goal is a result; a failed request makes the whole run worthless.
  return router.failures + signals.failures === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
