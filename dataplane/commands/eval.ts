// `eval`: how well the router's classifiers, detectors and cache do on a labelled set, answered as
// the router would answer. It sends nothing anywhere.
import { parseArgs } from 'node:util';
import { isPiiType, piiTypes } from '../../config/pii-types.ts';
import { openAnalysers } from '../adapters/analysers/open-analysers.ts';
import type { ModelStatus } from '../adapters/models/model-plan.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { modelsFolder } from '../local/tools/models/ensure-models.ts';
import { readChoice } from './arguments.ts';
import { commandLog } from './command-log.ts';
import { figuresText } from './figures-text.ts';
import { exitCodes, nameOf, processIo, readFailure, type CommandIo } from './io.ts';
import { setLines, type SetLine } from '../eval/set-lines.ts';
import { SetProblem } from '../eval/set-problem.ts';
import { patience, tasks, type Figures, type TaskName } from '../eval/tasks.ts';

const help = `Usage: semantic-router-maas eval --task TASK --set FILE.jsonl [OPTIONS]

Runs a labelled set through the router's own classifiers and prints how well they do. One JSON object
a line, in UTF-8; further fields are left alone:
  domain      {"text": "...", "label": "math"}
  jailbreak   {"text": "...", "label": true}
  pii         {"text": "...", "spans": [{"type": "PERSON", "start": 0, "end": 4}]}
  cache       {"a": "...", "b": "...", "same": true}

  --task TASK          domain, jailbreak, pii or cache
  --set FILE.jsonl     the set; - reads standard input
  --threshold N        smallest confidence that counts (domain 0.5, jailbreak and pii 0.7), or
                       smallest similarity (cache 0.9)
  --models DIR         model directories (MODELS_DIR, or where \`npm run models\` puts them)
  --without-models     what is left where no model is installed
  --format text|json   how to show it (text)

Labels of domains are the fourteen, in any case, with blanks, _ or -. Yes and no are true and false, 1
and 0, "jailbreak" and "benign". Offsets count UTF-16 units, the end exclusive; code points, as Python
counts, are recognised where words would be cut otherwise. A span is found, and a finding right, when
at least half of it is covered under the same type.

Exit code: 0 evaluated, 1 the set is not made for the task, 2 a file cannot be read or the command was
called wrongly.
`;

const options = {
  task: { type: 'string' },
  set: { type: 'string' },
  threshold: { type: 'string' },
  models: { type: 'string' },
  'without-models': { type: 'boolean', default: false },
  format: { type: 'string', default: 'text' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** What `npm run models` brings. */
const rolesOfOwn: ReadonlySet<string> = new Set(['embedding', 'pii']);

interface Call {
  readonly task: TaskName;
  readonly setPath: string;
  readonly threshold: number | undefined;
  /** Undefined: none. */
  readonly models: string | undefined;
  readonly format: 'text' | 'json';
}

/** Returns the exit code. */
export async function evaluate(
  args: readonly string[],
  io: CommandIo = processIo,
): Promise<number> {
  const fail = (code: number, sentence: string): number => {
    io.stderr(`semantic-router-maas eval: ${sentence}\n`);
    return code;
  };
  let call: Call | 'help';
  try {
    call = readCall(args);
  } catch (error) {
    return fail(exitCodes.usage, error instanceof Error ? error.message : String(error));
  }
  if (call === 'help') {
    io.stdout(help);
    return exitCodes.ok;
  }
  try {
    io.stdout(await figuresOf(call, io));
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof Unreadable) return fail(exitCodes.usage, error.message);
    if (error instanceof SetProblem) {
      return fail(exitCodes.problems, `${nameOf(call.setPath)}: ${error.message}`);
    }
    throw error;
  }
}

async function figuresOf(call: Call, io: CommandIo): Promise<string> {
  const task = tasks[call.task];
  const lines = (): AsyncIterable<SetLine> => setLines(readSetFile(call.setPath, io));
  const say = (line: string): void => {
    io.stderr(`semantic-router-maas eval: ${line}\n`);
  };
  // A mistake in the last line is told before the first is answered, where a set can be read twice.
  const all = (await io.isFile(call.setPath)) ? await task.check(lines()) : undefined;
  const opened = await openAnalysers({
    ...{ config: {}, installed: call.models, log: commandLog(say) },
    ...patience,
  });
  try {
    await opened.settled;
    if (call.models !== undefined) tellAbsent(opened.status(), say);
    const figures = await task.run(lines(), {
      analysers: opened.analysers,
      threshold: call.threshold,
      now: () => systemClock.monotonic(),
      onProgress: progressOf(all, say),
    });
    tellUnknownTypes(figures, say);
    return call.format === 'json' ? `${JSON.stringify(figures)}\n` : figuresText(figures);
  } finally {
    await opened.close();
  }
}

/** Figures without a model are worse: nobody should take them for those with one. */
function tellAbsent(models: readonly ModelStatus[], say: (line: string) => void): void {
  const absent = models.filter(({ role, state }) => rolesOfOwn.has(role) && state !== 'ready');
  if (absent.length === 0) return;
  const roles = absent.map(({ role }) => role).join(' and ');
  say(`no model for ${roles}: words, rules and forms alone; \`npm run models\` brings them`);
}

/** A type that the router has no name for is found in no text. */
function tellUnknownTypes({ types = {} }: Figures, say: (line: string) => void): void {
  const unknown = Object.keys(types as object).filter((type) => !isPiiType(type));
  if (unknown.length === 0) return;
  say(`nothing is ever found as ${unknown.join(', ')}; the types are ${piiTypes.join(', ')}`);
}

/** With a sentence for whoever named the file. */
class Unreadable extends Error {}

async function* readSetFile(path: string, io: CommandIo): AsyncGenerator<Uint8Array> {
  try {
    yield* io.readPieces(path);
  } catch (error) {
    throw new Unreadable(readFailure(path, error), { cause: error });
  }
}

/** Sets of this length are answered while one waits. */
const shortSet = 500;

/** A line after every tenth of a long set; now and then where nobody knows how long it is. */
function progressOf(all: number | undefined, say: (line: string) => void): (done: number) => void {
  if (all !== undefined && all < shortSet) return () => undefined;
  const step = all === undefined ? shortSet : Math.ceil(all / 10);
  return (done) => {
    if (done % step === 0 && done !== all) say(all === undefined ? `${done}` : `${done} of ${all}`);
  };
}

/** Throws an Error with a sentence for whoever called wrongly. */
function readCall(args: readonly string[]): Call | 'help' {
  const { values } = parseArgs({ args: [...args], options });
  if (values.help) return 'help';
  if (values.task === undefined) throw new Error('--task is missing. Try --help.');
  if (values.set === undefined) throw new Error('--set FILE.jsonl is missing. Try --help.');
  const threshold = values.threshold === undefined ? undefined : Number(values.threshold);
  if (threshold !== undefined && !(threshold >= 0 && threshold <= 1)) {
    throw new Error(`--threshold must be from 0 to 1, not ${JSON.stringify(values.threshold)}.`);
  }
  if (values['without-models'] && values.models !== undefined) {
    throw new Error('--models and --without-models exclude each other.');
  }
  return {
    task: readChoice('--task', values.task, Object.keys(tasks) as TaskName[]),
    setPath: values.set,
    threshold,
    models: values['without-models'] ? undefined : (values.models ?? modelsFolder()),
    format: readChoice('--format', values.format, ['text', 'json']),
  };
}
