// Puts placeholders in the place of the personal data that a policy refuses, where it stands in the
// request.
import type { ChatRequest } from '../chat-request.ts';
import type { PiiFinding, PiiSpan } from '../findings.ts';
import { isRefused, type PiiPolicy } from '../guard-verdict.ts';
import type { RequestEdits } from '../rewrite-request.ts';
import { Placeholders } from './placeholders.ts';

export interface Masked {
  readonly edits: RequestEdits;
  readonly placeholders: Placeholders;
}

/** `finding`: of the guarded texts of the request, in their order. */
export function maskRequest(request: ChatRequest, finding: PiiFinding, policy: PiiPolicy): Masked {
  const placed = request.guardedTexts();
  const placeholders = new Placeholders(placed.map(({ text }) => text));
  const texts = placed.flatMap(({ node, text }, index) => {
    const refused = (finding.spans[index] ?? []).filter((span) => isRefused(policy, span));
    return refused.length === 0 ? [] : [{ node, text: maskText(text, refused, placeholders) }];
  });
  return { edits: { texts }, placeholders };
}

/** Spans that overlap become one, of the type of the surest, so that no part of a value stays. */
export function maskText(
  text: string,
  spans: readonly PiiSpan[],
  placeholders: Placeholders,
): string {
  let masked = '';
  let from = 0;
  for (const { end, start, type } of merged(spans)) {
    masked += text.slice(from, start) + placeholders.of(type, text.slice(start, end));
    from = end;
  }
  return masked + text.slice(from);
}

function merged(spans: readonly PiiSpan[]): PiiSpan[] {
  const result: PiiSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last === undefined || span.start >= last.end) {
      result.push(span);
      continue;
    }
    const surer = span.score > last.score ? span : last;
    result[result.length - 1] = { ...surer, start: last.start, end: Math.max(last.end, span.end) };
  }
  return result;
}
