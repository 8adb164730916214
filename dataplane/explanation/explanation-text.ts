// An explanation for a person, and as JSON for a program.
import type { Evaluated, ExplainedDecision } from '../domain/explain-decisions.ts';
import { formatAmount, formatCost, type Price } from '../domain/money.ts';
import type { EstimatedCost, Explanation, Refused, Routed } from './explain-prompt.ts';

export function explanationText(explanation: Explanation): string {
  const sections = [
    requestLines(explanation),
    signalLines(explanation),
    decisionLines(explanation),
    findingLines(explanation),
    outcomeLines(explanation.outcome),
    explanation.outcome.kind === 'routed' ? costLines(explanation, explanation.outcome) : [],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

/** Amounts and prices are decimals in strings, since they are exact. */
export function explanationJson({ outcome, ...explanation }: Explanation): string {
  const shown = {
    ...explanation,
    caller: explanation.caller ?? null,
    outcome: outcome.kind === 'refused' ? outcome : { ...outcome, cost: costJson(outcome.cost) },
  };
  return `${JSON.stringify(shown, null, 2)}\n`;
}

function costJson({ promptTokens, completionTokens, price, cost }: EstimatedCost): object {
  const decimal = (amount: bigint | undefined): string | null =>
    amount === undefined ? null : formatAmount(amount);
  return {
    promptTokens,
    completionTokens,
    unpriced: cost === undefined,
    currency: price?.currency ?? null,
    promptPer1M: decimal(price?.prompt),
    completionPer1M: decimal(price?.completion),
    amount: decimal(cost?.picoUnits),
  };
}

function requestLines({ requestedModel, promptTokens, caller, mode }: Explanation): string[] {
  const sources = caller && [caller.userSource, caller.tierSource];
  const doubt = sources?.includes('fallback') === true ? ' (fallback: the gateway told none)' : '';
  const who =
    caller === undefined
      ? mode === 'standalone'
        ? 'nobody (standalone mode)'
        : 'nobody'
      : `${caller.user}, tier ${caller.tier}${doubt}`;
  return [
    `request  model ${requestedModel}, ${tokens(promptTokens)} (estimated)`,
    `caller   ${who}`,
  ];
}

function signalLines({ signals }: Explanation): string[] {
  if (signals.length === 0) return [];
  const rows = signals.map((signal) => [signal.key, shown(signal), signal.detail]);
  return ['Signals', ...table(rows)];
}

function decisionLines({ decisions, outcome }: Explanation): string[] {
  if (decisions.length === 0) return [];
  const winner = outcome.kind === 'routed' ? outcome.decision : undefined;
  const lines = decisions.flatMap((decision) => {
    const { name, priority, rules } = decision;
    const tree = table(treeRows(rules, 0)).map((line) => `  ${line}`);
    return [`  ${name}, priority ${priority}: ${verdictOf(decision, name === winner)}`, ...tree];
  });
  const matched = decisions.some(
    ({ rules, onUnknown }) =>
      rules.value === 'true' || (rules.value === 'unknown' && onUnknown !== 'no_match'),
  );
  return [
    'Decisions',
    ...lines,
    ...(matched ? [] : ['  None matches: the default model answers.']),
  ];
}

function verdictOf({ rules, onUnknown }: ExplainedDecision, wins: boolean): string {
  const matches = wins ? 'wins' : 'matches';
  switch (rules.value) {
    case 'true':
      return `${matches} with confidence ${rounded(rules.confidence)}`;
    case 'false':
      return 'does not match';
    case 'unknown':
      if (onUnknown === 'match') return `${matches}: unknown, and on_unknown is match`;
      return onUnknown === 'fail_request'
        ? 'unknown, and on_unknown is fail_request'
        : 'does not match: unknown';
  }
}

/** A value, with its confidence where there is evidence and no certainty. */
function shown({ value, confidence }: Pick<Evaluated, 'value' | 'confidence'>): string {
  return value === 'true' && confidence > 0 && confidence < 1
    ? `true ${rounded(confidence)}`
    : value;
}

function rounded(confidence: number): number {
  return Number(confidence.toFixed(4));
}

function treeRows(rule: Evaluated, depth: number): string[][] {
  return [
    [`${'  '.repeat(depth)}${rule.label}`, shown(rule)],
    ...rule.children.flatMap((child) => treeRows(child, depth + 1)),
  ];
}

function findingLines({ findings }: Explanation): string[] {
  if (findings.length === 0) return [];
  const rows = findings.map(({ kind, type, score }) => [`${kind}:${type}`, String(rounded(score))]);
  return ['Found by guards', ...table(rows)];
}

function refusalLines({ status, message, blockedFor }: Refused): string[] {
  const cause = blockedFor.length === 0 ? '' : `, blocked for ${blockedFor.join(' and ')}`;
  return [`Refused with ${status}${cause}`, `  ${message}`];
}

function outcomeLines(outcome: Refused | Routed): string[] {
  if (outcome.kind === 'refused') return refusalLines(outcome);
  const { masked, model, upstreamModel, reasoning, reasoningField, systemPrompt } = outcome;
  const sentAs = upstreamModel === model ? '' : `, sent as ${upstreamModel}`;
  const told = reasoningField === undefined ? 'the model is told nothing' : reasoningField;
  return [
    'Outcome',
    ...table([
      ['decision', outcome.decision],
      ['model', `${model}${sentAs}`],
      ['reasoning', `${reasoning ? 'on' : 'off'} (${told})`],
      [
        'system prompt',
        systemPrompt === undefined
          ? 'untouched'
          : systemPrompt === 'insert'
            ? "the decision's, before the request's own"
            : "the decision's, in the place of the request's own",
      ],
      ...(masked ? [['personal data', 'goes upstream as placeholders']] : []),
    ]),
  ];
}

function costLines({ mode }: Explanation, { model, cost: estimate }: Routed): string[] {
  const { promptTokens, completionTokens, price, cost } = estimate;
  const lines = [
    `Cost of ${tokens(promptTokens)} (estimated) and ${completionTokens} completion tokens (assumed)`,
    ...table([
      ['prompt', perMillion(price, price?.prompt)],
      ['completion', perMillion(price, price?.completion)],
      ['together', cost === undefined ? 'unpriced, which is not free' : formatCost(cost)],
    ]),
  ];
  if (price === undefined) lines.push(`  model_config has no pricing for ${model}.`);
  if (mode === 'maas') lines.push('  In MaaS mode MaaS-billing prices tokens, not the router.');
  return lines;
}

function perMillion(price: Price | undefined, amount: bigint | undefined): string {
  if (price === undefined || amount === undefined) return 'no price';
  return `${formatAmount(amount)} ${price.currency} for 1M tokens`;
}

function tokens(count: number): string {
  return `${count} prompt token${count === 1 ? '' : 's'}`;
}

/** Rows with their cells below each other, indented by two. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}
