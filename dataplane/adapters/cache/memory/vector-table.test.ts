import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { VectorTable } from './vector-table.ts';

function product(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index += 1) {
    sum += (one[index] ?? 0) * (other[index] ?? 0);
  }
  return sum;
}

const floats = (dimensions: number): fc.Arbitrary<Float32Array> =>
  fc
    .array(fc.float({ min: -1, max: 1, noNaN: true }), {
      minLength: dimensions,
      maxLength: dimensions,
    })
    .map((values) => Float32Array.from(values));

const scene = fc.integer({ min: 1, max: 70 }).chain((dimensions) =>
  fc.record({
    dimensions: fc.constant(dimensions),
    vectors: fc.array(floats(dimensions), { minLength: 1, maxLength: 40 }),
    query: floats(dimensions),
    removed: fc.array(fc.nat({ max: 39 })),
    atLeast: fc.float({ min: -2, max: 2, noNaN: true }),
  }),
);

test('a scan finds what a loop in JavaScript finds, and says as much of it', () => {
  fc.assert(
    fc.property(scene, ({ dimensions, vectors, query, removed, atLeast }) => {
      const table = new VectorTable(dimensions);
      const rowOf = vectors.map((vector) => table.add(vector));
      // Removed rows are used again, by the same vectors in another order.
      const again = [...new Set(removed)].filter((index) => index < vectors.length);
      for (const index of again) table.remove(rowOf[index] ?? 0);
      for (const index of again) rowOf[index] = table.add(vectors[index] ?? new Float32Array());
      const hits = table.scan(Int32Array.from(rowOf), rowOf.length, query, atLeast);
      const found = new Map(hits.map(({ row, similarity }) => [row, similarity]));
      for (const [index, vector] of vectors.entries()) {
        const row = rowOf[index] ?? -1;
        expect(table.get(row)).toEqual(vector);
        const expected = product(vector, query);
        const similarity = found.get(row);
        if (similarity !== undefined) expect(Math.abs(similarity - expected)).toBeLessThan(1e-4);
        // Sums differ in their last digits by their order.
        else expect(expected).toBeLessThan(atLeast + 1e-4);
      }
    }),
  );
});

test('only listed rows are looked at, also beyond what one scan takes', () => {
  const table = new VectorTable(4);
  const rows = new Int32Array(10_000);
  for (let index = 0; index < rows.length; index += 1) {
    rows[index] = table.add(Float32Array.of(index / rows.length, 0, 0, 0));
  }
  const query = Float32Array.of(1, 0, 0, 0);
  expect(table.scan(rows, rows.length, query, 0.9995).map(({ row }) => row)).toEqual([
    9995, 9996, 9997, 9998, 9999,
  ]);
  expect(table.scan(rows, 9_998, query, 0.9995)).toHaveLength(3);
  expect(table.scan(rows.subarray(0, 100), 100, query, 0.5)).toEqual([]);
});

test('what is no number is nowhere near', () => {
  const table = new VectorTable(2);
  const row = table.add(Float32Array.of(Number.NaN, 1));
  expect(table.scan(Int32Array.of(row), 1, Float32Array.of(1, 0), -1)).toEqual([]);
});

test('vectors that do not fit are refused', () => {
  expect(() => new VectorTable(4_097)).toThrow(RangeError);
});
