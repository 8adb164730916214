// Stage 11: the response headers that tell what the router did, over the backend's own copies.
import { reservedHeaderPrefix } from '../../config/names.ts';
import type { HeaderMutation } from '../domain/http.ts';
import type { Detection } from '../ports.ts';
import type { ResponseHeaderNames } from '../runtime/runtime.ts';
import type { Annotated, Answering } from './response-state.ts';
import { proceed, type Stage } from './stage.ts';

export const annotate: Stage<Answering, Annotated> = {
  name: 'annotate',
  run({ forwarded, responseHead }, { runtime }) {
    const names = runtime.responseHeaders;
    return proceed({
      responseHeaders: {
        // Removals apply before sets, so a name may stand in both.
        remove: [...responseHead.headers.startingWith(reservedHeaderPrefix), ...names.reserved],
        set: routingHeaders(names, {
          model: forwarded.route.model.name,
          decision: forwarded.route.decision,
          category: forwarded.category,
          reasoning: forwarded.reasoning,
          systemPromptInjected: forwarded.systemPromptInjected,
          cacheHit: false,
          blockReasons: [],
          detections: forwarded.detections,
        }),
      },
    });
  },
};

/** What the headers of one answer say. */
export interface RoutingFacts {
  readonly model: string;
  readonly decision: string;
  /** Undefined: the header is left out. */
  readonly category: string | undefined;
  readonly reasoning: boolean;
  readonly systemPromptInjected: boolean;
  readonly cacheHit: boolean;
  /** Empty unless the request was blocked. */
  readonly blockReasons: readonly string[];
  readonly detections: readonly Detection[];
}

/** The headers of an answer, forwarded or immediate. */
export function routingHeaders(
  names: ResponseHeaderNames,
  facts: RoutingFacts,
): HeaderMutation['set'] {
  const blocked = facts.blockReasons.length > 0;
  const piiTypes = [
    ...new Set(facts.detections.flatMap(({ kind, type }) => (kind === 'pii' ? [type] : []))),
  ];
  const jailbreak = facts.detections.some(({ kind }) => kind === 'jailbreak');
  const values: readonly (readonly [string | undefined, string | undefined])[] = [
    [names.model, facts.model],
    [names.decision, facts.decision],
    [names.category, facts.category],
    [names.reasoning, facts.reasoning ? 'on' : 'off'],
    [names.systemPromptInjected, String(facts.systemPromptInjected)],
    [names.cacheHit, String(facts.cacheHit)],
    [names.requestBlocked, String(blocked)],
    [names.blockReason, blocked ? facts.blockReasons.join(',') : undefined],
    [names.piiDetected, piiTypes.length > 0 ? piiTypes.join(',') : undefined],
    [names.jailbreakDetected, String(jailbreak)],
  ];
  const set: (readonly [string, string])[] = [];
  for (const [name, value] of values) {
    if (name !== undefined && value !== undefined) set.push([name, value]);
  }
  return set;
}
