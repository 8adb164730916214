// `npm run generate`: rewrites every file that is made from others, so that a review reads what a
// change does as a diff. The tests fail while one of them is stale.
import { writeFileSync } from 'node:fs';
import {
  envoyFiles,
  goldenFolder,
  goldenNames,
  goldenText,
  readGoldenInput,
} from './envoy-golden.ts';

for (const name of goldenNames()) {
  writeFileSync(`${goldenFolder}${name}.out.yaml`, goldenText(envoyFiles(readGoldenInput(name))));
}
