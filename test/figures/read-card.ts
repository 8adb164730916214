// The figures in the cards of heads, read from their tables.

/** The rows of every table, by the names in its heading. */
export function rowsOfCard(card: string): Readonly<Record<string, string>>[] {
  let heading: readonly string[] | undefined;
  const rows: Record<string, string>[] = [];
  for (const line of card.split('\n')) {
    if (!line.startsWith('|')) {
      heading = undefined;
      continue;
    }
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (cells.every((cell) => /^-+$/.test(cell))) continue;
    if (heading === undefined) heading = cells;
    else rows.push(Object.fromEntries(heading.map((name, at) => [name, cells[at] ?? ''])));
  }
  return rows;
}

/** Of the jailbreak head at its default threshold; with the models first, then without. */
export interface PersonaRates {
  readonly attacks: number;
  readonly harmless: number;
  readonly tiers: readonly { readonly found: string; readonly alarms: string }[];
  /** Most points that are lost by one of the ways to hide an attack. */
  readonly lost: readonly number[];
}

/** Throws where the card has no such rows. */
export function personaRates(card: string): PersonaRates {
  const rows = rowsOfCard(card);
  const row = (set: string, model: string): Readonly<Record<string, string>> => {
    const found = rows.find((one) => one['set'] === set && one['model'] === model);
    if (found === undefined) throw new Error(`the card has no row ${set}, ${model}`);
    return found;
  };
  const rate = (set: string, model: string, column: string): string =>
    atDefault(row(set, model), column);
  const hidden = new Set(
    rows.map(({ set = '' }) => set).filter((set) => set.startsWith('own set in ')),
  );
  const models = ['with', 'without'] as const;
  return {
    attacks: Number(row('the given set', 'with')['attacks']),
    harmless: Number(row('the given set', 'with')['harmless']),
    tiers: models.map((model) => ({
      found: rate('the given set', model, 'found'),
      alarms: rate('the given set', model, 'false alarms'),
    })),
    lost: models.map((model) => {
      const plain = Number.parseFloat(rate('own set', model, 'found'));
      const rates = [...hidden].map((set) => Number.parseFloat(rate(set, model, 'found')));
      return Math.max(0, plain - Math.min(...rates));
    }),
  };
}

/** The cell of a column such as `found at 0.5 / 0.7 / 0.9`, at the default threshold. */
export function atDefault(row: Readonly<Record<string, string>>, column: string): string {
  const [heading = '', cell = ''] =
    Object.entries(row).find(([name]) => name.startsWith(`${column} at `)) ?? [];
  const at = heading.slice(`${column} at `.length).split(' / ').indexOf('0.7');
  const rate = cell.split(' / ')[at];
  if (rate === undefined) throw new Error(`the card has no column ${column} at 0.7`);
  return rate;
}
