// A stand-in for Authorino: an ext_authz server over gRPC that answers in the form in which the real
// one was seen to answer. What it decides is the test's business, not Authorino's.
import {
  Server,
  ServerCredentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { fileURLToPath } from 'node:url';

/** What Envoy tells of one request; header names are lower case. */
export interface AuthzRequest {
  readonly host: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly contextExtensions: Readonly<Record<string, string>>;
  /** Length of the body that was sent along. */
  readonly bodyBytes: number;
}

export type AuthzVerdict =
  | {
      /** Set on the request, in the place of what is there. */
      readonly headers: Readonly<Record<string, string>>;
      /** Strings under `identity` in the dynamic metadata; none when left out. */
      readonly identity?: Readonly<Record<string, string>>;
    }
  | {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  /** Never answers. */
  | 'hang';

export interface AuthorinoStandIn {
  readonly port: number;
  /** Every request so far, oldest first. */
  readonly seen: readonly AuthzRequest[];
  close(): void;
}

/** The refusal of a request whose AuthConfig Authorino does not hold. */
export const serviceNotFound: AuthzVerdict = {
  status: 404,
  headers: { 'x-ext-auth-reason': 'Service not found' },
  body: '',
};

/** Listens on a free port of 127.0.0.1. */
export async function startAuthorinoStandIn(
  decide: (request: AuthzRequest) => AuthzVerdict,
  credentials: ServerCredentials = ServerCredentials.createInsecure(),
): Promise<AuthorinoStandIn> {
  const seen: AuthzRequest[] = [];
  const server = new Server();
  const check = (call: { request: CheckRequest }, reply: Reply): void => {
    const request = readRequest(call.request);
    seen.push(request);
    const verdict = decide(request);
    if (verdict !== 'hang') reply(null, checkResponse(verdict));
  };
  server.addService(authorization.service, { Check: check as UntypedHandleCall });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    port,
    seen,
    close: () => {
      server.forceShutdown();
    },
  };
}

const protoFile = fileURLToPath(new URL('protos/ext-authz.proto', import.meta.url));
const definition = loadPackageDefinition(loadSync(protoFile, { defaults: true })) as unknown as {
  envoy: { service: { auth: { v3: { Authorization: ServiceClientConstructor } } } };
};
const authorization = definition.envoy.service.auth.v3.Authorization;

type Reply = (error: null, response: object) => void;

interface CheckRequest {
  readonly attributes: {
    readonly request: {
      readonly http: {
        readonly host: string;
        readonly headers: Readonly<Record<string, string>>;
        readonly body: string;
        readonly rawBody: Buffer;
      };
    };
    readonly contextExtensions: Readonly<Record<string, string>>;
  };
}

function readRequest({ attributes }: CheckRequest): AuthzRequest {
  const { host, headers, body, rawBody } = attributes.request.http;
  const { contextExtensions } = attributes;
  return { host, headers, contextExtensions, bodyBytes: body.length + rawBody.length };
}

// gRPC codes.
const ok = 0;
const permissionDenied = 7;

function checkResponse(verdict: Exclude<AuthzVerdict, 'hang'>): object {
  const headers = Object.entries(verdict.headers).map(([key, value]) => ({
    header: { key, value },
  }));
  if ('status' in verdict) {
    const { status, body } = verdict;
    return {
      status: { code: permissionDenied },
      deniedResponse: { status: { code: status }, headers, body },
    };
  }
  const { identity } = verdict;
  return {
    status: { code: ok },
    okResponse: { headers },
    ...(identity === undefined ? {} : { dynamicMetadata: struct({ identity }) }),
  };
}

function struct(values: Readonly<Record<string, string | Readonly<Record<string, string>>>>) {
  const fields: Record<string, object> = {};
  for (const [name, value] of Object.entries(values)) {
    fields[name] =
      typeof value === 'string' ? { stringValue: value } : { structValue: struct(value) };
  }
  return { fields };
}
