// The scripted model server that all contestants share.
import { freePort } from '../kit/ports.ts';
import type { GoPrograms } from './go-programs.ts';
import { startServer } from './server-process.ts';

/** Resolves with its port. The cleanup ends it. */
export async function startBackend(go: GoPrograms, cleanup: AsyncDisposableStack): Promise<number> {
  const port = await freePort();
  const backend = await startServer({
    name: 'the backend',
    command: go.backend,
    args: [`-listen=127.0.0.1:${port}`],
    port,
  });
  cleanup.defer(() => backend.stop());
  return port;
}
