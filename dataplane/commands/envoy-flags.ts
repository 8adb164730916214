// The flags that describe the Envoy beside a router. Two commands take them, one that writes its
// first files and one that keeps them in step: both must derive the same from the same flags.
import type { AuthzService, EnvoyOptions, TcpAddress } from '../../config/envoy/options.ts';
import { ports } from '../../config/names.ts';
import { readAddress, readChoice, readSeconds } from './arguments.ts';

export const envoyFlags = {
  'envoy-directory': { type: 'string' },
  'envoy-listen': { type: 'string', default: `0.0.0.0:${ports.envoy}` },
  'envoy-admin': { type: 'string' },
  'ext-proc': { type: 'string' },
  'identity-headers': { type: 'string', default: 'strip' },
  'access-log': { type: 'string', default: 'stdout' },
  'authz-grpc': { type: 'string' },
  'authz-host': { type: 'string' },
  'authz-ca': { type: 'string' },
  'authz-timeout': { type: 'string', default: '2' },
} as const;

/** Lines for `--help`. */
export const envoyFlagsHelp = `\
  --envoy-directory DIR      absolute folder that Envoy reads its configuration from
  --envoy-listen HOST:PORT   where clients connect (0.0.0.0:${ports.envoy})
  --envoy-admin ADDRESS      HOST:PORT or unix:/PATH of Envoy's admin interface (unix:DIR/admin.sock)
  --ext-proc ADDRESS         HOST:PORT or unix:/PATH of the router (unix:DIR/ext-proc.sock)
  --identity-headers WHAT    strip: a client's own are removed; keep: a gateway in front sets them
  --access-log WHERE         stdout, none or an absolute file (stdout)
  --authz-grpc HOST:PORT     an authorization service such as Authorino, asked about each request
  --authz-host KEY           the rules that it holds requests to; needed with --authz-grpc
  --authz-ca FILE            PEM authorities of its certificate; plaintext when left out
  --authz-timeout SECONDS    requests are refused with 503 after that (2)
`;

type FlagValues = { readonly [Flag in keyof typeof envoyFlags]?: string | undefined };

export interface EnvoyBeside {
  readonly envoy: EnvoyOptions;
  /** Where the router listens for that Envoy: `host:port` or `unix:/path`. */
  readonly extProcAddress: string;
}

/** Undefined without `--envoy-directory`; throws a sentence for a flag that is wrong. */
export function readEnvoyFlags(values: FlagValues): EnvoyBeside | undefined {
  const directory = values['envoy-directory'];
  if (directory === undefined) return undefined;
  if (!directory.startsWith('/')) {
    throw new Error(`--envoy-directory must be absolute, not ${JSON.stringify(directory)}.`);
  }
  const extProcAddress = values['ext-proc'] ?? `unix:${directory}/ext-proc.sock`;
  const extProc = readSocket('--ext-proc', extProcAddress);
  return {
    extProcAddress,
    envoy: {
      directory,
      listen: readAddress('--envoy-listen', values['envoy-listen'] ?? ''),
      admin: readSocket('--envoy-admin', values['envoy-admin'] ?? `unix:${directory}/admin.sock`),
      extProc: 'host' in extProc ? { ...extProc, host: reachable(extProc.host) } : extProc,
      incomingIdentityHeaders: readChoice('--identity-headers', values['identity-headers'], [
        'strip',
        'keep',
      ]),
      accessLog: readAccessLog(values['access-log']),
      ...readAuthz(values),
    },
  };
}

// The kernel holds socket paths in 108 bytes, the last of them a zero.
const longestSocketPath = 107;

function readSocket(flag: string, value: string): TcpAddress | { readonly unixSocket: string } {
  if (!value.startsWith('unix:')) return readAddress(flag, value);
  const unixSocket = value.slice('unix:'.length);
  if (!unixSocket.startsWith('/') || Buffer.byteLength(unixSocket) > longestSocketPath) {
    throw new Error(
      `${flag} must be unix: and an absolute path of at most ${longestSocketPath} bytes, not ` +
        `${JSON.stringify(value)}.`,
    );
  }
  return { unixSocket };
}

/** A server that listens everywhere is found on this machine. */
function reachable(host: string): string {
  return host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
}

function readAccessLog(value = 'stdout'): NonNullable<EnvoyOptions['accessLog']> {
  if (value === 'stdout' || value === 'none') return value;
  if (value.startsWith('/')) return { file: value };
  throw new Error(
    `--access-log must be stdout, none or an absolute file, not ${JSON.stringify(value)}.`,
  );
}

function readAuthz(values: FlagValues): { readonly authz?: AuthzService } {
  const address = values['authz-grpc'];
  const hostKey = values['authz-host'];
  if (address === undefined) {
    if (hostKey !== undefined) throw new Error('--authz-host needs --authz-grpc.');
    return {};
  }
  if (hostKey === undefined) throw new Error('--authz-grpc needs --authz-host.');
  const caFile = values['authz-ca'];
  return {
    authz: {
      protocol: 'grpc',
      ...readAddress('--authz-grpc', address),
      hostKey,
      timeoutSeconds: readSeconds('--authz-timeout', values['authz-timeout'] ?? '2'),
      ...(caFile === undefined ? {} : { caFile }),
    },
  };
}
