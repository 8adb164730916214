// `npm run generate`: rewrites every file that is made from others, so that a review reads what a
// change does as a diff. With `--check` it writes nothing and fails where a file is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { isProgram } from '../../dataplane/local/tools/cache.ts';
import { helmPath } from '../kit/tools/helm.ts';
import { chartFiles } from './chart-files.ts';
import { chartGoldenNames, chartGoldenPath, chartGoldenText } from './chart-golden.ts';
import { crdFile, crdText } from './crd-file.ts';
import {
  envoyFiles,
  goldenFolder,
  goldenNames,
  goldenText,
  readGoldenInput,
} from './envoy-golden.ts';
import {
  operatorGoldenFolder,
  operatorGoldenNames,
  operatorGoldenText,
  renderGolden,
} from './operator-golden.ts';
import { wasmFiles } from './wasm-files.ts';

interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

const generated: readonly GeneratedFile[] = [
  ...goldenNames().map((name) => ({
    path: `${goldenFolder}${name}.out.yaml`,
    text: goldenText(envoyFiles(readGoldenInput(name))),
  })),
  ...operatorGoldenNames().map((name) => ({
    path: `${operatorGoldenFolder}${name}.out.yaml`,
    text: operatorGoldenText(renderGolden(name)),
  })),
  { path: crdFile, text: crdText() },
  ...(await chartFiles()),
  ...(await wasmFiles()),
];

const onlyChecks = process.argv.includes('--check');

for (const { path, text } of generated) {
  if (!onlyChecks) {
    writeFileSync(path, text);
  } else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    process.stderr.write(`${relative(process.cwd(), path)} is stale: npm run generate\n`);
    process.exitCode = 1;
  }
}

// The checks run before any tool is there; test/contract/chart.test.ts compares these.
if (!onlyChecks && (await isProgram(await helmPath()))) {
  for (const name of chartGoldenNames()) {
    writeFileSync(chartGoldenPath(name), await chartGoldenText(name));
  }
}
