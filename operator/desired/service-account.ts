// The ServiceAccount of the pods. They ask nothing of the API server, so there is no token.
import type { Builder } from './context.ts';
import { ownedMetadata } from './metadata.ts';
import { childNames } from './names.ts';

export const buildServiceAccount: Builder = (context) =>
  context.spec.podTemplate.serviceAccountName === undefined
    ? {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: ownedMetadata(context, { name: childNames.serviceAccount(context.resource) }),
        automountServiceAccountToken: false,
      }
    : undefined;
