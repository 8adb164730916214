// What one measured window yields, and the numbers derived from it.
import type { Contestant } from './contestants.ts';
import type { LoadReport } from './load.ts';
import { cellId } from './plan.ts';
import type { Cell, ContestantName, PartName } from './plan.ts';

export interface Measurement {
  readonly part: PartName;
  /** Workload and concurrency, such as `json-2k@16`. */
  readonly cell: string;
  readonly contestant: ContestantName;
  /** Counted from 0; only measurements of one round are compared with each other. */
  readonly round: number;
  /** Requests that ended well inside the window. */
  readonly requests: number;
  readonly failures: number;
  readonly failure: string;
  /** Requests, or stream events where the answer is a stream: what CPU time is divided by. */
  readonly units: number;
  readonly seconds: number;
  /** ext_proc messages that Envoy sent for one request, warm-up included; 0 for Envoy alone. */
  readonly messagesPerRequest: number;
  /** User and system time inside the window; 0 for Envoy alone. */
  readonly serverCpuSeconds: number;
  readonly envoyCpuSeconds: number;
  /** Whole answers, as the client saw them. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly firstByteP50Ms: number;
  readonly firstByteP99Ms: number;
}

export function toMeasurement(
  place: {
    readonly part: PartName;
    readonly cell: Cell;
    readonly contestant: Contestant;
    readonly round: number;
    readonly messages: number;
  },
  report: LoadReport,
): Measurement {
  return {
    part: place.part,
    cell: cellId(place.cell),
    contestant: place.contestant.name,
    round: place.round,
    requests: report.requests,
    failures: report.failures,
    failure: report.failure,
    units: place.cell.workload.chunks > 0 ? report.events : report.requests,
    seconds: report.seconds,
    messagesPerRequest: place.messages / report.sent,
    serverCpuSeconds: report.cpuSeconds['server'] ?? 0,
    envoyCpuSeconds: report.cpuSeconds['envoy'] ?? 0,
    p50Ms: report.p50Ms,
    p99Ms: report.p99Ms,
    firstByteP50Ms: report.firstByteP50Ms,
    firstByteP99Ms: report.firstByteP99Ms,
  };
}

/** Resident memory of one server while requests went through. */
export interface MemoryCurve {
  readonly contestant: ContestantName;
  readonly requests: number;
  readonly failures: number;
  readonly samples: readonly { readonly requests: number; readonly rssBytes: number }[];
}

/** What the router counted beside what was sent to it. */
export interface MeteringCheck {
  readonly contestant: ContestantName;
  readonly sent: number;
  /** Sum of `semantic_router_requests_total`; undefined when /metrics could not be read. */
  readonly counted: number | undefined;
}

export interface BenchResults {
  readonly runs: readonly Measurement[];
  readonly memory: readonly MemoryCurve[];
  readonly metering: readonly MeteringCheck[];
}
