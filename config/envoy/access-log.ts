// One JSON line for each request, with what the router says of it. No query, no header that may
// carry a secret.
import { routerMetadataNamespace } from '../names.ts';
import { any, type EnvoyMessage } from './json.ts';
import type { EnvoyOptions } from './options.ts';

const format = {
  time: '%START_TIME%',
  request_id: '%REQ(X-REQUEST-ID)%',
  method: '%REQ(:METHOD)%',
  path: '%PATH(NQ)%',
  protocol: '%PROTOCOL%',
  status: '%RESPONSE_CODE%',
  details: '%RESPONSE_CODE_DETAILS%',
  flags: '%RESPONSE_FLAGS%',
  bytes_received: '%BYTES_RECEIVED%',
  bytes_sent: '%BYTES_SENT%',
  duration_ms: '%DURATION%',
  first_byte_ms: '%RESPONSE_DURATION%',
  cluster: '%UPSTREAM_CLUSTER_RAW%',
  upstream: '%UPSTREAM_HOST%',
  attempts: '%UPSTREAM_REQUEST_ATTEMPT_COUNT%',
  router: `%DYNAMIC_METADATA(${routerMetadataNamespace})%`,
};

export function accessLogs(where: EnvoyOptions['accessLog'] = 'stdout'): EnvoyMessage[] {
  if (where === 'none') return [];
  const logger =
    where === 'stdout'
      ? any('envoy.extensions.access_loggers.stream.v3.StdoutAccessLog', {
          log_format: { json_format: format },
        })
      : any('envoy.extensions.access_loggers.file.v3.FileAccessLog', {
          path: where.file,
          log_format: { json_format: format },
        });
  return [{ name: 'requests', typed_config: logger }];
}
