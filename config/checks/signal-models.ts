// Rules of the models behind signals.
import type { RouterConfig } from '../schema/index.ts';
import type { Finding } from '../source/problem.ts';
import { checkOf, type Check } from './check-of.ts';

type SignalModels = NonNullable<RouterConfig['signal_models']>;
type Section = 'embedding' | 'domain' | 'jailbreak';

interface Place {
  readonly section: Section;
  readonly kind: 'path' | 'url' | 'unclear';
  /** What the file says there; keys that it leaves out are missing. */
  readonly said: Readonly<Partial<Record<string, unknown>>>;
}

/** What only a URL has. */
const ofUrls: Readonly<Record<Section, readonly string[]>> = {
  embedding: ['model', 'dimensions'],
  domain: ['labels'],
  jailbreak: ['labels'],
};
const ofAnyUrl = ['api_key_env', 'api_key_file', 'timeout_ms', 'max_concurrent'];

export const signalModelChecks: readonly Check[] = [
  checkOf('a model for signals is a directory or a URL', ['signal_models'], function* (config) {
    for (const { section, kind } of placesOf(config.signal_models)) {
      if (kind === 'unclear') yield finding(section, undefined, 'must have either `path` or `url`');
    }
  }),

  checkOf('a model behind a URL is described', ['signal_models'], function* (config) {
    for (const { section, kind, said } of placesOf(config.signal_models)) {
      for (const key of ofUrls[section]) {
        if (kind !== 'url' || said[key] !== undefined) continue;
        yield finding(section, key, 'must be set for a `url`');
      }
    }
  }),

  checkOf('a model directory describes itself', ['signal_models'], function* (config) {
    for (const { section, kind, said } of placesOf(config.signal_models)) {
      for (const key of [...ofUrls[section], ...ofAnyUrl]) {
        if (kind !== 'path' || said[key] === undefined) continue;
        yield finding(section, key, 'is for a `url`; the files of `path` say it themselves');
      }
    }
  }),

  checkOf('the key of a model comes from one place', ['signal_models'], function* (config) {
    for (const { section, said } of placesOf(config.signal_models)) {
      if (said['api_key_env'] === undefined || said['api_key_file'] === undefined) continue;
      yield finding(section, 'api_key_file', 'must not stand beside `api_key_env`');
    }
  }),

  checkOf('attempts have labels', ['signal_models'], function* (config) {
    const { labels, positive_labels: positive } = config.signal_models?.jailbreak ?? {};
    if (labels === undefined) return;
    if (positive === undefined) {
      yield finding('jailbreak', 'positive_labels', 'must be set for a `url`');
    }
    for (const [index, label] of (positive ?? []).entries()) {
      if (labels.includes(label)) continue;
      const path = ['signal_models', 'jailbreak', 'positive_labels', index];
      yield { path, message: `${JSON.stringify(label)} is not in \`labels\`` };
    }
  }),
];

function placesOf(models: SignalModels | undefined): readonly Place[] {
  const sections: readonly Section[] = ['embedding', 'domain', 'jailbreak'];
  return sections.flatMap((section): readonly Place[] => {
    const said = models?.[section];
    if (said === undefined) return [];
    const { path, url } = said;
    if ((path === undefined) === (url === undefined)) return [{ section, kind: 'unclear', said }];
    return [{ section, kind: path === undefined ? 'url' : 'path', said }];
  });
}

function finding(section: Section, key: string | undefined, message: string): Finding {
  return { path: ['signal_models', section, ...(key === undefined ? [] : [key])], message };
}
