// Asks a router which configuration it runs. The answer comes from inside a pod and is not believed
// further than its shape.
import { z } from 'zod';
import { ports } from '../../config/names.ts';
import { podTrouble } from '../conditions/pod-trouble.ts';
import type { KubeObject } from '../kube/port.ts';
import type { PodReport } from '../observed.ts';

const answerSchema = z.object({
  hash: z.string().max(64),
  rejected: z
    .object({ hash: z.string().max(64), problems: z.array(z.string()).max(1000) })
    .nullish(),
  models: z
    .array(
      z.object({
        name: z.string().max(64),
        state: z.enum(['ready', 'loading', 'absent', 'failed']),
        needed: z.boolean(),
        detail: z.string().max(1000).default(''),
      }),
    )
    .max(16)
    .optional(),
});

const maxBytes = 1_048_576;

/** A pod that takes longer is reported as silent. */
const timeoutMs = 2_000;

interface PodParts {
  readonly status?: {
    readonly podIP?: string;
    readonly phase?: string;
    readonly containerStatuses?: readonly { readonly name: string; readonly ready?: boolean }[];
  };
}

/** Never rejects, unless `signal` ends it. */
export async function askPod(pod: KubeObject, signal: AbortSignal): Promise<PodReport> {
  const { name } = pod.metadata;
  return { name, trouble: podTrouble(pod), answer: await askRouter(pod, signal) };
}

async function askRouter(pod: KubeObject, signal: AbortSignal): Promise<PodReport['answer']> {
  const { status = {} } = pod as PodParts;
  const { podIP } = status;
  if (podIP === undefined || status.phase !== 'Running') return { kind: 'starting' };
  const host = podIP.includes(':') ? `[${podIP}]` : podIP;
  try {
    const reply = await fetch(`http://${host}:${ports.admin}/config`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      // Whoever owns the pod could send the operator anywhere.
      redirect: 'error',
    });
    const { hash, models, rejected } = answerSchema.parse(JSON.parse(await readText(reply)));
    const refused =
      rejected === null || rejected === undefined
        ? undefined
        : { hash: rejected.hash, problem: rejected.problems.slice(0, 3).join('; ') };
    return { kind: 'runs', hash, refused, models };
  } catch (error) {
    signal.throwIfAborted();
    // A router that is still starting refuses connections; that is no reason for concern.
    if (!isRouterRunning(status)) return { kind: 'starting' };
    return { kind: 'silent', message: why(error) };
  }
}

/** Throws a SyntaxError for what is longer than any answer. */
async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new SyntaxError('longer than any answer');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function isRouterRunning({ containerStatuses = [] }: NonNullable<PodParts['status']>): boolean {
  return containerStatuses.some(({ name, ready }) => name === 'router' && ready === true);
}

function why(error: unknown): string {
  if (error instanceof z.ZodError || error instanceof SyntaxError) return 'it gave no valid answer';
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `it gave no answer within ${timeoutMs / 1000} s`;
  }
  const code = (error as { readonly cause?: { readonly code?: string } }).cause?.code;
  return `it cannot be reached on port ${ports.admin} (${code ?? String(error)})`;
}
