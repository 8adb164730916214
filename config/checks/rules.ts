// Rules of decisions that could never be meant: what they ask for cannot be, or is always.
import type { RuleNode } from '../schema/index.ts';
import { checkOf, type Check } from './check-of.ts';
import { ruleNodes } from './references.ts';

/** Rules within rules; deeper ones come from a mistake in a generated file. */
const maxRuleDepth = 16;
/** What one decision may ask of one request. */
const maxRuleSize = 500;
/** What all decisions may: each is looked at for each request. */
const maxRuleSizes = 20_000;

export const ruleChecks: readonly Check[] = [
  checkOf('NOT takes one condition', ['decisions'], function* (config) {
    for (const { node, path } of ruleNodes(config.decisions)) {
      const count = node.conditions.length;
      if (node.operator !== 'NOT' || count === 1) continue;
      const message = `NOT takes exactly one condition, not ${count}; put several into an OR or AND`;
      yield { path: [...path, 'conditions'], message };
    }
  }),

  checkOf('OR takes a condition', ['decisions'], function* (config) {
    for (const { node, path } of ruleNodes(config.decisions)) {
      if (node.operator !== 'OR' || node.conditions.length > 0) continue;
      const message = 'an OR without conditions never holds; an AND without any always does';
      yield { path: [...path, 'conditions'], message };
    }
  }),

  checkOf('rules are not too deep', ['decisions'], function* (config) {
    for (const { depth, path } of ruleNodes(config.decisions)) {
      if (depth !== maxRuleDepth + 1) continue;
      yield { path, message: `rules are at most ${maxRuleDepth} levels deep` };
    }
  }),

  checkOf('rules are not too large', ['decisions'], function* (config) {
    let all = 0;
    for (const [index, { rules }] of config.decisions.entries()) {
      const size = sizeOf(rules);
      all += size;
      const path = ['decisions', index, 'rules'];
      if (size > maxRuleSize) {
        yield { path, message: `at most ${maxRuleSize} conditions and rules may stand in rules` };
      }
      if (all <= maxRuleSizes) continue;
      yield { path, message: `at most ${maxRuleSizes} may stand in the rules of all decisions` };
      return;
    }
  }),
];

/** Conditions and rules, the node itself included. */
function sizeOf(node: RuleNode): number {
  return node.conditions.reduce((sum, child) => sum + ('type' in child ? 1 : sizeOf(child)), 1);
}
