// docs/classification-api.md names every path of the API with its method, and none that is not there.
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { openApiDocument } from '../../dataplane/admin/classification/openapi.ts';

const page = readFileSync(new URL('../../docs/classification-api.md', import.meta.url), 'utf8');

test('every path is documented, and no other', () => {
  const { paths } = openApiDocument({ needsToken: false }) as {
    readonly paths: Readonly<Record<string, object>>;
  };
  const served = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const told = [...page.matchAll(/^\| (GET|POST) `(\S+)` /gm)].map(
    ([, method, path]) => `${method} ${path}`,
  );
  expect(told.sort()).toEqual([...served, 'GET /openapi.json'].sort());
});
