// The ConfigMap that the pods read. A change of it reaches them without a restart.
import type { Builder } from './context.ts';
import { ownedMetadata } from './metadata.ts';
import { childNames, configKey } from './names.ts';

export const buildConfigMap: Builder = (context) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: ownedMetadata(context, { name: childNames.configMap(context.resource) }),
  data: { [configKey]: context.config.text },
});
