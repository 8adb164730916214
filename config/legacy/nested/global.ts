// `global`: what concerns the router as a program. Parts that have a section in the flat form become
// it; the others keep their names, under which they are judged like any key of a flat file.
import type { Path } from '../../source/problem.ts';
import { defined, memberOf, without, type Draft } from '../draft.ts';
import { isRaw, type Raw } from '../normalised.ts';

export function flattenGlobal(global: unknown, draft: Draft): void {
  if (!isRaw(global)) return;
  const groups = ['router', 'services', 'stores', 'integrations', 'model_catalog'];
  draft.expect(global, groups, ['global']);
  flattenRouter(memberOf(global, 'router'), draft);
  for (const group of ['services', 'stores', 'integrations']) {
    const members = memberOf(global, group);
    if (!isRaw(members)) continue;
    for (const [key, member] of Object.entries(members)) {
      if (silent.has(key)) continue;
      const section = key === 'response_cache' ? 'semantic_cache' : key;
      draft.section(section, ['global', group, key], member);
    }
  }
  flattenCatalog(memberOf(memberOf(global, 'model_catalog'), 'modules'), draft);
}

/** Ports of the program and its own state: nothing that a request could notice. */
const silent: ReadonlySet<string> = new Set(['management_api', 'startup_status']);

function flattenRouter(router: unknown, draft: Draft): void {
  if (!isRaw(router)) return;
  const path: Path = ['global', 'router'];
  for (const key of ['auto_model_name', 'auto_model_names']) {
    draft.section('auto_model_name', [...path, key], router[key]);
  }
  for (const key of ['config_source', 'clear_route_cache', 'include_config_models_in_list']) {
    draft.section(key, [...path, key], router[key]);
  }
  for (const [key, message] of switches) {
    if (memberOf(router[key], 'enabled') === true) draft.refuse([...path, key], message);
  }
  const known = ['auto_model_name', 'auto_model_names', 'config_source', 'clear_route_cache'];
  const others = ['include_config_models_in_list', 'streamed_body', ...switches.keys()];
  draft.expect(router, [...known, ...others], path);
}

const switches: ReadonlyMap<string, string> = new Map([
  ['skip_processing', 'is not supported: no request passes without being counted'],
  ['model_selection', 'is not supported: the first of `modelRefs` answers'],
  ['learning', 'is not supported: a decision always means the same'],
]);

/** Of the models behind guards and classifiers, how sure they must be. */
function flattenCatalog(modules: unknown, draft: Draft): void {
  const path: Path = ['global', 'model_catalog', 'modules'];
  const guard = memberOf(modules, 'prompt_guard');
  draft.section('prompt_guard', [...path, 'prompt_guard'], settingsOf(guard, ['enabled']));
  const classifier = memberOf(modules, 'classifier');
  if (!isRaw(classifier)) return;
  draft.move(['classifier', 'category_model'], [...path, 'classifier', 'domain']);
  draft.move(['classifier', 'pii_model'], [...path, 'classifier', 'pii']);
  draft.section('classifier', [...path, 'classifier'], {
    ...defined({
      category_model: settingsOf(classifier['domain'], []),
      pii_model: settingsOf(classifier['pii'], []),
    }),
  });
}

function settingsOf(module: unknown, further: readonly string[]): Raw | undefined {
  if (!isRaw(module)) return undefined;
  const kept = ['threshold', ...further];
  return without(
    module,
    Object.keys(module).filter((key) => !kept.includes(key)),
  );
}
