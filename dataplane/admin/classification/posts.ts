// The classification API as paths that take a body: who may ask, how many at once, and what is JSON.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { PostHandler } from '../http-server.ts';
import { apiFailure, apiRoutes, type ApiDeps, type ApiReply, type ApiRoute } from './routes.ts';

export interface ApiAccess {
  /** Bearer token that callers must show; undefined: anybody who reaches the port may ask. */
  readonly token: string | undefined;
}

/** Calls that are answered at a time: routing comes first, and models take one after the other. */
const maxCalls = 8;

export function classificationPosts(
  deps: ApiDeps,
  { token }: ApiAccess,
): Readonly<Record<string, PostHandler>> {
  let running = 0;
  const guarded =
    (route: ApiRoute): PostHandler =>
    async (body, request) => {
      if (token !== undefined && !shows(request, token)) {
        return apiFailure(401, 'UNAUTHORIZED', 'A bearer token is needed: Authorization: Bearer …');
      }
      if (running >= maxCalls) {
        return apiFailure(429, 'BUSY', `${maxCalls} calls are being answered; try again.`);
      }
      running += 1;
      try {
        return await answer(route, body, deps);
      } finally {
        running -= 1;
      }
    };
  return Object.fromEntries(
    Object.entries(apiRoutes).map(([path, route]) => [path, guarded(route)]),
  );
}

async function answer(route: ApiRoute, body: Buffer, deps: ApiDeps): Promise<ApiReply> {
  let sent: unknown;
  try {
    sent = JSON.parse(body.toString('utf8'));
  } catch {
    return apiFailure(400, 'INVALID_JSON', 'The body is not JSON.');
  }
  return route.answer(sent, deps);
}

/** Compared by digest, so that the time taken tells nothing of the token. */
function shows({ headers }: IncomingMessage, token: string): boolean {
  const [, shown] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  return shown !== undefined && timingSafeEqual(digest(shown), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
