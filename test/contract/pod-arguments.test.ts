// What the operator writes into the pods is what the programs in them understand: the arguments of
// every golden Deployment, read by the commands that get them.
import { expect, test } from '@jest/globals';
import { parseArgs } from 'node:util';
import { envoyFilesFlags } from '../../dataplane/commands/envoy-files.ts';
import { readEnvoyFlags } from '../../dataplane/commands/envoy-flags.ts';
import { routerFlags } from '../../dataplane/commands/router.ts';
import { authzService } from '../../operator/desired/auth-link.ts';
import { operatorGoldenNames, renderGolden } from '../golden/operator-golden.ts';

interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

const pods = operatorGoldenNames().flatMap((name) => {
  const { desired } = renderGolden(name);
  if (desired === undefined) return [];
  const deployment = desired.objects.find(({ kind }) => kind === 'Deployment');
  const { template } = deployment?.['spec'] as {
    template: { spec: { initContainers: Container[]; containers: Container[] } };
  };
  const [init] = template.spec.initContainers;
  const [router, envoy] = template.spec.containers;
  if (init === undefined || router === undefined || envoy === undefined) {
    throw new Error(`${name}: a container is missing`);
  }
  return [{ name, context: desired.context, init, router, envoy }];
});

test.each(pods)('$name: init step and router mean the same Envoy', ({ context, init, router }) => {
  const [initCommand, ...initArgs] = init.args;
  const [routerCommand, ...routerArgs] = router.args;
  expect([initCommand, routerCommand]).toEqual(['envoy-files', 'router']);
  const first = parseArgs({ args: initArgs, options: envoyFilesFlags }).values;
  const second = parseArgs({ args: routerArgs, options: routerFlags }).values;
  expect(first.config).toBe(second.config);
  const beside = readEnvoyFlags(first);
  expect(readEnvoyFlags(second)).toEqual(beside);
  expect(beside?.envoy.authz).toEqual(authzService(context));
  const { provider, trustIncomingHeaders } = context.spec.auth;
  expect(beside?.envoy.incomingIdentityHeaders).toBe(
    provider === 'None' && trustIncomingHeaders ? 'keep' : 'strip',
  );
});

test.each(pods)('$name: ext_proc and Envoy’s admin interface are on no network', ({ init }) => {
  const { values } = parseArgs({ args: init.args.slice(1), options: envoyFilesFlags });
  expect(readEnvoyFlags(values)?.envoy).toMatchObject({
    admin: { unixSocket: expect.any(String) },
    extProc: { unixSocket: expect.any(String) },
  });
});

test.each(pods)('$name: the folder that they share is a volume in all three', (pod) => {
  const directory = readEnvoyFlags(
    parseArgs({ args: pod.init.args.slice(1), options: envoyFilesFlags }).values,
  )?.envoy.directory;
  const volumes = [pod.init, pod.router, pod.envoy].map(
    ({ volumeMounts }) => volumeMounts.find(({ mountPath }) => mountPath === directory)?.name,
  );
  expect(new Set(volumes)).toEqual(new Set(['envoy-files']));
  expect(pod.envoy.args).toContain(`${directory ?? ''}/bootstrap.json`);
});
