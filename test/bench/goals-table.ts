// A verdict on goals and the table of them. Pure.
import type { GoalResult } from './goals.ts';
import { table, withRange } from './markdown.ts';

export function goalsTable(judged: readonly GoalResult[]): string {
  if (judged.length === 0) return 'Nothing that a goal is set for was measured.';
  const missed = judged.filter((goal) => !goal.met);
  const verdict =
    missed.length === 0
      ? `All ${judged.length} goals measured were met.`
      : `**${missed.length} of ${judged.length} goals were missed:** ${missed
          .map((goal) => `${goal.text} (${goal.measured.median.toFixed(2)} against ${goal.limit})`)
          .join('; ')}.`;
  const rows = judged.map((goal) => [
    goal.text,
    `≤ ${goal.limit}`,
    withRange(goal.measured),
    goal.met ? 'met' : '**missed**',
  ]);
  return `${verdict}\n\n${table(['goal', 'limit', 'median (range)', ''], rows)}`;
}
