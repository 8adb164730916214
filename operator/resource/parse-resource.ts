// From what somebody wrote as a SemanticRouterMaas to its spec, or to everything that is wrong with it
// at once. The router configuration in it is left to config/, and nothing here knows a cluster.
import { isRaw } from '../../config/legacy/normalised.ts';
import { describeIssues } from '../../config/source/describe-issue.ts';
import { nearestName } from '../../config/source/nearest-name.ts';
import { formatPath, quote, type Path } from '../../config/source/problem.ts';
import { specStructure } from '../crd/resource-schema.ts';
import { toStoredForm, type DroppedKey } from '../crd/stored-form.ts';
import { hostKeyProblem } from './host-key.ts';
import { nameRule } from './name-rule.ts';
import { specSchema, type Spec } from './spec.ts';

/** One thing about a resource, and where. */
export interface ResourceFinding {
  /** Such as `spec.auth.tiers[1]`; empty for the whole resource. */
  readonly path: string;
  /** A clause about what stands there, such as `is missing`, or a sentence. */
  readonly message: string;
}

export type ParsedResource =
  | { readonly ok: true; readonly spec: Spec; readonly warnings: readonly ResourceFinding[] }
  | {
      readonly ok: false;
      /** In the order of the schema; never empty. */
      readonly problems: readonly ResourceFinding[];
      readonly warnings: readonly ResourceFinding[];
    };

/**
 * Parses the name and the spec of a resource, from the API server or from a file: what the server
 * would have added or dropped is added or dropped here too, so `spec.config` is what it would store.
 * Never throws.
 */
export function parseResource(resource: unknown): ParsedResource {
  if (!isRaw(resource)) {
    return { ok: false, problems: [finding([], 'must be an object')], warnings: [] };
  }
  const named = nameProblems(resource['metadata']);
  const stored = toStoredForm(resource['spec'], specStructure());
  const warnings = stored.dropped.map(warningOf);
  const parsed = specSchema.safeParse(stored.value, { reportInput: true });
  const refused = parsed.success ? [] : describeIssues(parsed.error.issues);
  const problems = [
    ...named,
    ...refused.map(({ path, message }) => finding(['spec', ...path], message)),
    ...(parsed.success ? placeProblems(resource['metadata'], parsed.data) : []),
  ];
  if (parsed.success && problems.length === 0) return { ok: true, spec: parsed.data, warnings };
  return { ok: false, problems, warnings };
}

/** What is wrong in this namespace; the API server's rules do not see in which one they are. */
function placeProblems(metadata: unknown, { auth: { host } }: Spec): ResourceFinding[] {
  const namespace = isRaw(metadata) ? metadata['namespace'] : undefined;
  if (host === undefined || typeof namespace !== 'string') return [];
  const problem = hostKeyProblem(host, namespace);
  return problem === undefined ? [] : [finding(['spec', 'auth', 'host'], problem)];
}

function nameProblems(metadata: unknown): ResourceFinding[] {
  const name = isRaw(metadata) ? metadata['name'] : undefined;
  if (typeof name === 'string' && nameRule.holds(name)) return [];
  const message = typeof name === 'string' ? `${quote(name)} ${nameRule.message}` : 'is missing';
  return [finding(['metadata', 'name'], message)];
}

function warningOf({ path, known }: DroppedKey): ResourceFinding {
  const nearest = nearestName(String(path.at(-1)), known);
  const guess = nearest === undefined ? '' : `; did you mean \`${nearest}\`?`;
  return finding(['spec', ...path], `is no known key and is ignored${guess}`);
}

function finding(path: Path, message: string): ResourceFinding {
  return { path: formatPath(path), message };
}
