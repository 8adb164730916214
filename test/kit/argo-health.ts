// What Argo CD would show of a resource: our health check, run as Argo CD runs it, by the Lua that it
// embeds (gopher-lua) and with only the libraries that it opens.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { luaPath } from './tools/lua.ts';

const scriptPath = fileURLToPath(new URL('../../docs/argo-cd/health.lua', import.meta.url));

export interface ArgoHealth {
  readonly status: 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended' | 'Missing' | 'Unknown';
  readonly message: string;
}

/** The health of a resource as it is stored, by our check unless another one is given. */
export async function argoHealth(resource: object, check?: string): Promise<ArgoHealth> {
  const script = check ?? (await readFile(scriptPath, 'utf8'));
  const [status = '', ...message] = (await runLua(harness(script, resource))).split('\n');
  return { status: status as ArgoHealth['status'], message: message.join('\n').trimEnd() };
}

// Argo CD opens the base, table and package libraries, and of `os` only the time.
const opened = [
  'ipairs',
  'pairs',
  'next',
  'tostring',
  'tonumber',
  'type',
  'table',
  'unpack',
  'error',
];

function harness(script: string, resource: object): string {
  return `
local print, setfenv, getmetatable = print, setfenv, getmetatable
local allowed = { ${opened.map((name) => `${name} = ${name}`).join(', ')} }
allowed.obj = ${luaLiteral(resource)}
-- Without it, ("text"):find() would still work.
getmetatable("").__index = nil
local check = function()
${script}
end
setfenv(check, allowed)
local health = check()
print(health.status)
print(health.message)
`;
}

/** JSON as a Lua table. An absent value and null are the same there, as in Argo CD. */
function luaLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'nil';
  if (typeof value === 'string') return luaText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `{ ${value.map(luaLiteral).join(', ')} }`;
  const fields = Object.entries(value).map(
    ([key, field]) => `[${luaText(key)}] = ${luaLiteral(field)}`,
  );
  return `{ ${fields.join(', ')} }`;
}

function luaText(text: string): string {
  const bytes = [...Buffer.from(text)].map((byte) => `\\${String(byte).padStart(3, '0')}`);
  return `"${bytes.join('')}"`;
}

async function runLua(source: string): Promise<string> {
  const program = await luaPath();
  const folder = await mkdtemp(join(tmpdir(), 'srm-lua-'));
  try {
    const file = join(folder, 'main.lua');
    await writeFile(file, source);
    return await new Promise((resolve, reject) => {
      const child = spawn(program, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      child.once('error', reject);
      child.once('close', (code) => {
        if (code === 0 && stderr === '') resolve(stdout);
        else reject(new Error(`Lua ended with ${String(code)}: ${stderr}`));
      });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
