// The flags that tell both the init step and the router what their Envoy is like. The data plane's
// commands `envoy-files` and `router` read them.
import { ports } from '../../../config/names.ts';
import { authzService } from '../auth-link.ts';
import type { DesiredContext } from '../context.ts';
import { configKey } from '../names.ts';
import { paths } from './volumes.ts';

export function envoyFlags(context: DesiredContext): string[] {
  const { provider, trustIncomingHeaders } = context.spec.auth;
  return [
    ...['--config', `${paths.config}/${configKey}`],
    ...['--envoy-directory', paths.envoy],
    ...['--envoy-listen', `0.0.0.0:${ports.envoy}`],
    ...(provider === 'None' && trustIncomingHeaders ? ['--identity-headers', 'keep'] : []),
    ...authorinoFlags(context),
  ];
}

function authorinoFlags(context: DesiredContext): string[] {
  const service = authzService(context);
  if (service === undefined) return [];
  const { host, port, hostKey, caFile, timeoutSeconds } = service;
  return [
    ...['--authz-grpc', `${host.includes(':') ? `[${host}]` : host}:${port}`],
    ...['--authz-host', hostKey],
    ...(caFile === undefined ? [] : ['--authz-ca', caFile]),
    ...(timeoutSeconds === undefined ? [] : ['--authz-timeout', String(timeoutSeconds)]),
  ];
}
