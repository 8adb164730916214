// What is asked of guards and other parts that files of semantic-router know and this router
// does not have.
import { checkOf, type Check } from './check-of.ts';

export const detectionChecks: readonly Check[] = [
  checkOf('config_source is file', ['config_source'], function* (config) {
    if (config.config_source !== 'kubernetes') return;
    const message = 'must be file: custom resources are read by the operator, not by the router';
    yield { path: ['config_source'], message };
  }),

  checkOf('tools are not selected', ['tools'], function* (config) {
    if (config.tools?.enabled !== true) return;
    const message = 'must be false: selecting tools by meaning is not supported';
    yield { path: ['tools', 'enabled'], message };
  }),

  checkOf('no classifier stands behind MCP', ['classifier'], function* (config) {
    if (config.classifier?.mcp_category_model?.enabled !== true) return;
    const message = 'must be false: a classifier behind MCP is not supported';
    yield { path: ['classifier', 'mcp_category_model', 'enabled'], message };
  }),
];
