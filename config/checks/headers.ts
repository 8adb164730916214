// Headers that the configuration may not name, because they are Envoy's, the protocol's or ours.
import { reservedHeaderPrefix, responseHeaderSuffixes, selectedModelHeader } from '../names.ts';
import type { Decision, RouterConfig } from '../schema/index.ts';
import { quote, type Path } from '../source/problem.ts';
import { checkOf, type Check } from './check-of.ts';

type Maas = Pick<RouterConfig, 'maas_integration'>;

export const headerChecks: readonly Check[] = [
  checkOf('the identity headers differ', ['maas_integration'], function* (config) {
    const seen = new Map<string, string>();
    for (const { name, path } of identityHeaders(config)) {
      const other = seen.get(name);
      if (other !== undefined)
        yield { path, message: `${quote(name)} is the \`${other}\` already` };
      else seen.set(name, String(path.at(-1)));
    }
  }),

  checkOf('identity headers are free', ['maas_integration'], function* (config) {
    for (const { name, path } of identityHeaders(config)) {
      const reason =
        reservedFor(name) ??
        (credentials.has(name) ? 'carries a credential, which would become a label' : undefined);
      if (reason !== undefined) yield { path, message: `${quote(name)} ${reason}` };
    }
  }),

  checkOf('response headers are free', ['maas_integration'], function* (config) {
    const { prefix } = config.maas_integration.headers;
    const path = ['maas_integration', 'headers', 'prefix'];
    if (prefix.startsWith(envoyPrefix)) yield { path, message: `${quote(prefix)} ${isEnvoys}` };
    const identity = new Set(identityHeaders(config).map(({ name }) => name));
    for (const suffix of Object.values(responseHeaderSuffixes)) {
      const name = prefix + suffix;
      if (!identity.has(name)) continue;
      yield { path, message: `makes ${quote(name)}, which carries the caller identity` };
    }
  }),

  checkOf(
    'header_mutation leaves some alone',
    ['decisions', 'maas_integration'],
    function* (config) {
      const identity = new Set(identityHeaders(config).map(({ name }) => name));
      const { prefix } = config.maas_integration.headers;
      for (const { name, path } of mutatedHeaders(config.decisions)) {
        const reason =
          reservedFor(name) ??
          (identity.has(name) ? 'carries the caller identity' : undefined) ??
          (name.startsWith(prefix) ? 'is one that the router writes itself' : undefined);
        if (reason !== undefined) yield { path, message: `${quote(name)} ${reason}` };
      }
    },
  ),

  checkOf('header_mutation names a header once', ['decisions'], function* (config) {
    const seen = new Set<string>();
    for (const { name, path } of mutatedHeaders(config.decisions)) {
      const key = `${String(path[1])} ${String(path[3])} ${name}`;
      if (seen.has(key)) yield { path, message: `${quote(name)} stands more than once` };
      seen.add(key);
    }
  }),

  checkOf('the identity has one source', ['maas_integration'], function* (config) {
    const { attributes, metadata } = config.maas_integration.authentication;
    if (attributes === undefined || metadata === undefined) return;
    const message = 'stands beside `metadata`; the identity comes from one of them';
    yield { path: ['maas_integration', 'authentication', 'attributes'], message };
  }),
];

const envoyPrefix = 'x-envoy-';
const isEnvoys = "begins with x-envoy-, which is Envoy's";

// RFC 9110, section 7.6.1, and what says where a message ends or goes.
const transportHeaders: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'keep-alive',
  'proxy-connection',
]);

/** Why no configuration may name the header; undefined when it may. */
function reservedFor(name: string): string | undefined {
  if (transportHeaders.has(name)) return 'belongs to HTTP';
  if (name.startsWith(envoyPrefix)) return isEnvoys;
  if (name === selectedModelHeader) return 'tells Envoy which model was selected';
  if (name.startsWith(reservedHeaderPrefix)) {
    return `begins with ${reservedHeaderPrefix}, which requests may not carry`;
  }
  return undefined;
}

/** Headers that would show secrets in labels and logs if they were the identity. */
const credentials: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'x-api-key',
]);

interface PlacedName {
  /** In lower case, as Envoy has all header names. */
  readonly name: string;
  readonly path: Path;
}

function identityHeaders({ maas_integration }: Maas): PlacedName[] {
  const { authentication } = maas_integration;
  return (['user_header', 'tier_header', 'groups_header'] as const).flatMap((key) => {
    const name = authentication[key]?.toLowerCase();
    return name === undefined ? [] : [{ name, path: ['maas_integration', 'authentication', key] }];
  });
}

function* mutatedHeaders(decisions: readonly Decision[]): Generator<PlacedName> {
  for (const [decision, { plugins }] of decisions.entries()) {
    for (const [index, plugin] of plugins.entries()) {
      if (plugin.type !== 'header_mutation') continue;
      const path = ['decisions', decision, 'plugins', index, 'configuration'];
      const { add, update, delete: removed } = plugin.configuration;
      for (const [key, pairs] of Object.entries({ add, update })) {
        for (const [at, { name }] of pairs.entries()) {
          yield { name: name.toLowerCase(), path: [...path, key, at, 'name'] };
        }
      }
      for (const [at, name] of removed.entries()) {
        yield { name: name.toLowerCase(), path: [...path, 'delete', at] };
      }
    }
  }
}
