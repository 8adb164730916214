// ONNX models of a few hundred bytes: a table with a row of numbers for each token, so that a test
// knows what comes out. Field numbers are those of onnx.proto.
import { bytes, integer, message, text, type Field } from './protobuf.ts';

export interface TinyOnnx {
  /** A row for each token id. */
  readonly table: readonly (readonly number[])[];
  /**
   * `rows`: the row of each token. `largest`: for the whole input the largest number of each column.
   * `leaky`: rows that depend on everything computed beside them, as careless quantisation has it.
   */
  readonly gives?: 'rows' | 'largest' | 'leaky';
  readonly inputs?: readonly string[];
  readonly output?: string;
  /** Whether it computes in half precision. */
  readonly isHalf?: boolean;
}

const float = 1;
const half = 10;
const int64 = 7;

export function tinyOnnx(model: TinyOnnx): Buffer {
  const { table, gives = 'rows', output = 'last_hidden_state' } = model;
  const { inputs = ['input_ids', 'attention_mask', 'token_type_ids'], isHalf = false } = model;
  const columns = table[0]?.length ?? 0;
  const type = isHalf ? half : float;
  const numbers = isHalf ? Float16Array.from(table.flat()) : Float32Array.from(table.flat());
  const graph = [
    ...nodesOf(gives, output).map((node) => message(1, node)),
    text(2, 'tiny'),
    message(5, [
      integer(1, table.length),
      integer(1, columns),
      integer(2, type),
      text(8, 'table'),
      bytes(9, new Uint8Array(numbers.buffer)),
    ]),
    ...inputs.map((name) => message(11, value(name, int64, ['batch', 'sequence']))),
    message(
      12,
      value(
        output,
        type,
        gives === 'largest' ? ['batch', columns] : ['batch', 'sequence', columns],
      ),
    ),
  ];
  const operators = [text(1, ''), integer(2, 13)];
  return Buffer.concat([integer(1, 8), message(7, graph), message(8, operators)]);
}

function nodesOf(gives: NonNullable<TinyOnnx['gives']>, output: string): readonly Field[][] {
  const gather = (name: string): Field[] => node('Gather', ['table', 'input_ids'], name);
  switch (gives) {
    case 'rows':
      return [gather(output)];
    case 'largest':
      return [gather('rows'), [...node('ReduceMax', ['rows'], output), axes([1]), keepsDims(0)]];
    case 'leaky':
      return [
        gather('rows'),
        [...node('ReduceMax', ['rows'], 'all'), axes([0, 1]), keepsDims(1)],
        node('Add', ['rows', 'all'], output),
      ];
  }
}

function node(operator: string, inputs: readonly string[], output: string): Field[] {
  return [...inputs.map((input) => text(1, input)), text(2, output), text(4, operator)];
}

function axes(values: readonly number[]): Field {
  return message(5, [
    text(1, 'axes'),
    ...values.map((axis) => integer(8, axis)),
    integer(20, int64),
  ]);
}

function keepsDims(value: number): Field {
  return message(5, [text(1, 'keepdims'), integer(3, value), integer(20, 2)]);
}

function value(name: string, type: number, dims: readonly (string | number)[]): Field[] {
  const shape = dims.map((dim) =>
    message(1, [typeof dim === 'number' ? integer(1, dim) : text(2, dim)]),
  );
  return [text(1, name), message(2, [message(1, [integer(1, type), message(2, shape)])])];
}
