// Stage 11: the response headers that tell what the router did, over the backend's own copies.
import { reservedHeaderPrefix } from '../../config/names.ts';
import type { HeaderMutation } from '../domain/http.ts';
import type { Detection } from '../domain/guard-verdict.ts';
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
  const set: (readonly [string, string])[] = [];
  const add = (name: string | undefined, value: string | undefined): void => {
    if (name !== undefined && value !== undefined) set.push([name, value]);
  };
  const blocked = facts.blockReasons.length > 0;
  add(names.model, facts.model);
  add(names.decision, facts.decision);
  add(names.category, facts.category);
  add(names.reasoning, facts.reasoning ? 'on' : 'off');
  add(names.systemPromptInjected, String(facts.systemPromptInjected));
  add(names.cacheHit, facts.cacheHit || names.tellsMisses ? String(facts.cacheHit) : undefined);
  add(names.requestBlocked, String(blocked));
  add(names.blockReason, blocked ? facts.blockReasons.join(',') : undefined);
  add(names.piiDetected, piiTypes(facts.detections));
  add(names.jailbreakDetected, String(facts.detections.some(({ kind }) => kind === 'jailbreak')));
  return set;
}

/** Each type once; undefined where nothing was found. */
function piiTypes(detections: readonly Detection[]): string | undefined {
  if (detections.length === 0) return undefined;
  const types = new Set(detections.flatMap(({ kind, type }) => (kind === 'pii' ? [type] : [])));
  return types.size > 0 ? [...types].join(',') : undefined;
}
