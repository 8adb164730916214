// What the AuthConfig's status proves, as the condition AuthReady. Authorino gives no generation with
// its conditions, and says nothing of keys that do not exist or issuers that do not answer: nor do we.
import type { KubeObject } from '../kube/port.ts';
import type { Verdict } from '../reasons.ts';

type AuthVerdict = Extract<Verdict, { type: 'AuthReady' }>;

export interface AuthFacts {
  /** Whether Authorino is to be asked. */
  readonly wanted: boolean;
  /** Whether the API of AuthConfigs is served. */
  readonly served: boolean;
  /** The AuthConfig as it was last read; undefined: there is none yet. */
  readonly live: KubeObject | undefined;
  /** Whether `live` is still to be brought to what is desired. */
  readonly outdated: boolean;
  /** Hosts that are to be linked. */
  readonly hosts: readonly string[];
}

/** Each looks for one thing that is in the way; the first that finds something has the word. */
const obstacles: readonly ((facts: AuthFacts) => AuthVerdict | undefined)[] = [
  notRequested, // Envoy asks nobody
  apiNotServed, // there can be no AuthConfig
  notWritten, // ours is not there yet, or an older one is
  invalid, // Authorino cannot use it
  notLinked, // some of our hosts belong to somebody else
  notReady, // Authorino has not said that it is done
];

/** AuthReady. */
export function judgeAuth(facts: AuthFacts): AuthVerdict {
  for (const obstacle of obstacles) {
    const verdict = obstacle(facts);
    if (verdict !== undefined) return verdict;
  }
  return say('True', 'Linked', `Authorino holds the AuthConfig for ${list(facts.hosts)}.`);
}

function notRequested({ wanted }: AuthFacts): AuthVerdict | undefined {
  return wanted ? undefined : say('True', 'NotRequested', 'spec.auth.provider is None.');
}

function apiNotServed({ served }: AuthFacts): AuthVerdict | undefined {
  if (served) return undefined;
  return say(
    'False',
    'ApiNotServed',
    'authorino.kuadrant.io/v1beta3 is not served here: install Authorino. Until then every request is refused.',
  );
}

function notWritten({ live, outdated }: AuthFacts): AuthVerdict | undefined {
  if (live === undefined) return say('Unknown', 'Pending', 'The AuthConfig is not written yet.');
  return outdated ? say('Unknown', 'Pending', 'The AuthConfig is about to be changed.') : undefined;
}

function invalid({ live }: AuthFacts): AuthVerdict | undefined {
  const ready = conditionOf(live, 'Ready');
  if (ready?.status !== 'False' || ready.reason !== 'Invalid') return undefined;
  const why = ready.message === undefined ? '' : `: ${ready.message}`;
  return say(
    'False',
    'InvalidAuthConfig',
    `Authorino cannot use the AuthConfig${why}. The previous version may still be serving.`,
  );
}

function notLinked(facts: AuthFacts): AuthVerdict | undefined {
  const ready = conditionOf(facts.live, 'Ready');
  if (ready?.status !== 'False' || ready.reason !== 'HostsNotLinked') return undefined;
  const missing = missingHosts(facts);
  const which = missing.length === 0 ? 'its hosts' : list(missing);
  return say(
    'False',
    'HostsNotLinked',
    `Another AuthConfig came first with ${which}: choose another spec.auth.host, or remove that one.`,
  );
}

function notReady(facts: AuthFacts): AuthVerdict | undefined {
  const ready = conditionOf(facts.live, 'Ready');
  if (ready === undefined) {
    return say('Unknown', 'Pending', 'Authorino has not said anything about the AuthConfig.');
  }
  const missing = missingHosts(facts);
  if (ready.status === 'True' && missing.length === 0) return undefined;
  if (ready.status === 'True') {
    return say('Unknown', 'Pending', `Authorino does not show ${list(missing)} as ready yet.`);
  }
  const why = [ready.reason, ready.message].filter((part) => part !== undefined && part !== '');
  return say(
    'Unknown',
    'Pending',
    `Authorino is not ready: ${why.join(': ') || 'no reason given'}.`,
  );
}

interface Condition {
  readonly type?: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
}

interface AuthConfigStatus {
  readonly conditions?: readonly Condition[];
  readonly summary?: { readonly hostsReady?: readonly string[] };
}

function statusOf(live: KubeObject | undefined): AuthConfigStatus {
  return live?.['status'] ?? {};
}

function conditionOf(live: KubeObject | undefined, type: string): Condition | undefined {
  return statusOf(live).conditions?.find((condition) => condition.type === type);
}

function missingHosts({ live, hosts }: AuthFacts): string[] {
  const ready = statusOf(live).summary?.hostsReady ?? [];
  return hosts.filter((host) => !ready.includes(host));
}

function list(hosts: readonly string[]): string {
  return hosts.join(', ');
}

function say(
  status: AuthVerdict['status'],
  reason: AuthVerdict['reason'],
  message: string,
): AuthVerdict {
  return { type: 'AuthReady', status, reason, message };
}
