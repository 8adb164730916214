// Types of personal data that a guard lets pass: a mistyped one would silently keep nothing from
// being refused.
import { isPiiType, piiTypes } from '../pii-types.ts';
import { nearestName } from '../source/nearest-name.ts';
import { quote, type Finding, type Path } from '../source/problem.ts';
import { checkOf, type Check } from './check-of.ts';

export const piiTypeChecks: readonly Check[] = [
  checkOf('pii_types_allowed are types', ['decisions'], function* (config) {
    for (const [decision, { plugins }] of config.decisions.entries()) {
      for (const [index, plugin] of plugins.entries()) {
        if (plugin.type !== 'pii') continue;
        const path = ['decisions', decision, 'plugins', index, 'configuration'];
        yield* unknownTypes(plugin.configuration.pii_types_allowed, path);
      }
    }
  }),
  checkOf('pii_types_allowed of pii_guard are types', ['pii_guard'], function* (config) {
    yield* unknownTypes(config.pii_guard?.pii_types_allowed ?? [], ['pii_guard']);
  }),
];

/** A finding for each name that is no type; `path` is that of the guard. */
function* unknownTypes(names: readonly string[], path: Path): Generator<Finding> {
  for (const [index, name] of names.entries()) {
    if (isPiiType(name)) continue;
    const nearest = nearestType(name);
    const hint =
      nearest === undefined
        ? `types are ${piiTypes.join(', ')}`
        : `did you mean ${quote(nearest)}?`;
    yield {
      path: [...path, 'pii_types_allowed', index],
      message: `${quote(name)} is no type of personal data; ${hint}`,
    };
  }
}

/** Also of names that leave out a part, such as `EMAIL` or `SSN`. */
function nearestType(name: string): string | undefined {
  const plain = name.toUpperCase().replaceAll('-', '_');
  const partOf = piiTypes.find((type) => type.split('_').includes(plain));
  return nearestName(name, piiTypes) ?? partOf;
}
