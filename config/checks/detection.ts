// What is asked of caches, guards and other parts that files of semantic-router know and this router
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

  checkOf('the cache is in memory', ['semantic_cache'], function* (config) {
    const { semantic_cache: cache } = config;
    if (cache?.enabled !== true || cache.backend_type === 'memory') return;
    const message = `must be memory: ${cache.backend_type} is not supported`;
    yield { path: ['semantic_cache', 'backend_type'], message };
  }),
];
