// Role bindings, the form in which semantic-router says who has which role, as rules about callers: a
// role becomes a signal of type `authz`, and who has it by any binding its users and groups.
import type { Path } from '../source/problem.ts';
import type { Draft } from './draft.ts';
import { isList, isRaw, rawItems, type Raw } from './normalised.ts';

interface Role {
  readonly name: unknown;
  readonly from: Path;
  readonly users: unknown[];
  readonly groups: unknown[];
}

/** Puts the rules that the bindings amount to behind those that are there. */
export function bindRoles(bindings: unknown, rules: unknown, draft: Draft): void {
  const before: readonly unknown[] = isList(rules) ? rules : [];
  if (rules !== undefined && !isList(rules)) draft.section('authz_rules', ['authz_rules'], rules);
  if (!isList(bindings)) {
    draft.refuse(['role_bindings'], 'must be a list');
    return;
  }
  const roles = new Map<unknown, Role>();
  for (const [index, binding] of bindings.entries()) {
    const from: Path = ['role_bindings', index];
    if (!isRaw(binding)) draft.refuse(from, 'must be a section with keys');
    else if (binding['role'] === undefined) draft.refuse([...from, 'role'], 'is missing');
    else addSubjects(binding, { ...roleOf(binding, from, roles), from }, draft);
  }
  for (const [index, { from }] of [...roles.values()].entries()) {
    const to: Path = ['authz_rules', before.length + index];
    draft.move(to, from);
    draft.move([...to, 'name'], [...from, 'role']);
    draft.move([...to, 'users'], [...from, 'subjects']);
    draft.move([...to, 'groups'], [...from, 'subjects']);
  }
  if (rules !== undefined && !isList(rules)) return;
  const bound = [...roles.values()].map(({ name, users, groups }) => ({ name, users, groups }));
  draft.section('authz_rules', ['authz_rules'], [...before, ...bound]);
}

function roleOf(binding: Raw, from: Path, roles: Map<unknown, Role>): Role {
  const name = binding['role'];
  const known = roles.get(name);
  if (known !== undefined) return known;
  const role: Role = { name, from, users: [], groups: [] };
  roles.set(name, role);
  return role;
}

function addSubjects(binding: Raw, { from, users, groups }: Role, draft: Draft): void {
  for (const [index, { kind, name }] of rawItems(binding['subjects'])) {
    const word = typeof kind === 'string' ? kind.trim().toLowerCase() : '';
    if (word === 'user') users.push(name);
    else if (word === 'group') groups.push(name);
    else draft.refuse([...from, 'subjects', index, 'kind'], 'must be User or Group');
  }
}
