// What Authorino does with an AuthConfig of ours, as far as expressions decide it: which source is
// asked, what its identity becomes, who is let through, and what Envoy is told. That a credential is
// genuine is the test's word.
import { evaluateCel, type CelCase } from './evaluate.ts';

interface Expression {
  readonly expression: string;
}

interface Predicate {
  readonly predicate: string;
}

interface Source {
  readonly priority?: number;
  readonly when?: readonly Predicate[];
  readonly overrides?: Readonly<Record<string, Expression>>;
}

export interface AuthConfigSpec {
  readonly authentication: Readonly<Record<string, Source>>;
  readonly authorization: Readonly<
    Record<string, { readonly patternMatching: { readonly patterns: readonly Predicate[] } }>
  >;
  readonly response: {
    readonly success: {
      readonly headers?: Readonly<Record<string, { readonly plain: Expression }>>;
      readonly dynamicMetadata: {
        readonly identity: {
          readonly json: { readonly properties: Readonly<Record<string, Expression>> };
        };
      };
    };
  };
}

export interface Attempt {
  /** Request headers, lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What each source that accepts the credential makes of it, by the source's name. */
  readonly verified: Readonly<Record<string, object>>;
}

export type PipelineOutcome =
  | { readonly status: 401 | 403 }
  | {
      readonly metadata: Readonly<Record<string, unknown>>;
      readonly headers: Readonly<Record<string, unknown>>;
    };

/** Names of the sources that are asked about a request, in the order of their priority. */
export async function askedSources(
  spec: AuthConfigSpec,
  headers: Attempt['headers'],
): Promise<string[]> {
  const sources = Object.entries(spec.authentication);
  const request = { headers };
  const asked: string[] = [];
  for (const [name, { when = [] }] of sources) {
    if (await allHold(when, { request })) asked.push(name);
  }
  const priority = (name: string): number => spec.authentication[name]?.priority ?? 0;
  return asked.sort((a, b) => priority(a) - priority(b));
}

export async function runPipeline(
  spec: AuthConfigSpec,
  { headers, verified }: Attempt,
): Promise<PipelineOutcome> {
  const request = { headers };
  const identity = await firstIdentity(spec, { headers, verified });
  if (identity === undefined) return { status: 401 };
  const input = { request, auth: { identity } };
  const rules = Object.values(spec.authorization);
  for (const { patternMatching } of rules) {
    if (!(await allHold(patternMatching.patterns, input))) return { status: 403 };
  }
  const { headers: answered = {}, dynamicMetadata } = spec.response.success;
  const plain = Object.entries(answered).map(([name, value]) => [name, value.plain] as const);
  return {
    metadata: await values(Object.entries(dynamicMetadata.identity.json.properties), input),
    headers: await values(plain, input),
  };
}

async function firstIdentity(
  spec: AuthConfigSpec,
  { headers, verified }: Attempt,
): Promise<object | undefined> {
  for (const name of await askedSources(spec, headers)) {
    const identity = verified[name];
    if (identity === undefined) continue;
    const overrides = Object.entries(spec.authentication[name]?.overrides ?? {});
    const input = { request: { headers }, auth: { identity } };
    const outcomes = await evaluateCel(
      overrides.map(([, { expression }]) => ({ expression, input })),
    );
    const failed = outcomes.find(({ value }) => value === undefined);
    // The real one would leave the raw identity behind; ours is never to come to that.
    if (failed !== undefined) throw new Error(`${name}: ${JSON.stringify(failed)}`);
    const overridden = overrides.map(([key], index) => [key, outcomes[index]?.value] as const);
    return { ...identity, ...Object.fromEntries(overridden) };
  }
  return undefined;
}

async function allHold(
  predicates: readonly Predicate[],
  input: CelCase['input'] & object,
): Promise<boolean> {
  const outcomes = await evaluateCel(
    predicates.map(({ predicate }) => ({ expression: predicate, predicate: true, input })),
  );
  const refused = outcomes.find((outcome) => outcome.refused !== undefined);
  if (refused !== undefined) throw new Error(refused.refused);
  return outcomes.every(({ value }) => value === true);
}

async function values(
  entries: readonly (readonly [string, Expression])[],
  input: CelCase['input'] & object,
): Promise<Record<string, unknown>> {
  const outcomes = await evaluateCel(entries.map(([, { expression }]) => ({ expression, input })));
  return Object.fromEntries(entries.map(([name], index) => [name, outcomes[index]?.value]));
}
