// Envoy's own errors in the form that OpenAI clients read. What the router or ext_authz answered is
// theirs and stays as it is.
import { localReplyDetails } from '../names.ts';
import { any, type EnvoyMessage } from './json.ts';
import type { AuthzService } from './options.ts';

interface OwnError {
  readonly message: string;
  readonly type: 'invalid_request_error' | 'server_error';
  readonly code: string;
}

/** What Envoy itself may answer with, by status. */
const byStatus: ReadonlyMap<number, OwnError> = new Map([
  [400, invalid('The request is malformed.', 'invalid_request')],
  [403, invalid('The request is not allowed.', 'forbidden')],
  [404, invalid('There is nothing at this address.', 'not_found')],
  [408, invalid('The request took too long to arrive.', 'request_timeout')],
  [413, invalid('The request body is too large.', 'request_too_large')],
  [426, invalid('The protocol version is not supported.', 'upgrade_required')],
  [431, invalid('The request headers are too large.', 'headers_too_large')],
  [500, failure('The router could not process the request.', 'internal_error')],
  [502, failure('The model server gave no valid answer.', 'bad_gateway')],
  [503, failure('The model server did not answer.', 'service_unavailable')],
  [504, failure('The answer took too long.', 'timeout')],
]);

function invalid(message: string, code: string): OwnError {
  return { message, type: 'invalid_request_error', code };
}

function failure(message: string, code: string): OwnError {
  return { message, type: 'server_error', code };
}

/** Response code details, in CEL, that tell an answer of somebody else. */
const notEnvoysOwn = [
  `response.code_details.startsWith('${localReplyDetails.routerPrefix}')`,
  `response.code_details == '${localReplyDetails.routerUnnamed}'`,
  `response.code_details == '${localReplyDetails.authzDenied}'`,
].join(' || ');

/** Authorino's refusal of a request whose rules it does not hold: it has no body. */
const rulesAreMissing =
  `response.code_details == '${localReplyDetails.authzDenied}' && ` +
  "response.headers['x-ext-auth-reason'] == 'Service not found'";

/** The first mapper that fits an answer is the only one that it meets. */
export function localReplyConfig(authz?: AuthzService): EnvoyMessage {
  return {
    mappers: [
      ...(authz?.protocol === 'grpc' ? [unavailable(rulesAreMissing, noRules)] : []),
      { filter: expression('not-envoys-own', notEnvoysOwn) }, // stays as it is
      ...(authz === undefined ? [] : [unavailable(authzFailed, noAnswer)]),
      ...[...byStatus].map(([status, error]) => mapper('EQ', status, error)),
      mapper('GE', 500, failure('The request could not be processed.', 'internal_error')),
      mapper('GE', 400, invalid('The request was refused.', 'invalid_request')),
    ],
  };
}

const authzFailed = `response.code_details == '${localReplyDetails.authzFailed}'`;
const noAnswer = failure('The authorization service did not answer.', 'service_unavailable');
const noRules = failure('Authorization is not set up here yet.', 'service_unavailable');

function unavailable(condition: string, error: OwnError): EnvoyMessage {
  return {
    filter: expression('authorization', condition),
    status_code: 503,
    body_format_override: bodyOf(error),
  };
}

function mapper(op: 'EQ' | 'GE', status: number, error: OwnError): EnvoyMessage {
  return {
    filter: {
      status_code_filter: {
        // The key is Envoy's way to change the number at run time; nobody sets it.
        comparison: { op, value: { default_value: status, runtime_key: 'semantic_router.unused' } },
      },
    },
    body_format_override: bodyOf(error),
  };
}

function bodyOf({ message, type, code }: OwnError): EnvoyMessage {
  return {
    text_format_source: {
      inline_string: JSON.stringify({ error: { message, type, param: null, code } }),
    },
    content_type: 'application/json',
  };
}

function expression(name: string, condition: string): EnvoyMessage {
  return {
    extension_filter: {
      name,
      typed_config: any('envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter', {
        expression: condition,
      }),
    },
  };
}
