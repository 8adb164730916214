// Answers in the memory of this process, bounded in number and bytes. It knows no requests.
import type { Partition } from '../../../domain/cache/key.ts';
import type {
  AnswerStore,
  Clock,
  FoundAnswer,
  Neighbour,
  NearestQuery,
  StoredAnswer,
  StoreStats,
} from '../../../ports.ts';
import type { Unavailable } from '../../../domain/unavailable.ts';
import { createEvictionOrder, type EvictionOrder, type EvictionPolicy } from './eviction-order.ts';
import { VectorTable } from './vector-table.ts';

export interface MemoryLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly eviction: EvictionPolicy;
}

/** Keys, maps and objects of one entry, roughly. */
const entryOverheadBytes = 1_000;

/** Entries looked at for having expired with each one that is added. */
const sweptPerPut = 4;

interface Entry {
  readonly partition: Partition;
  /** Without its vector, which is in the table. */
  readonly stored: Omit<StoredAnswer, 'vector'>;
  readonly group: Group | undefined;
  /** Place in the group. */
  place: number;
  readonly bytes: number;
}

/** All vectors of one length, and whose each row is. */
interface Rows {
  readonly table: VectorTable;
  readonly owners: Entry[];
}

/** The vectors of one partition and space. */
interface Group extends Rows {
  readonly name: string;
  readonly space: string;
  /** Rows of the table, the first `entries.length` of them in use. */
  rows: Int32Array;
  readonly entries: Entry[];
}

export class MemoryStore implements AnswerStore {
  readonly isLocal = true;
  readonly #clock: Clock;
  readonly #onEviction: () => void;
  readonly #exact = new Map<string, Entry>();
  readonly #canonical = new Map<string, Entry>();
  readonly #groups = new Map<string, Group>();
  readonly #tables = new Map<number, Rows>();
  #limits: MemoryLimits;
  #order: EvictionOrder<Entry>;
  #sweep: MapIterator<Entry> | undefined;
  #bytes = 0;
  #isClosed = false;

  constructor(limits: MemoryLimits, clock: Clock, onEviction: () => void = () => undefined) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onEviction = onEviction;
    this.#order = createEvictionOrder(limits.eviction);
  }

  /** Keeps what fits into the new limits. */
  setLimits(limits: MemoryLimits): void {
    if (limits.eviction !== this.#limits.eviction) {
      const entries = [...this.#order.entries()];
      this.#order = createEvictionOrder(limits.eviction);
      for (const entry of entries) this.#order.add(entry);
    }
    this.#limits = limits;
    this.#evict();
  }

  find(
    partition: Partition,
    { exact, canonical }: Pick<StoredAnswer, 'exact' | 'canonical'>,
  ): FoundAnswer | undefined | Unavailable {
    if (this.#isClosed) return { unavailable: 'failed' };
    const identical = this.#live(this.#exact.get(nameIn(partition, exact)));
    if (identical !== undefined) return { match: 'exact', stored: this.#use(identical) };
    if (canonical === undefined) return undefined;
    const alike = this.#live(this.#canonical.get(nameIn(partition, canonical)));
    return alike && { match: 'canonical', stored: this.#use(alike) };
  }

  nearest(
    partition: Partition,
    { vector, atLeast, limit }: NearestQuery,
  ): readonly Neighbour[] | Unavailable {
    if (this.#isClosed) return { unavailable: 'failed' };
    const group = this.#groups.get(nameIn(partition, vector.space));
    if (group?.table.dimensions !== vector.values.length) return [];
    const { entries, owners, rows, table } = group;
    const neighbours: Neighbour[] = [];
    for (const { row, similarity } of table
      .scan(rows, entries.length, vector.values, atLeast)
      .sort((a, b) => b.similarity - a.similarity)) {
      const entry = this.#live(owners[row]);
      if (entry === undefined) continue;
      neighbours.push({ similarity, stored: this.#use(entry) });
      if (neighbours.length >= limit) break;
    }
    return neighbours;
  }

  put(partition: Partition, stored: StoredAnswer): Unavailable | undefined {
    if (this.#isClosed) return { unavailable: 'failed' };
    const name = nameIn(partition, stored.exact);
    this.#remove(this.#exact.get(name));
    this.#dropExpired();
    const entry = this.#entryOf(partition, stored);
    if (entry.bytes > this.#limits.maxBytes) {
      this.#leaveGroup(entry);
      return undefined;
    }
    this.#exact.set(name, entry);
    if (stored.canonical !== undefined) {
      this.#canonical.set(nameIn(partition, stored.canonical), entry);
    }
    this.#order.add(entry);
    this.#bytes += entry.bytes;
    this.#evict();
    return undefined;
  }

  stats(): StoreStats {
    return {
      backend: 'memory',
      state: 'ok',
      problem: undefined,
      entries: this.#exact.size,
      bytes: this.#bytes,
    };
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  #entryOf(partition: Partition, { vector, ...stored }: StoredAnswer): Entry {
    const group = vector && this.#groupFor(partition, vector.space, vector.values.length);
    const entry: Entry = {
      partition,
      stored,
      group,
      place: group?.entries.length ?? -1,
      bytes:
        entryOverheadBytes +
        stored.answer.length +
        2 * (stored.prompt?.length ?? 0) +
        (group?.table.rowBytes ?? 0),
    };
    if (vector !== undefined && group !== undefined) join(group, entry, vector.values);
    return entry;
  }

  #groupFor(partition: Partition, space: string, dimensions: number): Group {
    const name = nameIn(partition, space);
    const known = this.#groups.get(name);
    if (known?.table.dimensions === dimensions) return known;
    const all = this.#tables.get(dimensions) ?? {
      table: new VectorTable(dimensions),
      owners: [],
    };
    this.#tables.set(dimensions, all);
    const group = { name, space, ...all, rows: new Int32Array(4), entries: [] };
    this.#groups.set(name, group);
    return group;
  }

  #live(entry: Entry | undefined): Entry | undefined {
    if (entry === undefined || !this.#hasExpired(entry)) return entry;
    this.#remove(entry);
    return undefined;
  }

  #hasExpired({ stored }: Entry): boolean {
    return stored.expiresAtMs !== undefined && stored.expiresAtMs <= this.#clock.now();
  }

  #use(entry: Entry): StoredAnswer {
    this.#order.touch(entry);
    const { group, place, stored } = entry;
    const row = group?.rows[place];
    if (group === undefined || row === undefined) return { ...stored, vector: undefined };
    return { ...stored, vector: { space: group.space, values: group.table.get(row) } };
  }

  #remove(entry: Entry | undefined): void {
    if (entry === undefined) return;
    const { partition, stored, bytes } = entry;
    if (!this.#exact.delete(nameIn(partition, stored.exact))) return;
    if (stored.canonical !== undefined) {
      const name = nameIn(partition, stored.canonical);
      if (this.#canonical.get(name) === entry) this.#canonical.delete(name);
    }
    this.#order.remove(entry);
    this.#leaveGroup(entry);
    this.#bytes -= bytes;
  }

  /** The last of the group takes the place of the one that leaves. */
  #leaveGroup({ group, place }: Entry): void {
    if (group === undefined) return;
    const { entries, rows, table } = group;
    table.remove(rows[place] ?? 0);
    const last = entries.pop();
    if (last !== undefined && last.place !== place) {
      rows[place] = rows[last.place] ?? 0;
      entries[place] = last;
      last.place = place;
    }
    if (entries.length === 0) this.#groups.delete(group.name);
  }

  #evict(): void {
    while (
      this.#exact.size > this.#limits.maxEntries ||
      (this.#bytes > this.#limits.maxBytes && this.#exact.size > 0)
    ) {
      this.#remove(this.#order.next());
      this.#onEviction();
    }
  }

  /** A few entries with each put, in turn: no request waits for a sweep of all. */
  #dropExpired(): void {
    for (let seen = 0; seen < sweptPerPut; seen += 1) {
      this.#sweep ??= this.#exact.values();
      const { done, value } = this.#sweep.next();
      if (done === true) {
        this.#sweep = undefined;
        return;
      }
      this.#live(value);
    }
  }
}

function nameIn(partition: Partition, name: string): string {
  return `${partition}/${name}`;
}

function join(group: Group, entry: Entry, values: Float32Array): void {
  const place = group.entries.push(entry) - 1;
  if (place >= group.rows.length) {
    const larger = new Int32Array(group.rows.length * 2);
    larger.set(group.rows);
    group.rows = larger;
  }
  const row = group.table.add(values);
  group.rows[place] = row;
  group.owners[row] = entry;
}
