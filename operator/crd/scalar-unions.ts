// Keys that take values of several types, such as `50%` or 3. A structural schema has a word for
// whole numbers beside text; any other mixture has no type there, and is held to its kinds by limits.
import type { StructuralSchema } from './schema-types.ts';

const neverNumber = { minimum: 1, maximum: 0 };
const neverList = { minItems: 1, maxItems: 0 };
const neverObject = { minProperties: 1, maxProperties: 0 };
const neverBoolean = { not: { enum: [true, false] } };

export function untypedUnion(forms: readonly StructuralSchema[]): StructuralSchema {
  const types = forms.flatMap(({ type }) => type ?? []);
  const text = asPattern(forms.find(({ type }) => type === 'string'));
  const others = forms.filter(({ type }) => type !== 'string');
  const restrictions = others.map(
    ({ type: _, format: __, 'x-kubernetes-list-type': ___, ...rest }) => rest,
  );
  const merged = restrictions.reduce<StructuralSchema>((all, one) => ({ ...all, ...one }), text);
  if (types.includes('integer') && types.length === 2) {
    return {
      'x-kubernetes-int-or-string': true,
      anyOf: [{ type: 'integer' }, { type: 'string' }],
      ...merged,
    };
  }
  return {
    'x-kubernetes-preserve-unknown-fields': true,
    description: `Type: ${types.join(' or ')}.`,
    ...merged,
    ...(types.includes('number') ? {} : neverNumber),
    ...(types.includes('array') ? {} : neverList),
    ...neverObject,
    ...neverBoolean,
  };
}

/** A closed set of words as a pattern, because `enum` would hold for the other types too. */
function asPattern(text: StructuralSchema | undefined): StructuralSchema {
  const { type: _, enum: words, ...rest } = text ?? {};
  if (words === undefined) return rest;
  const maxLength = Math.max(...words.map((word) => String(word).length));
  return { ...rest, maxLength, pattern: `^(${words.join('|')})$` };
}
