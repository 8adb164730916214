// The examples that a linear model learns from, as one sparse matrix with a row for each.

/** Rows one after the other: row `i` is the entries from `starts[i]` to `starts[i + 1]`. */
export interface Rows {
  readonly count: number;
  /** Columns are numbered below this. */
  readonly width: number;
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

/** Vectors of one length, such as embeddings. */
export function rowsOfVectors(vectors: readonly Float32Array[], width: number): Rows {
  const values = new Float32Array(vectors.length * width);
  vectors.forEach((vector, row) => {
    values.set(vector, row * width);
  });
  return {
    count: vectors.length,
    width,
    starts: Uint32Array.from({ length: vectors.length + 1 }, (_, row) => row * width),
    columns: Uint32Array.from(values, (_, entry) => entry % width),
    values,
  };
}

/** The rows with these numbers, in this order. */
export function pickRows(rows: Rows, numbers: readonly number[]): Rows {
  const ranges = numbers.map((row) => [rows.starts[row] as number, rows.starts[row + 1] as number]);
  const starts = new Uint32Array(numbers.length + 1);
  ranges.forEach(([from = 0, to = 0], row) => {
    starts[row + 1] = (starts[row] as number) + to - from;
  });
  const total = starts[numbers.length] as number;
  const columns = new Uint32Array(total);
  const values = new Float32Array(total);
  ranges.forEach(([from, to], row) => {
    columns.set(rows.columns.subarray(from, to), starts[row]);
    values.set(rows.values.subarray(from, to), starts[row]);
  });
  return { count: numbers.length, width: rows.width, starts, columns, values };
}

/** `scores = X · weights`; weights are `width` times `outputs`, scores `count` times `outputs`. */
export function multiply(rows: Rows, weights: Float64Array, scores: Float64Array): void {
  const { count, width, starts, columns, values } = rows;
  const outputs = weights.length / width;
  scores.fill(0);
  for (let row = 0; row < count; row++) {
    const end = starts[row + 1] as number;
    const to = row * outputs;
    for (let entry = starts[row] as number; entry < end; entry++) {
      const value = values[entry] as number;
      const from = (columns[entry] as number) * outputs;
      for (let output = 0; output < outputs; output++) {
        scores[to + output] =
          (scores[to + output] as number) + value * (weights[from + output] as number);
      }
    }
  }
}

/** `sums = Xᵀ · residuals`, with the shapes of `multiply`. */
export function multiplyTransposed(rows: Rows, residuals: Float64Array, sums: Float64Array): void {
  const { count, starts, columns, values } = rows;
  const outputs = residuals.length / count;
  sums.fill(0);
  for (let row = 0; row < count; row++) {
    const end = starts[row + 1] as number;
    const from = row * outputs;
    for (let entry = starts[row] as number; entry < end; entry++) {
      const value = values[entry] as number;
      const to = (columns[entry] as number) * outputs;
      for (let output = 0; output < outputs; output++) {
        sums[to + output] =
          (sums[to + output] as number) + value * (residuals[from + output] as number);
      }
    }
  }
}

/**
 * Of hashed features most numbers never occur. The rows without those columns, and what puts weights of
 * the columns that are left back where these were.
 */
export function keepSeenColumns(rows: Rows): {
  readonly seen: Rows;
  readonly spread: (weights: Float64Array, outputs: number) => Float64Array;
} {
  const columns = Uint32Array.from(new Set(rows.columns)).sort();
  const placeOf = new Uint32Array(rows.width);
  columns.forEach((column, place) => {
    placeOf[column] = place;
  });
  return {
    seen: {
      ...rows,
      width: columns.length,
      columns: rows.columns.map((column) => placeOf[column] as number),
    },
    spread: (weights, outputs) => {
      const all = new Float64Array(rows.width * outputs);
      columns.forEach((column, place) => {
        all.set(weights.subarray(place * outputs, (place + 1) * outputs), column * outputs);
      });
      return all;
    },
  };
}
