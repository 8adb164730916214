// An object that has one of several forms, as one schema: every key of every form is described once,
// and `anyOf` says which belong together.
import type { StructuralSchema, ValueValidation } from './schema-types.ts';

export function mergeForms(forms: readonly StructuralSchema[]): StructuralSchema {
  const open = forms.find((form) => form.properties === undefined);
  if (open !== undefined) return open;
  const keys = new Set(forms.flatMap(({ properties = {} }) => Object.keys(properties)));
  const properties = [...keys].map((key) => [key, mergeKey(key, forms)] as const);
  const required = requiredByAll(forms);
  return {
    type: 'object',
    description: joined(forms.map(({ description }) => description)),
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(properties),
    ...('x-kubernetes-preserve-unknown-fields' in (forms[0] ?? {})
      ? { 'x-kubernetes-preserve-unknown-fields': true as const }
      : {}),
    anyOf: forms.map(distinctive),
  };
}

function mergeKey(key: string, forms: readonly StructuralSchema[]): StructuralSchema {
  const members = forms.flatMap(({ properties = {} }) => properties[key] ?? []);
  const [first] = members;
  if (first === undefined) throw new Error(`No form has ${key}`);
  if (members.every((member) => sameButWords(member, first))) {
    return { ...first, description: joined(members.map(({ description }) => description)) };
  }
  if (members.every((member) => member.enum !== undefined)) {
    return { ...first, enum: members.flatMap((member) => member.enum ?? []) };
  }
  if (members.every(({ type }) => type === 'object')) {
    const { anyOf: _, required: __, ...merged } = mergeForms(members);
    return merged;
  }
  throw new Error(`The forms of ${key} cannot be told apart`);
}

function sameButWords(left: StructuralSchema, right: StructuralSchema): boolean {
  const bare = ({ description: _, ...rest }: StructuralSchema): string => JSON.stringify(rest);
  return bare(left) === bare(right);
}

/** What tells the form from the others: its constants, and what it cannot do without. */
function distinctive({ properties = {}, required = [] }: StructuralSchema): ValueValidation {
  const members = Object.entries(properties).flatMap(([key, member]) => {
    const own: ValueValidation = {
      ...(member.enum?.length === 1 ? { enum: member.enum } : {}),
      ...(member.required === undefined ? {} : { required: member.required }),
    };
    return Object.keys(own).length === 0 ? [] : [[key, own] as const];
  });
  return {
    ...(required.length > 0 ? { required } : {}),
    ...(members.length > 0 ? { properties: Object.fromEntries(members) } : {}),
  };
}

function requiredByAll(forms: readonly StructuralSchema[]): string[] {
  const [first, ...others] = forms.map(({ required = [] }) => required);
  return (first ?? []).filter((key) => others.every((required) => required.includes(key)));
}

function joined(descriptions: readonly (string | undefined)[]): string {
  return [...new Set(descriptions.filter((text) => text !== undefined))].join(' Or: ');
}
