// Whether the pods run the configuration that they are given, by their own word. Pure.
import type { PodReport } from '../observed.ts';
import type { Verdict } from '../reasons.ts';

type ConfigVerdict = Verdict & { readonly type: 'ConfigLoaded' };

/** Names told of many; the rest is a number. */
const maxNames = 3;

/** `hash`: of the configuration in the ConfigMap; undefined: there is none. */
export function judgeConfigLoaded(
  hash: string | undefined,
  pods: readonly PodReport[],
): ConfigVerdict {
  if (hash === undefined) return verdict('False', 'Pending', 'No configuration was accepted yet.');
  const refusals = pods.flatMap(({ name, answer }) =>
    answer.kind === 'runs' && answer.refused?.hash === hash
      ? [`${name} refused ${hash}: ${answer.refused.problem}`]
      : [],
  );
  if (refusals.length > 0) return verdict('False', 'Refused', shorten(refusals));
  const silent = pods.flatMap(({ name, answer }) =>
    answer.kind === 'silent' ? [`${name}: ${answer.message}`] : [],
  );
  const loaded = pods.filter(({ answer }) => answer.kind === 'runs' && answer.hash === hash);
  const counts = `${loaded.length} of ${pods.length} pods run ${hash}`;
  if (pods.length === 0) return verdict('Unknown', 'NoPods', 'There is no pod to be asked.');
  if (loaded.length === pods.length) return verdict('True', 'Loaded', `${counts}.`);
  const waiting = pods.length - loaded.length - silent.length;
  if (waiting > 0 || silent.length === 0) return verdict('False', 'Pending', `${counts}.`);
  return verdict('Unknown', 'Unreachable', `${counts}; no answer of ${shorten(silent)}`);
}

function shorten(all: readonly string[]): string {
  const more = all.length - maxNames;
  const shown = all.slice(0, maxNames).join('; ');
  return more > 0 ? `${shown}; and ${more} more` : shown;
}

function verdict(
  status: ConfigVerdict['status'],
  reason: ConfigVerdict['reason'],
  message: string,
): ConfigVerdict {
  return { type: 'ConfigLoaded', status, reason, message };
}
