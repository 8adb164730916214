import { buildCrd } from './operator/crd/crd.ts';
import { stringify } from 'yaml';
process.stdout.write(stringify(buildCrd(), { lineWidth: 100, aliasDuplicateObjects: false }));
