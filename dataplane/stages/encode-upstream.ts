// Stage 10: what goes upstream: the headers to set and remove, and the body with only those bytes
// rewritten that an earlier stage wants changed.
import { cacheControlHeader, selectedModelHeader } from '../../config/names.ts';
import { estimatePromptTokens } from '../domain/estimate-tokens.ts';
import type { HeaderList, HeaderMutation } from '../domain/http.ts';
import { needsForcedUsage, rewriteRequest, type RequestEdits } from '../domain/rewrite-request.ts';
import type { IdentityPlan, RoutePlan } from '../runtime/runtime.ts';
import { proceed, type Stage } from './stage.ts';
import type { Encoded, Guarded, Parsed, Prompted, Reasoned, Received, Routed } from './state.ts';

type Needs = Received & Parsed & Guarded & Routed & Reasoned & Prompted;

export const encodeUpstream: Stage<Needs, Encoded> = {
  name: 'encode-upstream',
  run(state, { runtime }) {
    const { request, route } = state;
    const usageForced = needsForcedUsage(request);
    const edits: RequestEdits = {
      ...state.reasoningEdits,
      ...state.promptEdits,
      ...state.maskEdits,
      ...(route.upstreamModel === request.requestedModel ? {} : { model: route.upstreamModel }),
      forceIncludeUsage: usageForced,
    };
    return proceed({
      headers: headersFor(route, runtime.identity, state.head.headers),
      upstreamBody: rewriteRequest(request, edits),
      usageForced,
      promptTokens: estimatePromptTokens(request.promptBytes),
    });
  },
};

function headersFor(
  { model, headerPlugin }: RoutePlan,
  identity: IdentityPlan | undefined,
  present: HeaderList,
): HeaderMutation {
  const set: (readonly [string, string])[] = [
    [selectedModelHeader, model.name],
    // Usage must be readable: what is compressed all the same is decoded, at a price.
    ['accept-encoding', 'identity'],
  ];
  const remove = [cacheControlHeader, ...(identity?.headers ?? [])];
  if (headerPlugin !== undefined) {
    for (const pair of headerPlugin.add) {
      if (present.get(pair[0]) === undefined) set.push(pair);
    }
    set.push(...headerPlugin.update);
    remove.push(...headerPlugin.remove);
  }
  return { set, remove };
}
