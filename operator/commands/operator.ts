// `operator`: watches SemanticRouterMaas resources and makes the cluster match.
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { connectKube, currentNamespace, type ConnectOptions } from '../kube/client-node-kube.ts';
import { createLog, readLogOptions, type LogOptions } from '../log.ts';
import { startOperator, type Election, type OperatorOptions } from '../main.ts';
import { imageSchema } from '../resource/kubernetes-shapes.ts';
import { exitCodes } from './io.ts';

const help = `Usage: semantic-router-maas operator [OPTIONS]

Watches SemanticRouterMaas resources and makes the cluster match.

  --watch-namespaces NS,NS        only these namespaces (all)
  --router-image IMAGE            image of the routers that name none
  --envoy-image IMAGE             image of the Envoys that name none
  --leader-elect                  stand back while another operator leads (default)
  --no-leader-elect               no other operator runs beside this one
  --lease-namespace NAMESPACE     where the Lease lies (POD_NAMESPACE, else the kubeconfig's)
  --lease-name NAME               name of the Lease (semantic-router-maas)
  --lease-seconds N               how long others wait for a leader that is silent (15)
  --renew-seconds N               a leader that cannot renew for this long ends (10)
  --retry-seconds N               between attempts to renew, or to become leader (2)
  --follow-api-key-secrets NS,NS  namespaces whose API-key Secrets' annotations are followed (none)
  --concurrency N                 resources at once (5)
  --resync SECONDS                every resource is looked at again this often (36000)
  --metrics HOST:PORT             where /metrics listens (0.0.0.0:8080)
  --health HOST:PORT              where /healthz and /readyz listen (0.0.0.0:8081)
  --kubeconfig FILE               credentials (KUBECONFIG, else the pod's own)

Environment: LOG_LEVEL, LOG_FORMAT (json, pretty), POD_NAME, POD_NAMESPACE, KUBECONFIG.
`;

const options = {
  'watch-namespaces': { type: 'string' },
  'router-image': { type: 'string', default: 'semantic-router-maas:0.1.0' },
  'envoy-image': { type: 'string', default: 'envoyproxy/envoy:v1.40.0' },
  'leader-elect': { type: 'boolean', default: true },
  'lease-namespace': { type: 'string' },
  'lease-name': { type: 'string', default: 'semantic-router-maas' },
  'lease-seconds': { type: 'string', default: '15' },
  'renew-seconds': { type: 'string', default: '10' },
  'retry-seconds': { type: 'string', default: '2' },
  'follow-api-key-secrets': { type: 'string', default: '' },
  concurrency: { type: 'string', default: '5' },
  resync: { type: 'string', default: '36000' },
  metrics: { type: 'string', default: '0.0.0.0:8080' },
  health: { type: 'string', default: '0.0.0.0:8081' },
  kubeconfig: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export async function operator(args: readonly string[]): Promise<number> {
  const refuse = (error: unknown, code: number): number => {
    const sentence = error instanceof Error ? error.message : String(error);
    process.stderr.write(`semantic-router-maas operator: ${sentence}\n`);
    return code;
  };
  let call: Call;
  try {
    const { values } = parseArgs({ args: [...args], options, allowNegative: true });
    if (values.help) {
      process.stdout.write(help);
      return exitCodes.ok;
    }
    call = readCall(values);
  } catch (error) {
    return refuse(error, exitCodes.usage);
  }
  try {
    return await run(call);
  } catch (error) {
    return refuse(error, exitCodes.problems);
  }
}

type Values = ReturnType<typeof parseArgs<{ readonly options: typeof options }>>['values'];

/** All that was said on the command line and in the environment, checked. */
interface Call extends Omit<OperatorOptions, 'kube' | 'log' | 'election'> {
  readonly logging: LogOptions;
  readonly connection: ConnectOptions;
  /** Undefined: no other operator runs beside this one. */
  readonly election:
    (LeaseTimes & { readonly name: string; readonly namespace: string | undefined }) | undefined;
}

/** Throws a sentence about what is wrong. */
function readCall(values: Values): Call {
  const { POD_NAME, POD_NAMESPACE } = process.env;
  return {
    logging: readLogOptions(process.env, process.stderr.isTTY),
    connection: values.kubeconfig === undefined ? {} : { kubeconfig: values.kubeconfig },
    defaults: {
      images: {
        router: readImage('--router-image', values['router-image']),
        envoy: readImage('--envoy-image', values['envoy-image']),
      },
      operatorNamespace: POD_NAMESPACE,
    },
    watchNamespaces: readNamespaces('--watch-namespaces', values['watch-namespaces']),
    apiKeyNamespaces:
      readNamespaces('--follow-api-key-secrets', values['follow-api-key-secrets']) ?? [],
    election: values['leader-elect']
      ? {
          name: values['lease-name'],
          namespace: values['lease-namespace'] ?? POD_NAMESPACE,
          ...readLeaseTimes(values),
        }
      : undefined,
    instance: POD_NAME ?? hostname(),
    concurrency: readCount('--concurrency', values.concurrency),
    resyncMs: readCount('--resync', values.resync) * 1000,
    metrics: readAddress('--metrics', values.metrics),
    health: readAddress('--health', values.health),
  };
}

async function run({ connection, election, logging, ...call }: Call): Promise<number> {
  const log = createLog(logging);
  const running = await startOperator({
    ...call,
    log,
    kube: connectKube(connection),
    election: election === undefined ? undefined : electionOf(election, connection),
  });
  log.info('the operator runs', {
    ...running.ports,
    namespaces: call.watchNamespaces?.join(',') ?? 'all',
  });
  const ending = await Promise.race([untilSignalled(), running.lost]);
  const isLost = ending instanceof Error;
  log.info('shutting down', { reason: isLost ? ending.message : ending });
  await running.stop();
  return isLost ? exitCodes.problems : exitCodes.ok;
}

function electionOf(
  { name, namespace, ...times }: NonNullable<Call['election']>,
  connection: ConnectOptions,
): Election {
  const home = namespace ?? currentNamespace(connection) ?? 'default';
  return { lease: { name, namespace: home }, ...times };
}

/** Names of namespaces between commas; undefined when there are none. */
function readNamespaces(flag: string, text = ''): readonly string[] | undefined {
  const names = text.split(',').map((name) => name.trim());
  const given = names.filter((name) => name !== '');
  const wrong = given.find((name) => !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name));
  if (wrong !== undefined) {
    throw new Error(`${flag} must be names of namespaces, not ${JSON.stringify(wrong)}.`);
  }
  return given.length === 0 ? undefined : given;
}

function readImage(flag: string, text: string): string {
  if (imageSchema.safeParse(text).success) return text;
  throw new Error(`${flag} must be an image such as example.com/a:1, not ${JSON.stringify(text)}.`);
}

function readCount(flag: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new Error(`${flag} must be a positive number, not ${JSON.stringify(text)}.`);
}

interface LeaseTimes {
  readonly leaseSeconds: number;
  readonly renewSeconds: number;
  readonly retrySeconds: number;
}

/** A leader must have given up before anybody else may begin, and have had time to try again. */
function readLeaseTimes(
  values: Readonly<Record<'lease-seconds' | 'renew-seconds' | 'retry-seconds', string>>,
): LeaseTimes {
  const leaseSeconds = readCount('--lease-seconds', values['lease-seconds']);
  const renewSeconds = readCount('--renew-seconds', values['renew-seconds']);
  const retrySeconds = readCount('--retry-seconds', values['retry-seconds']);
  if (retrySeconds < renewSeconds && renewSeconds < leaseSeconds) {
    return { leaseSeconds, renewSeconds, retrySeconds };
  }
  throw new Error(
    '--retry-seconds must be less than --renew-seconds, and that less than --lease-seconds.',
  );
}

function readAddress(flag: string, text: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) {
    throw new Error(`${flag} must be HOST:PORT, not ${JSON.stringify(text)}.`);
  }
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function untilSignalled(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve(signal);
      });
    }
  });
}
