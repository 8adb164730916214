// Port 8080: whether the router lives, whether it is ready and what it lacks, which configuration is
// in force, which models there are. Everything is asked of functions when a request comes; this
// server keeps no state and shows no secret, since it is given none.
import type { BillingMode } from '../../config/mode.ts';
import type { ImmediateAnswer, MaybePromise } from '../domain/http.ts';
import { classificationPosts, type ApiAccess } from './classification/posts.ts';
import { openApiDocument } from './classification/openapi.ts';
import type { ApiDeps } from './classification/routes.ts';
import { sendJson, startHttpServer, type Handler, type RunningServer } from './http-server.ts';

/** One condition of being ready. */
interface ReadinessCheck {
  readonly ok: boolean;
  /** For a reader: what is so, such as `serving` or `waiting for Envoy to take version 7`. */
  readonly detail: string;
}

export interface Readiness {
  /** Shutting down: no new work, whatever the checks say. */
  readonly draining: boolean;
  /** By part, such as `ext_proc` and `config`; all must be ok. */
  readonly checks: Readonly<Record<string, ReadinessCheck>>;
  /**
   * What works less well than configured and is no reason to turn requests away, by part: `ledger`,
   * `signals`. Empty when nothing is.
   */
  readonly degraded: Readonly<Record<string, string>>;
  /** Kinds of signals that can be computed, with models or without. */
  readonly signals: readonly string[];
}

export interface ModelReport {
  /** What it is for, such as `embedding`. */
  readonly name: string;
  readonly state: 'ready' | 'loading' | 'absent' | 'failed';
  /** Whether a signal, a guard or the cache of the configuration in force is computed with it. */
  readonly needed: boolean;
  /** What is wrong, where something is. */
  readonly detail: string;
}

export interface ConfigReport {
  /** Content hash of the configuration in force. */
  readonly hash: string;
  /** When it was loaded, milliseconds since the epoch. */
  readonly loadedAtMs: number;
  readonly mode: BillingMode;
  /** How many models, decisions and the like there are. */
  readonly counts: Readonly<Record<string, number>>;
  readonly models: readonly ModelReport[];
  readonly warnings: readonly string[];
  /** The last content that was refused; undefined when the newest is in force. */
  readonly rejected:
    | { readonly atMs: number; readonly hash: string; readonly problems: readonly string[] }
    | undefined;
}

interface AdminSources {
  readiness(): MaybePromise<Readiness>;
  /**
   * Resolves when the router has ended its streams at shutdown; soon, when nobody has asked it to
   * shut down.
   */
  drained(): Promise<void>;
  config(): ConfigReport;
  /** The answer to GET /v1/models. */
  models(): ImmediateAnswer;
}

export interface AdminServerOptions {
  readonly sources: AdminSources;
  /** 0 takes any free port. */
  readonly port: number;
  /** All interfaces when left out. */
  readonly host?: string;
  readonly onError: (path: string, error: unknown) => void;
  /** The classification API, and who may ask it; not served when left out. */
  readonly api?: { readonly deps: ApiDeps; readonly access: ApiAccess } | undefined;
}

// A file with thousands of problems is one problem; the page stays readable.
const maxProblems = 100;

/** Rejects with one sentence when it cannot listen. */
export function startAdminServer({
  sources,
  port,
  host = '0.0.0.0',
  onError,
  api,
}: AdminServerOptions): Promise<RunningServer> {
  const routes: Readonly<Record<string, Handler>> = {
    '/healthz': (request, response) => {
      sendJson(request, response, { status: 200, body: { status: 'alive' } });
    },
    '/readyz': async (request, response) => {
      const readiness = await sources.readiness();
      const isReady = !readiness.draining && Object.values(readiness.checks).every(({ ok }) => ok);
      sendJson(request, response, {
        status: isReady ? 200 : 503,
        body: { ready: isReady, ...readiness },
      });
    },
    // The preStop hook of the Envoy beside the router: it is not ended before this is answered.
    '/drained': async (request, response) => {
      await sources.drained();
      sendJson(request, response, { status: 200, body: { drained: true } });
    },
    '/config': (request, response) => {
      sendJson(request, response, { status: 200, body: configBody(sources.config()) });
    },
    '/v1/models': (request, response) => {
      const { status, headers, body } = sources.models();
      response.writeHead(status, [
        ...headers.flat(),
        'content-length',
        String(Buffer.byteLength(body)),
      ]);
      response.end(request.method === 'HEAD' ? undefined : body);
    },
  };
  if (api === undefined) return startHttpServer({ purpose: 'admin', host, port, routes, onError });
  return startHttpServer({
    ...{ purpose: 'admin', host, port, onError },
    routes: { ...routes, ...classificationPages(sources) },
    posts: classificationPosts(api.deps, api.access),
  });
}

/** What the classification API tells of itself. */
function classificationPages(sources: AdminSources): Readonly<Record<string, Handler>> {
  return {
    '/openapi.json': (request, response) => {
      sendJson(request, response, { status: 200, body: openApiDocument() });
    },
    '/info/models': (request, response) => {
      sendJson(request, response, { status: 200, body: { models: sources.config().models } });
    },
  };
}

function configBody({ rejected, loadedAtMs, warnings, ...report }: ConfigReport): object {
  return {
    hash: report.hash,
    loadedAt: new Date(loadedAtMs).toISOString(),
    mode: report.mode,
    counts: report.counts,
    models: report.models,
    warnings: warnings.slice(0, maxProblems),
    rejected:
      rejected === undefined
        ? null
        : {
            hash: rejected.hash,
            at: new Date(rejected.atMs).toISOString(),
            problemCount: rejected.problems.length,
            problems: rejected.problems.slice(0, maxProblems),
          },
  };
}
