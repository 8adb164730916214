// `npm run generate`: rewrites every file that is made from others, so that a review reads what a
// change does as a diff. With `--check` it writes nothing and fails where a file is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isProgram } from '../../dataplane/local/tools/cache.ts';
import { helmPath } from '../kit/tools/helm.ts';
import { chartFiles } from './chart-files.ts';
import { chartGoldenNames, chartGoldenPath, chartGoldenText } from './chart-golden.ts';
import {
  envoyFiles,
  goldenFolder,
  goldenNames,
  goldenText,
  readGoldenInput,
} from './envoy-golden.ts';

const onlyChecks = process.argv.includes('--check');

for (const name of goldenNames()) {
  const path = `${goldenFolder}${name}.out.yaml`;
  const text = goldenText(envoyFiles(readGoldenInput(name)));
  if (!onlyChecks) {
    writeFileSync(path, text);
  } else if (readFileSync(path, 'utf8') !== text) {
    process.stderr.write(`test/golden/envoy/${name}.out.yaml is stale: npm run generate\n`);
    process.exitCode = 1;
  }
}

for (const { path, text } of await chartFiles()) {
  if (!onlyChecks) {
    writeFileSync(path, text);
  } else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    process.stderr.write(`${path} is stale: npm run generate\n`);
    process.exitCode = 1;
  }
}

// The checks run before any tool is there; test/contract/chart.test.ts compares these.
if (!onlyChecks && (await isProgram(await helmPath()))) {
  for (const name of chartGoldenNames()) {
    writeFileSync(chartGoldenPath(name), await chartGoldenText(name));
  }
}
