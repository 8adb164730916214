// The nested form, version v0.3: `providers`, `routing` and `global` become the flat sections.
import { Draft, memberOf, without } from '../draft.ts';
import { isRaw, type Normalised, type Raw } from '../normalised.ts';
import { flattenGlobal } from './global.ts';
import { flattenProviders } from './providers.ts';
import { flattenRouting } from './routing.ts';

const nestedKeys = ['version', 'providers', 'routing', 'global'];

/** A file without any of the three sections is flat already. */
export function flattenNested(value: Raw): Normalised {
  if (!['providers', 'routing', 'global'].some((key) => isRaw(value[key]))) {
    return { value, moves: [], problems: [], warnings: [] };
  }
  const draft = new Draft(without(value, nestedKeys));
  const version = value['version'];
  if (version !== undefined && version !== 'v0.3') {
    draft.refuse(['version'], 'must be v0.3: other versions of the nested form are not read');
  }
  flattenProviders(memberOf(value, 'providers'), memberOf(value['routing'], 'modelCards'), draft);
  flattenRouting(memberOf(value, 'routing'), draft);
  flattenGlobal(memberOf(value, 'global'), draft);
  return draft.finish();
}
