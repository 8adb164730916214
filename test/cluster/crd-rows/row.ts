// What the rows of the table of resources are made of.

/** Who accepts a spec: both, neither, or the API server alone. */
export type Verdict = 'accepted' | 'refused' | 'operator';
export type Row = readonly [verdict: Verdict, name: string, spec: object];

const minimal = {
  default_model: 'a',
  vllm_endpoints: [{ name: 'e', address: '10.0.0.1', port: 80 }],
  model_config: { a: {} },
};

/** The smallest spec, with some fields of its own. */
export function spec(fields: object): object {
  return { config: minimal, ...fields };
}

/** The smallest configuration, with some keys of its own. */
export function config<Keys extends object>(keys: Keys): { config: typeof minimal & Keys } {
  return { config: { ...minimal, ...keys } };
}

/** A configuration with one decision. */
export function decision(fields: object) {
  const whole = {
    name: 'd',
    rules: { operator: 'AND', conditions: [] },
    modelRefs: [{ model: 'a' }],
    ...fields,
  };
  return config({ decisions: [whole] });
}

export function rulesOfDepth(depth: number): object {
  const conditions = depth === 1 ? [] : [rulesOfDepth(depth - 1)];
  return { operator: 'AND', conditions };
}
