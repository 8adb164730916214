// Whether an object in the cluster already holds all that is wanted of it. What others added, and
// what the API server filled in, does not count. Pure.

/** Keys of Kubernetes whose lists are sets of named elements: their order is nobody's business. */
const nameKeys = ['name', 'containerPort', 'port', 'type', 'key', 'ip'] as const;

/** Keys under which strings and numbers are amounts: `1000m` is `1`. */
const amountKeys = new Set(['requests', 'limits', 'sizeLimit']);

/** Keys whose maps are one value to Kubernetes: a label more selects something else. */
const wholeKeys = new Set(['selector', 'matchLabels', 'nodeSelector']);

/** Whether everything in `wanted` is in `live`, with the same values. */
export function covers(live: unknown, wanted: unknown, isAmount = false): boolean {
  if (Array.isArray(wanted)) return Array.isArray(live) && coversList(live, wanted);
  if (isRecord(wanted)) {
    if (!isRecord(live)) return false;
    return Object.entries(wanted).every(
      ([key, value]) =>
        covers(live[key], value, isAmount || amountKeys.has(key)) &&
        (!wholeKeys.has(key) || hasNoMore(live[key], value)),
    );
  }
  if (live === wanted) return true;
  return isAmount && readAmount(live) === readAmount(wanted);
}

function hasNoMore(live: unknown, wanted: unknown): boolean {
  if (!isRecord(live) || !isRecord(wanted)) return true;
  return Object.keys(live).length === Object.keys(wanted).length;
}

function coversList(live: readonly unknown[], wanted: readonly unknown[]): boolean {
  if (live.length < wanted.length) return false;
  const named = namedElements(wanted);
  if (named === undefined) {
    return live.length === wanted.length && wanted.every((one, at) => covers(live[at], one));
  }
  const { key, elements } = named;
  return elements.every((one) =>
    live.some(
      (candidate) => isRecord(candidate) && candidate[key] === one[key] && covers(candidate, one),
    ),
  );
}

/** The elements, and the key whose value tells them apart; undefined where there is none. */
function namedElements(list: readonly unknown[]) {
  const elements = list.filter(isRecord);
  if (elements.length === 0 || elements.length < list.length) return undefined;
  const key = nameKeys.find((candidate) => {
    const names = elements.map((one) => one[candidate]);
    return !names.includes(undefined) && new Set(names).size === names.length;
  });
  return key === undefined ? undefined : { key, elements };
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
