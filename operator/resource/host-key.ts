// The key by which Authorino finds the AuthConfig of a resource, and whose it is. One Authorino serves
// many namespaces and gives a key to whoever comes first, with all requests that are asked about by it.
import { quote } from '../../config/source/problem.ts';

interface Place {
  readonly name: string;
  readonly namespace: string;
}

/** The key of a resource that names none; no two resources have the same. */
export function defaultHostKey({ name, namespace }: Place): string {
  return `${name}.${namespace}`;
}

/**
 * What is wrong with a key in a resource of that namespace, in a clause; undefined: nothing. A key
 * that has the form of a default one belongs to the namespace that it ends with: whoever had it
 * elsewhere would decide who may call there.
 */
export function hostKeyProblem(host: string, namespace: string): string | undefined {
  const [, owner, ...more] = host.split('.');
  if (owner === undefined || more.length > 0 || owner === namespace) return undefined;
  return (
    `${quote(host)} belongs to the namespace ${owner}, as every key of the form NAME.NAMESPACE does: ` +
    `use one that ends with .${namespace}, or one of another form`
  );
}
