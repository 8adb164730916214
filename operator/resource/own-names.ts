// What in the pods is the operator's own: without it the router does not work, so nobody may lay
// anything over it.

/** Volumes, and where they are mounted. */
export const ownVolumes = {
  config: { name: 'router-config', mountPath: '/etc/semantic-router' },
  /** Shared with Envoy; short, since paths of sockets are. */
  envoy: { name: 'envoy-files', mountPath: '/run/semantic-router' },
} as const;

/** Variables of the router's container. */
export const ownVariables = { podName: 'POD_NAME', podIp: 'POD_IP', models: 'MODELS_DIR' } as const;
