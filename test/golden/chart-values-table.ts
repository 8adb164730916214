// The table of the chart's values, from their schema (what each means) and values.yaml (its default).

interface ValueSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, ValueSchema>>;
}

/** A Markdown table, one line a value; a section without properties of its own is one value. */
export function valuesTable(schema: unknown, values: unknown): string {
  const lines = rows(schema as ValueSchema, values, '').map((cells) => `| ${cells.join(' | ')} |`);
  return ['| value | default | meaning |', '| --- | --- | --- |', ...lines].join('\n');
}

function rows({ properties = {} }: ValueSchema, values: unknown, path: string): string[][] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const value = (values as Readonly<Record<string, unknown>> | undefined)?.[key];
    const name = path === '' ? key : `${path}.${key}`;
    if (schema.properties !== undefined) return rows(schema, value, name);
    // Helm's own key, which this chart does not read.
    if (name === 'global') return [];
    const shown = value === undefined ? '' : `\`${JSON.stringify(value)}\``;
    return [[`\`${name}\``, shown, (schema.description ?? '').replaceAll('|', '\\|')]];
  });
}
