// What the caches keep of objects of which only a part is ever asked for. Pure.
import type { Trim } from '../controller/store.ts';

/** That it is there, and whether it changed. */
export const onlyIdentity: Trim = ({ apiVersion, kind, metadata }) => {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
  };
};

/** What a pod is called and how it fares, without what it was made of. */
export const withoutSpec: Trim = ({ spec: _spec, ...object }) => object;
