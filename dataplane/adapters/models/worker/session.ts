// Runs one ONNX file with onnxruntime. It knows token ids and numbers, no texts.
import type * as onnxruntime from 'onnxruntime-node';
import type { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { sentenceOf } from '../sentence-of.ts';

/** What a model made of one input: `rows` × `columns` numbers, a row for each token or one in all. */
export interface WindowOutput {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

export interface ModelSession {
  /** Computes inputs together, padded to the longest. Rejects where the model fails. */
  run(inputs: readonly Int32Array[]): Promise<readonly WindowOutput[]>;
}

export interface SessionOptions {
  readonly path: string;
  readonly padId: number;
  /** Names of the wanted output; the first that the model has is taken, else its first output. */
  readonly outputs: readonly string[];
}

type Runtime = Pick<typeof onnxruntime, 'InferenceSession' | 'Tensor'>;

/** Rejects with a sentence where the runtime is not installed or the file is no such model. */
export async function openSession({ path, padId, outputs }: SessionOptions): Promise<ModelSession> {
  const { InferenceSession: Session, Tensor } = await loadRuntime();
  const session = await Session.create(path, {
    // One thread per model: the worker is the unit of concurrency, and two threads on the cores of
    // a router gave nothing.
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    // What goes wrong is thrown; written to standard error it would not be a line of the log.
    logSeverityLevel: 4,
  });
  const stranger = session.inputNames.find((name) => !inputNames.includes(name));
  if (stranger !== undefined) throw new Error(`wants an input ${stranger} that nobody knows`);
  const output = outputs.find((name) => session.outputNames.includes(name));
  const wanted = output ?? session.outputNames[0] ?? '';
  return {
    run: async (inputs) => {
      const feeds = feed(inputs, { padId, names: session.inputNames, Tensor });
      const result = (await session.run(feeds, [wanted], { logSeverityLevel: 4 }))[wanted];
      if (result === undefined) throw new Error(`gave no output ${wanted}`);
      return unpack(result, inputs);
    },
  };
}

const inputNames = ['input_ids', 'attention_mask', 'token_type_ids', 'position_ids'];

async function loadRuntime(): Promise<Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw new Error(
      'the package onnxruntime-node is not installed, or not for this platform: ' +
        sentenceOf(error),
      { cause: error },
    );
  }
}

function feed(
  inputs: readonly Int32Array[],
  {
    padId,
    names,
    Tensor,
  }: {
    readonly padId: number;
    readonly names: readonly string[];
    readonly Tensor: Runtime['Tensor'];
  },
): InferenceSession.FeedsType {
  const length = Math.max(...inputs.map((ids) => ids.length));
  const filled = (fill: (ids: Int32Array, at: number) => number): OnnxTensor => {
    const data = new BigInt64Array(inputs.length * length);
    for (const [row, ids] of inputs.entries()) {
      for (let at = 0; at < length; at++) data[row * length + at] = BigInt(fill(ids, at));
    }
    return new Tensor('int64', data, [inputs.length, length]);
  };
  const tensors: Readonly<Record<string, () => OnnxTensor>> = {
    input_ids: () => filled((ids, at) => ids[at] ?? padId),
    attention_mask: () => filled((ids, at) => (at < ids.length ? 1 : 0)),
    token_type_ids: () => filled(() => 0),
    position_ids: () => filled((_, at) => at),
  };
  return Object.fromEntries(
    names.flatMap((name) => {
      const tensor = tensors[name];
      return tensor === undefined ? [] : [[name, tensor()]];
    }),
  );
}

/** The part of each input, without padding. Half-precision numbers are widened. */
function unpack(result: OnnxTensor, inputs: readonly Int32Array[]): readonly WindowOutput[] {
  const [batch, second, third] = result.dims;
  if (batch !== inputs.length || second === undefined || result.dims.length > 3) {
    throw new Error(`gave an output of shape [${result.dims.join(', ')}]`);
  }
  const columns = third ?? second;
  const padded = third === undefined ? 1 : second;
  const data = floats(result.data);
  return inputs.map((ids, at) => {
    const rows = Math.min(padded, third === undefined ? 1 : ids.length);
    const begin = at * padded * columns;
    return { data: data.subarray(begin, begin + rows * columns), rows, columns };
  });
}

function floats(data: OnnxTensor['data']): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof Float64Array || data instanceof Float16Array) return Float32Array.from(data);
  throw new Error('gave an output that is not of floating-point numbers');
}
