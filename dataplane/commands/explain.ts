// `explain`: shows how a prompt would be routed, why, and what it would cost. It sends nothing.
import { parseArgs } from 'node:util';
import { modelOfNow, openAnalysers } from '../adapters/analysers/open-analysers.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { modelsFolder } from '../local/tools/models/ensure-models.ts';
import { createCandidateStore } from '../runtime/candidate-store.ts';
import { neededModels } from '../runtime/needed-models.ts';
import { loadRuntime } from '../runtime/reload.ts';
import { RequestFacts } from '../stages/request-facts.ts';
import { commandLog } from './command-log.ts';
import {
  explainPrompt,
  ignoringTelemetry,
  type Explanation,
  type Question,
} from '../explanation/explain-prompt.ts';
import { explanationJson, explanationText } from '../explanation/explanation-text.ts';
import { exitCodes, processIo, readFailure, type CommandIo } from './io.ts';

const help = `Usage: semantic-router-maas explain --config FILE [OPTIONS] PROMPT

Shows how the router would handle a chat request with this prompt: signals, decisions, guards, model,
reasoning and cost. Nothing is sent anywhere. - as the prompt reads it from standard input.

  --config FILE            the configuration
  --user USER, --tier TIER the caller, as the gateway would tell
  --groups A,B             groups of the caller, where the configuration says what carries them
  --model NAME             the model that the client asks for (the first automatic name)
  --completion-tokens N    assumed length of the answer, for the cost (200)
  --models DIR             model directories (MODELS_DIR, or where \`npm run models\` puts them)
  --without-models         what is told where no model is installed
  --format text|json       how to show it (text)

Exit code: 0 explained, 1 the configuration is not valid, 2 a file cannot be read or the command was
called wrongly.
`;

const options = {
  config: { type: 'string' },
  user: { type: 'string' },
  tier: { type: 'string' },
  groups: { type: 'string' },
  model: { type: 'string' },
  'completion-tokens': { type: 'string', default: '200' },
  models: { type: 'string' },
  'without-models': { type: 'boolean', default: false },
  format: { type: 'string', default: 'text' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

interface Call {
  readonly configPath: string;
  readonly format: 'text' | 'json';
  /** Undefined: none. */
  readonly models: string | undefined;
  readonly question: Question;
}

/** Returns the exit code. */
export async function explain(args: readonly string[], io: CommandIo = processIo): Promise<number> {
  const fail = (code: number, ...sentences: readonly string[]): number => {
    for (const sentence of sentences) io.stderr(`semantic-router-maas explain: ${sentence}\n`);
    return code;
  };
  const say = (line: string): void => {
    fail(exitCodes.ok, line);
  };
  let call: Call | 'help';
  try {
    call = await readCall(args, io);
  } catch (error) {
    return fail(exitCodes.usage, messageOf(error));
  }
  if (call === 'help') {
    io.stdout(help);
    return exitCodes.ok;
  }
  const { configPath, format, models, question } = call;
  let bytes: Uint8Array;
  try {
    bytes = await io.readFile(configPath);
  } catch (error) {
    return fail(exitCodes.usage, readFailure(configPath, error));
  }
  const source = { path: configPath, clock: systemClock };
  const loaded = await loadRuntime(bytes, source);
  if (!loaded.ok) return fail(exitCodes.problems, ...loaded.problems);
  for (const warning of loaded.warnings) fail(exitCodes.ok, `warning: ${warning}`);
  const { config } = loaded.runtime;
  const needsModels = neededModels(loaded.runtime).size > 0;
  const installed = needsModels ? models : undefined;
  const opened = await openAnalysers({ config, installed, log: commandLog(say) });
  let explanation: Explanation;
  try {
    await opened.settled;
    const { analysers } = opened;
    const candidates = createCandidateStore(modelOfNow(analysers), systemClock);
    const again = needsModels ? await loadRuntime(bytes, { ...source, candidates }) : loaded;
    const { runtime } = again.ok ? again : loaded;
    explanation = await explainPrompt(
      runtime,
      question,
      (request) => new RequestFacts(request, analysers, ignoringTelemetry),
    );
  } finally {
    await opened.close();
  }
  if (explanation.mode === 'standalone' && (question.user ?? question.tier) !== undefined) {
    fail(exitCodes.ok, 'warning: in standalone mode nobody asks for --user and --tier.');
  }
  io.stdout(format === 'json' ? explanationJson(explanation) : explanationText(explanation));
  return exitCodes.ok;
}

/** Throws an Error with a sentence for whoever called wrongly. */
async function readCall(args: readonly string[], io: CommandIo): Promise<Call | 'help'> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (values.help) return 'help';
  if (values.config === undefined) throw new Error('--config FILE is missing. Try --help.');
  const { format } = values;
  if (format !== 'text' && format !== 'json') {
    throw new Error(`--format must be text or json, not ${JSON.stringify(format)}.`);
  }
  if (!/^\d{1,9}$/.test(values['completion-tokens'])) {
    const given = JSON.stringify(values['completion-tokens']);
    throw new Error(`--completion-tokens must be a number of tokens, not ${given}.`);
  }
  const [given, ...others] = positionals;
  if (given === undefined) throw new Error('which PROMPT? Try --help.');
  if (others.length > 0) throw new Error('one PROMPT only: put it in quotes.');
  if (given === '-' && values.config === '-') {
    throw new Error('standard input cannot be both the configuration and the prompt.');
  }
  const prompt = given === '-' ? new TextDecoder().decode(await io.readFile('-')) : given;
  return {
    configPath: values.config,
    format,
    models: values['without-models'] ? undefined : (values.models ?? modelsFolder()),
    question: {
      prompt,
      model: values.model,
      user: values.user,
      tier: values.tier,
      groups: values.groups,
      nowMs: systemClock.now(),
      completionTokens: Number(values['completion-tokens']),
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
