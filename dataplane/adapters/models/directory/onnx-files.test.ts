import { expect, test } from '@jest/globals';
import { onnxCandidates } from './onnx-files.ts';

test('the directory comes before its onnx folder, and known names before others', () => {
  expect(
    onnxCandidates(
      ['config.json', 'other.onnx', 'model.onnx'],
      ['model_q4.onnx', 'model.onnx', 'model_sdpa_fp16.onnx', 'model.onnx_data'],
    ),
  ).toEqual([
    'model.onnx',
    'other.onnx',
    'onnx/model_sdpa_fp16.onnx',
    'onnx/model.onnx',
    'onnx/model_q4.onnx',
  ]);
});

test('an export for flash attention is not tried', () => {
  expect(onnxCandidates([], ['model_fa_fp16.onnx'])).toEqual([]);
});
