// Whether an object in the cluster already holds all that is wanted of it. What others added, and
// what the API server filled in, does not count. Pure.

/**
 * Lists that Kubernetes keeps as sets of named elements: others may add to them, and their order is
 * nobody's business. Any other list is one value, which is ours as a whole.
 */
const sets = new Set([
  ...['containers', 'initContainers', 'env', 'volumeMounts', 'volumes', 'imagePullSecrets'],
  ...['topologySpreadConstraints', 'ownerReferences'],
]);

/** Keys under which strings and numbers are amounts: `1000m` is `1`. */
const amountKeys = new Set(['requests', 'limits', 'sizeLimit', 'target', 'divisor']);

/** Keys whose maps are one value to Kubernetes: a label more selects something else. */
const wholeKeys = new Set(['selector', 'matchLabels', 'nodeSelector']);

/** Whether everything in `wanted` is in `live`, with the same values. */
export function covers(live: unknown, wanted: unknown): boolean {
  return coversAt(live, wanted, { key: '', isAmount: false });
}

interface Place {
  /** Under which the value stands; of an element, that of its list. */
  readonly key: string;
  readonly isAmount: boolean;
}

/** What says no more than leaving it out, and is left out when it is stored. */
function isNothing(value: unknown, key: string): boolean {
  if (value === '' || (Array.isArray(value) && value.length === 0)) return true;
  return value === false && key === 'readOnly';
}

function coversAt(live: unknown, wanted: unknown, place: Place): boolean {
  if (live === undefined && isNothing(wanted, place.key)) return true;
  if (Array.isArray(wanted)) return Array.isArray(live) && coversList(live, wanted, place);
  if (isRecord(wanted)) {
    if (!isRecord(live)) return false;
    return Object.entries(wanted).every(
      ([key, value]) =>
        coversAt(live[key], value, { key, isAmount: place.isAmount || amountKeys.has(key) }) &&
        (!wholeKeys.has(key) || hasNoMore(live[key], value)),
    );
  }
  if (live === wanted) return true;
  return place.isAmount && readAmount(live) === readAmount(wanted);
}

function hasNoMore(live: unknown, wanted: unknown): boolean {
  if (!isRecord(live) || !isRecord(wanted)) return true;
  return Object.keys(live).length === Object.keys(wanted).length;
}

function coversList(live: readonly unknown[], wanted: readonly unknown[], place: Place): boolean {
  if (wanted.length > 0 && isSet(wanted, place)) {
    return wanted.every((one) => live.some((candidate) => coversAt(candidate, one, place)));
  }
  return live.length === wanted.length && wanted.every((one, at) => coversAt(live[at], one, place));
}

function isSet(list: readonly unknown[], { key }: Place): boolean {
  if (key !== 'ports') return sets.has(key);
  // Those of a container and of a Service are named; those of a NetworkPolicy are one value.
  return list.every((port) => isRecord(port) && ('containerPort' in port || 'targetPort' in port));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The amount as a number; the value itself where it is none, so that it equals only itself. */
function readAmount(value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  const [, digits, suffix = ''] =
    /^(\d+(?:\.\d+)?(?:[eE]-?\d+)?)([A-Za-z]{0,2})$/.exec(String(value)) ?? [];
  const factor = suffixes[suffix];
  if (digits === undefined || factor === undefined) return value;
  // Billionths are the finest that Kubernetes writes.
  return Math.round(Number(digits) * factor * 1e9);
}
