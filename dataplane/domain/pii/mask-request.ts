// Puts placeholders in the place of the personal data that a policy refuses, where it stands in the
// request: where it was found, and wherever else the same value comes, also in earlier answers of the
// model, which clients send back with their values restored.
import type { ChatRequest } from '../chat-request.ts';
import type { PiiFinding, PiiSpan } from '../findings.ts';
import { isRefused, type PiiPolicy } from '../guard-verdict.ts';
import { answeredTexts } from '../request/earlier-answers.ts';
import { contentText } from '../request/turns.ts';
import type { RequestEdits } from '../rewrite-request.ts';
import { Placeholders } from './placeholders.ts';

export interface Masked {
  readonly edits: RequestEdits;
  readonly placeholders: Placeholders;
}

/** `finding`: of the guarded texts of the request, in their order. */
export function maskRequest(request: ChatRequest, finding: PiiFinding, policy: PiiPolicy): Masked {
  const { document, turns } = request.source;
  const guarded = request.guardedTexts();
  const answered = answeredTexts(document, turns);
  const operators = turns.map(({ content }) => contentText(document, content));
  const placeholders = new Placeholders([
    ...[...guarded, ...answered].map(({ text }) => text),
    ...operators,
  ]);
  const masked = guarded.map(({ node, text }, index) => {
    const refused = (finding.spans[index] ?? []).filter((span) => isRefused(policy, span));
    return { node, text, masked: maskText(text, refused, placeholders) };
  });
  // Only now are all values known.
  const texts = [
    ...masked.map((one) => ({ ...one, masked: placeholders.hide(one.masked) })),
    ...answered.map((one) => ({ ...one, masked: placeholders.hide(one.text, one.isJson) })),
  ].flatMap((one) => (one.masked === one.text ? [] : [{ node: one.node, text: one.masked }]));
  return { edits: texts.length === 0 ? {} : { texts }, placeholders };
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
