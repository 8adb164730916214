// What is measured: the contestants, the workloads, and the parts that bring them together. Data
// only; nothing here starts a process.

export const contestantNames = [
  'envoy',
  'go',
  'noop',
  'noop-body',
  'maas',
  'standalone',
  'maas-200-rules',
] as const;

export type ContestantName = (typeof contestantNames)[number];

/** The yardstick: every ratio of the rotated parts is to this contestant in the same round. */
export const yardstick: ContestantName = 'go';

export const contestantLabels: Readonly<Record<ContestantName, string>> = {
  envoy: 'Envoy alone',
  go: 'Go no-op (grpc-go)',
  noop: 'our transport, no-op',
  'noop-body': 'our transport, no-op that returns the body',
  maas: 'full pipeline, MaaS mode, 20 rules',
  standalone: 'full pipeline, standalone mode, 20 rules',
  'maas-200-rules': 'full pipeline, MaaS mode, 200 rules',
};

export interface Workload {
  readonly id: string;
  readonly label: string;
  /** Size of the request body in bytes, within one percent. */
  readonly requestBytes: number;
  /** Events of the answer's stream; 0 asks for a JSON answer. */
  readonly chunks: number;
  /** Time between two events. */
  readonly gapMs: number;
}

export interface Cell {
  readonly workload: Workload;
  /** Connections, each of which has one request under way. */
  readonly concurrency: number;
}

const workloads = {
  json2k: { id: 'json-2k', label: '2 KB, JSON', requestBytes: 2_000, chunks: 0, gapMs: 0 },
  json20k: { id: 'json-20k', label: '20 KB, JSON', requestBytes: 20_000, chunks: 0, gapMs: 0 },
  json220k: { id: 'json-220k', label: '220 KB, JSON', requestBytes: 220_000, chunks: 0, gapMs: 0 },
  sseGap: {
    id: 'sse-300-gap',
    label: '2 KB, 300 chunks, 3 ms apart',
    requestBytes: 2_000,
    chunks: 300,
    gapMs: 3,
  },
  sse: {
    id: 'sse-300',
    label: '2 KB, 300 chunks at once',
    requestBytes: 2_000,
    chunks: 300,
    gapMs: 0,
  },
  sseLong: {
    id: 'sse-3000',
    label: '2 KB, 3,000 chunks at once',
    requestBytes: 2_000,
    chunks: 3_000,
    gapMs: 0,
  },
  ssePaced: {
    id: 'sse-300-paced',
    label: '2 KB, 300 chunks, 1 ms apart',
    requestBytes: 2_000,
    chunks: 300,
    gapMs: 1,
  },
  sseLongPaced: {
    id: 'sse-3000-paced',
    label: '2 KB, 3,000 chunks, 1 ms apart',
    requestBytes: 2_000,
    chunks: 3_000,
    gapMs: 1,
  },
} as const satisfies Record<string, Workload>;

const cells = (workload: Workload, ...concurrencies: number[]): Cell[] =>
  concurrencies.map((concurrency) => ({ workload, concurrency }));

/** Several contestants, one after the other in every cell, the first of them a different one each time. */
export interface RotatedPart {
  readonly kind: 'rotated';
  readonly name: PartName;
  readonly contestants: readonly ContestantName[];
  readonly cells: readonly Cell[];
}

/** Two contestants in the order A B B A, so that a drift of the machine hits both alike. */
export interface PairedPart {
  readonly kind: 'paired';
  readonly name: PartName;
  readonly base: ContestantName;
  readonly variant: ContestantName;
  readonly cells: readonly Cell[];
}

/** Resident memory while a fixed number of requests goes through. */
export interface MemoryPart {
  readonly kind: 'memory';
  readonly name: PartName;
  readonly contestants: readonly ContestantName[];
  readonly cell: Cell;
  readonly requests: number;
}

export type Part = RotatedPart | PairedPart | MemoryPart;

/** Parts that are compared with a server in Go, and share their report. */
export const routerPartNames = ['json', 'sse', 'linear', 'maas', 'keywords', 'memory'] as const;
export type PartName = (typeof routerPartNames)[number];

/** Parts that are measured and reported by themselves, see operator/ and signals/. */
export const ownPartNames = ['operator', 'signals'] as const;

export const partNames = [...routerPartNames, ...ownPartNames] as const;
export type AnyPartName = (typeof partNames)[number];

const rotated: readonly ContestantName[] = ['envoy', 'go', 'noop', 'maas'];

/** Every part in full, in the order they run. */
const wholePlan: readonly Part[] = [
  {
    kind: 'rotated',
    name: 'json',
    contestants: ['envoy', 'go', 'noop', 'noop-body', 'maas'],
    cells: [
      ...cells(workloads.json2k, 1, 16, 64),
      ...cells(workloads.json20k, 1, 16, 64),
      ...cells(workloads.json220k, 8),
    ],
  },
  {
    kind: 'rotated',
    name: 'sse',
    contestants: rotated,
    cells: [
      // One stream with gaps uses less CPU in a window than the kernel's ticks can tell.
      ...cells(workloads.sseGap, 16, 64),
      ...cells(workloads.sse, 1, 16, 64),
    ],
  },
  {
    kind: 'rotated',
    name: 'linear',
    contestants: ['go', 'maas'],
    cells: [
      ...cells(workloads.sse, 16),
      ...cells(workloads.sseLong, 16),
      // Chunks at once reach the server many to a message; these reach it one by one.
      ...cells(workloads.ssePaced, 16),
      ...cells(workloads.sseLongPaced, 16),
    ],
  },
  {
    kind: 'paired',
    name: 'maas',
    base: 'standalone',
    variant: 'maas',
    cells: cells(workloads.json2k, 16),
  },
  {
    kind: 'paired',
    name: 'keywords',
    base: 'maas',
    variant: 'maas-200-rules',
    cells: [...cells(workloads.json2k, 16), ...cells(workloads.json220k, 8)],
  },
  {
    kind: 'memory',
    name: 'memory',
    contestants: ['go', 'maas'],
    cell: { workload: workloads.json2k, concurrency: 16 },
    requests: 200_000,
  },
];

const quickCells: ReadonlySet<string> = new Set([
  'json-2k@16',
  'json-220k@8',
  'sse-300-gap@16',
  'sse-300@16',
  'sse-3000@16',
]);

/** Workload and concurrency as one word, such as `json-2k@16`. */
export const cellId = (cell: Cell): string => `${cell.workload.id}@${cell.concurrency}`;

/** The parts asked for, without contestants that are not, and without what is left empty by that. */
export function planOf(choice: {
  readonly parts: readonly AnyPartName[];
  readonly contestants: readonly ContestantName[];
  readonly quick: boolean;
}): Part[] {
  const wanted = (name: ContestantName): boolean => choice.contestants.includes(name);
  const kept = (list: readonly Cell[]): Cell[] =>
    list.filter((cell) => !choice.quick || quickCells.has(cellId(cell)));
  return wholePlan.flatMap((part): Part[] => {
    if (!choice.parts.includes(part.name)) return [];
    if (part.kind === 'paired') {
      const both = wanted(part.base) && wanted(part.variant);
      return both ? [{ ...part, cells: kept(part.cells) }] : [];
    }
    const contestants = part.contestants.filter(wanted);
    if (contestants.length === 0) return [];
    return part.kind === 'rotated'
      ? [{ ...part, contestants, cells: kept(part.cells) }]
      : [{ ...part, contestants, requests: choice.quick ? 20_000 : part.requests }];
  });
}

/** Every contestant that some part needs, in the order of their list. */
export function contestantsOf(plan: readonly Part[]): ContestantName[] {
  const needed = new Set(
    plan.flatMap((part) => (part.kind === 'paired' ? [part.base, part.variant] : part.contestants)),
  );
  return contestantNames.filter((name) => needed.has(name));
}

/** Every workload that some part uses, once. */
export function workloadsOf(plan: readonly Part[]): Workload[] {
  const used = plan.flatMap((part) =>
    part.kind === 'memory' ? [part.cell.workload] : part.cells.map((cell) => cell.workload),
  );
  return [...new Set(used)];
}
