// `eval`: how well the router's classifiers, detectors and cache do on a labelled set, answered as
// the router would answer. It sends nothing anywhere.
import { parseArgs } from 'node:util';
import { openAnalysers } from '../adapters/analysers/open-analysers.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { modelsFolder } from '../local/tools/models/ensure-models.ts';
import { readChoice } from './arguments.ts';
import { commandLog } from './command-log.ts';
import { figuresText } from './figures-text.ts';
import { exitCodes, processIo, readFailure, type CommandIo } from './io.ts';
import { SetProblem } from '../eval/read-set.ts';
import { tasks, type TaskName } from '../eval/tasks.ts';

const help = `Usage: semantic-router-maas eval --task TASK --set FILE.jsonl [OPTIONS]

Runs a labelled set through the router's own classifiers and prints how well they do. One JSON object
a line:
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
  let set: string;
  try {
    set = new TextDecoder().decode(await io.readFile(call.setPath));
  } catch (error) {
    return fail(exitCodes.usage, readFailure(call.setPath, error));
  }
  try {
    io.stdout(await figuresOf(call, set, io));
    return exitCodes.ok;
  } catch (error) {
    if (!(error instanceof SetProblem)) throw error;
    return fail(exitCodes.problems, `${call.setPath}: ${error.message}`);
  }
}

async function figuresOf(call: Call, set: string, io: CommandIo): Promise<string> {
  const opened = await openAnalysers({
    config: {},
    installed: call.models,
    log: commandLog((line) => {
      io.stderr(`semantic-router-maas eval: ${line}\n`);
    }),
  });
  try {
    await opened.settled;
    const { analysers } = opened;
    const figures = await tasks[call.task](set, {
      analysers,
      threshold: call.threshold,
      now: () => systemClock.monotonic(),
      onProgress: progressTo(io),
    });
    return call.format === 'json' ? `${JSON.stringify(figures)}\n` : figuresText(figures);
  } finally {
    await opened.close();
  }
}

/** A line after every tenth of a long set. */
function progressTo(io: CommandIo): (done: number, all: number) => void {
  return (done, all) => {
    const step = Math.ceil(all / 10);
    if (all < 500 || done % step !== 0) return;
    io.stderr(`semantic-router-maas eval: ${done} of ${all}\n`);
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
