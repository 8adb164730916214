// Which requests are ours: the OpenAI-style endpoints that are routed or metered.
import type { Endpoint } from './usage-record.ts';

export type EndpointMatch =
  | { readonly kind: 'metered'; readonly endpoint: Endpoint }
  | { readonly kind: 'list-models' }
  | { readonly kind: 'get-model'; readonly model: string }
  | { readonly kind: 'method-not-allowed'; readonly allow: string }
  /** Not ours: passes untouched. */
  | { readonly kind: 'foreign' };

const metered: ReadonlyMap<string, Endpoint> = new Map([
  ['/v1/chat/completions', 'chat.completions'],
  ['/v1/completions', 'completions'],
  ['/v1/embeddings', 'embeddings'],
  ['/v1/responses', 'responses'],
  ['/v1/messages', 'messages'],
]);

const foreign: EndpointMatch = { kind: 'foreign' };
const modelPrefix = '/v1/models/';

/** Classifies a request by method and `:path`; the query string does not matter. */
export function matchEndpoint(method: string, pathWithQuery: string): EndpointMatch {
  const query = pathWithQuery.indexOf('?');
  let path = query < 0 ? pathWithQuery : pathWithQuery.slice(0, query);
  if (path.length > 1 && path.endsWith('/')) path = path.slice(0, -1);
  const endpoint = metered.get(path);
  if (endpoint !== undefined) {
    // A browser's preflight is the backend's (or an earlier filter's) to answer.
    if (method === 'OPTIONS') return foreign;
    return method === 'POST'
      ? { kind: 'metered', endpoint }
      : { kind: 'method-not-allowed', allow: 'POST' };
  }
  if (path === '/v1/models') {
    if (method === 'OPTIONS') return foreign;
    return method === 'GET' || method === 'HEAD'
      ? { kind: 'list-models' }
      : { kind: 'method-not-allowed', allow: 'GET' };
  }
  if (path.startsWith(modelPrefix) && (method === 'GET' || method === 'HEAD')) {
    try {
      return { kind: 'get-model', model: decodeURIComponent(path.slice(modelPrefix.length)) };
    } catch {
      return foreign;
    }
  }
  return foreign;
}
