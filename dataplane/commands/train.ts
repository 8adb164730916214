// `train`: learns a head of the router's own classifiers anew, with texts of the user beside its own.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readKnownWords } from '../adapters/models/known-words.ts';
import { openModels } from '../adapters/models/open-models.ts';
import { SetProblem } from '../eval/set-problem.ts';
import { modelsFolder } from '../local/tools/models/ensure-models.ts';
import { embedAll } from '../training/embed-all.ts';
import { trainDomain } from '../training/train-domain.ts';
import { trainJailbreak } from '../training/train-jailbreak.ts';
import type { Training } from '../training/training.ts';
import { readChoice } from './arguments.ts';
import { commandLog } from './command-log.ts';
import { exitCodes, nameOf, processIo, readFailure, type CommandIo } from './io.ts';

const help = `Usage: semantic-router-maas train --task TASK [OPTIONS]

Trains a head anew: the program's own texts, and yours beside them. The same rows give the same
head. One JSON object a line, in UTF-8; further fields are left alone:
  domain      {"text": "...", "label": "math"}
  jailbreak   {"text": "...", "label": true}, or CSV with columns text (or prompt) and label (or type);
              a label is true or false, 1 or 0, "jailbreak" or "benign"

  --task TASK       domain or jailbreak
  --set FILE        rows of yours; - reads standard input
  --out DIR         where the head and its card are written (heads)
  --models DIR      model directories (MODELS_DIR, or where \`npm run models\` puts them)

A configuration names a head by \`classifier.category_model.head\` and \`prompt_guard.head\`.

Exit code: 0 trained, 1 the set is not made for the task or no model is there, 2 a file cannot be
read or written, or the command was called wrongly.
`;

const options = {
  task: { type: 'string' },
  set: { type: 'string' },
  out: { type: 'string', default: 'heads' },
  models: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const trainings = { domain: trainDomain, jailbreak: trainJailbreak } as const satisfies Record<
  string,
  Training
>;

interface Call {
  readonly task: keyof typeof trainings;
  readonly setPath: string | undefined;
  readonly out: string;
  readonly models: string;
}

/** Returns the exit code. */
export async function train(args: readonly string[], io: CommandIo = processIo): Promise<number> {
  const say = (line: string): void => {
    io.stderr(`semantic-router-maas train: ${line}\n`);
  };
  const fail = (code: number, sentence: string): number => {
    say(sentence);
    return code;
  };
  let call: Call | 'help';
  try {
    call = readCall(args);
  } catch (error) {
    return fail(exitCodes.usage, sentenceOf(error));
  }
  if (call === 'help') {
    io.stdout(help);
    return exitCodes.ok;
  }
  let set = '';
  try {
    if (call.setPath !== undefined) {
      set = new TextDecoder().decode(await io.readFile(call.setPath));
    }
  } catch (error) {
    return fail(exitCodes.usage, readFailure(call.setPath ?? '', error));
  }
  try {
    // Before the work, which is then not lost where nothing can be written.
    await mkdir(call.out, { recursive: true });
  } catch (error) {
    return fail(exitCodes.usage, `${call.out}: cannot be written: ${sentenceOf(error)}`);
  }
  try {
    io.stdout(await trainAndWrite(call, set, say));
    return exitCodes.ok;
  } catch (error) {
    const place = error instanceof SetProblem ? `${nameOf(call.setPath ?? '')}: ` : '';
    return fail(exitCodes.problems, place + sentenceOf(error));
  }
}

/** Resolves with the card. */
async function trainAndWrite(
  { models: directory, out, task }: Call,
  ownSet: string,
  say: (line: string) => void,
): Promise<string> {
  const models = openModels({ directory, log: commandLog(say) });
  try {
    await models.settled;
    const { embedder } = models;
    if (embedder === undefined) {
      throw new Error(`no embedding model is in ${directory}: \`npm run models\` brings one.`);
    }
    const trained = await trainings[task]({
      ownSet,
      encoder: embedder.id,
      embedAll: (texts) => embedAll(embedder, texts, say),
      knownWords: () => readKnownWords(directory),
      say,
    });
    const cardName = trained.fileName.replace(/\.head$/, '.md');
    await writeFile(join(out, trained.fileName), trained.head);
    await writeFile(join(out, cardName), trained.card);
    say(`wrote ${join(out, trained.fileName)} and ${join(out, cardName)}`);
    return trained.card;
  } finally {
    await models.close();
  }
}

/** Throws an Error with a sentence for whoever called wrongly. */
function readCall(args: readonly string[]): Call | 'help' {
  const { values } = parseArgs({ args: [...args], options });
  if (values.help) return 'help';
  if (values.task === undefined) throw new Error('--task is missing. Try --help.');
  return {
    task: readChoice('--task', values.task, ['domain', 'jailbreak']),
    setPath: values.set,
    out: values.out,
    models: values.models ?? modelsFolder(),
  };
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
