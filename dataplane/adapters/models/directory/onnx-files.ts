// Which of several ONNX files holds the model.

const names = [
  'model_sdpa_fp16.onnx',
  'model.onnx',
  'classifier.onnx',
  'model_optimized.onnx',
  'model_q4.onnx',
  'model_quantized.onnx',
];

/**
 * The files in the order in which they are tried: the directory itself, then its `onnx/`; in each the
 * known names, then any other. Exports for operators that only some GPUs have are left out.
 */
export function onnxCandidates(
  root: readonly string[],
  folder: readonly string[],
): readonly string[] {
  return [...ranked(root), ...ranked(folder).map((file) => `onnx/${file}`)];
}

function ranked(files: readonly string[]): readonly string[] {
  const known = names.filter((name) => files.includes(name));
  const others = files
    .filter((file) => file.endsWith('.onnx') && !names.includes(file) && !file.includes('_fa_'))
    .toSorted();
  return [...known, ...others];
}
