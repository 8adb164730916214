// The groups of a caller, through the real Envoy: from an authorization service's metadata, and what a
// client that claims some achieves.
import { afterEach, expect, test } from '@jest/globals';
import { send } from '../kit/client.ts';
import { startSystem, type System, type SystemOptions } from '../kit/system.ts';

const namespace = 'envoy.filters.http.ext_authz';
let system: System | undefined;

afterEach(async () => {
  await system?.stop();
  system = undefined;
});

/** Which decision a request leads to that claims to come from a group, and what the backend sees. */
async function decisionFor(authentication: object, options: SystemOptions = {}) {
  system = await startSystem({
    config: {
      authz_rules: [{ name: 'staff', groups: ['staff'] }],
      decisions: [
        {
          name: 'for_staff',
          rules: { operator: 'AND', conditions: [{ type: 'authz', name: 'staff' }] },
          modelRefs: [{ model: 'small' }],
        },
      ],
      maas_integration: {
        enabled: true,
        authentication: { groups_header: 'x-groups', ...authentication },
      },
    },
    ...options,
  });
  const reply = await send({
    url: `${system.url}/v1/chat/completions`,
    headers: { 'X-Groups': 'staff' },
    body: { model: 'auto', messages: [{ role: 'user', content: 'hi' }] },
  });
  expect(reply.status).toBe(200);
  const [record] = await system.waitForRecords(1);
  const seen = system.backends.small.requests.at(-1)?.headers ?? {};
  expect(Object.keys(seen)).not.toContain('x-groups');
  return record?.decision;
}

test('a header is believed where somebody in front is trusted to set it', async () => {
  expect(await decisionFor({})).toBe('for_staff');
});

test('a header that a client sends is stripped before anybody looks', async () => {
  expect(await decisionFor({}, { envoy: { incomingIdentityHeaders: 'strip' } })).toBe('default');
});

test.each([
  ['{ "eng", "staff" }', 'for_staff'],
  ['{ "eng" }', 'default'],
  ['"eng, staff"', 'for_staff'],
])('metadata %s, whatever the header says', async (groups, decision) => {
  const metadata = {
    namespace,
    user: 'identity.user',
    tier: 'identity.tier',
    groups: 'identity.groups',
  };
  const told = `function envoy_on_request(handle)
    handle:streamInfo():dynamicMetadata():set(
      "${namespace}", "identity", { user = "bob", tier = "gold", groups = ${groups} })
  end`;
  const lua = {
    name: 'envoy.filters.http.lua',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua',
      default_source_code: { inline_string: told },
    },
  };
  expect(await decisionFor({ metadata }, { filtersBefore: [lua] })).toBe(decision);
});
