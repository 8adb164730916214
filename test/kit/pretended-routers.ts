// Routers that run no process, for scenarios with more pods than a machine has room for: each answers
// on its pod's own address which configuration is mounted there, and nothing else. For `startKubelet`.
import { readFile } from 'node:fs/promises';
import { contentHash } from '../../config/content-hash.ts';
import { ports } from '../../config/names.ts';
import { sendJson, startHttpServer } from '../../dataplane/admin/http-server.ts';
import { configKey } from '../../operator/desired/names.ts';
import { paths } from '../../operator/desired/pod/volumes.ts';
import type { ContainerCall, InProcess, Programs } from './kubelet/launch.ts';
import { pretendProcess, type LocalProcess } from './kubelet/local-process.ts';

/**
 * The container `router` is a listener on POD_IP, port 8080, for as long as its pod is there. Init
 * steps end well at once; all else pretends to run.
 */
export const pretendedRouter: Programs = (call) => {
  if (call.container === 'envoy-files') return ended;
  const isRouter = call.container === 'router' && call.command.length === 0;
  return isRouter ? () => listen(call) : 'pretend';
};

const ended: InProcess = () => {
  const done = pretendProcess();
  done.signal('SIGTERM');
  return Promise.resolve(done);
};

async function listen({ env, path }: ContainerCall): Promise<LocalProcess> {
  const file = path(`${paths.config}/${configKey}`);
  const loadedAt = new Date().toISOString();
  const server = await startHttpServer({
    ...{ purpose: 'admin', host: env['POD_IP'] ?? '', port: ports.admin },
    routes: {
      '/config': async (request, response) => {
        const hash = contentHash(await readFile(file));
        const body = { hash, loadedAt, mode: 'maas', counts: {}, warnings: [], rejected: null };
        sendJson(request, response, { status: 200, body });
      },
      '/readyz': (request, response) => {
        sendJson(request, response, { status: 200, body: { ready: true } });
      },
    },
    // Its volume went with the pod: whoever asks gets a 500, as from a router that is ending.
    onError: () => undefined,
  });
  return pretendProcess(() => server.close(0));
}
