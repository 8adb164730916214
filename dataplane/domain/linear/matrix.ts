// Dense matrices as lists of rows: what training needs of them, fast enough for some thousand rows.

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Row by row. */
  readonly cells: Float32Array;
}

export function matrixOfRows(rows: readonly Float32Array[], columns: number): Matrix {
  const cells = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    cells.set(row, i * columns);
  });
  return { rows: rows.length, columns, cells };
}

export function transpose({ rows, columns, cells }: Matrix): Matrix {
  const turned = new Float32Array(cells.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = cells[row * columns + column] as number;
    }
  }
  return { rows: columns, columns: rows, cells: turned };
}

/** The dot product of each row of one matrix with each row of the other: `left · rightᵀ`. */
export function rowProducts(left: Matrix, right: Matrix): Matrix {
  const products = new Float32Array(left.rows * right.rows);
  for (let row = 0; row < left.rows; row += 2) {
    for (let other = 0; other < right.rows; other += 4) {
      multiplyBlock(left, right, { row, other, products });
    }
  }
  return { rows: left.rows, columns: right.rows, cells: products };
}

interface Block {
  readonly row: number;
  readonly other: number;
  readonly products: Float32Array;
}

// Two rows by four: each number that is read is used several times, and the sums stay in registers,
// which is four times as fast as one by one. Where a matrix ends within a block its last row is taken
// again, and the same product written twice.
function multiplyBlock(left: Matrix, right: Matrix, { row, other, products }: Block): void {
  const inner = left.columns;
  const a = left.cells;
  const b = right.cells;
  const row1 = Math.min(row + 1, left.rows - 1);
  const other1 = Math.min(other + 1, right.rows - 1);
  const other2 = Math.min(other + 2, right.rows - 1);
  const other3 = Math.min(other + 3, right.rows - 1);
  const [p, q] = [row * inner, row1 * inner];
  const [w, x, y, z] = [other * inner, other1 * inner, other2 * inner, other3 * inner];
  let [pw, px, py, pz] = [0, 0, 0, 0];
  let [qw, qx, qy, qz] = [0, 0, 0, 0];
  for (let i = 0; i < inner; i++) {
    const ap = a[p + i] as number;
    const aq = a[q + i] as number;
    const bw = b[w + i] as number;
    const bx = b[x + i] as number;
    const by = b[y + i] as number;
    const bz = b[z + i] as number;
    pw += ap * bw;
    px += ap * bx;
    py += ap * by;
    pz += ap * bz;
    qw += aq * bw;
    qx += aq * bx;
    qy += aq * by;
    qz += aq * bz;
  }
  const to = row * right.rows;
  const to1 = row1 * right.rows;
  products[to + other] = pw;
  products[to + other1] = px;
  products[to + other2] = py;
  products[to + other3] = pz;
  products[to1 + other] = qw;
  products[to1 + other1] = qx;
  products[to1 + other2] = qy;
  products[to1 + other3] = qz;
}
