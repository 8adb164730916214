// The kubelet stand-in under a real control plane, with a Deployment of a small server. What the
// scenarios with the operator rest on holds: files, environment, probes, restarts, endings.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startControlPlane, type ControlPlane } from '../kit/control-plane.ts';
import { startKubelet, type Kubelet, type LocalPod } from '../kit/kubelet/kubelet.ts';
import type { Container, Pod, PodSpec } from '../kit/kubelet/pod.ts';
import { until } from '../kit/router-surroundings.ts';

// Serves on POD_IP what it knows; rereads its greeting whenever `..data` is swapped.
const server = `
const { createServer } = require('node:http');
const { readFileSync, watch } = require('node:fs');
const { dirname } = require('node:path');
const file = process.argv[1];
let greeting = readFileSync(file, 'utf8');
let reads = 1;
let ready = true;
watch(dirname(file), (_, name) => {
  if (name !== '..data') return;
  greeting = readFileSync(file, 'utf8');
  reads++;
});
createServer((request, reply) => {
  if (request.url === '/crash') process.exit(3);
  if (request.url === '/ready') reply.statusCode = ready ? 200 : 503;
  if (request.url === '/unready') ready = false;
  const { env, pid } = process;
  reply.end(JSON.stringify({ greeting, reads, env, pid, args: process.argv.slice(1) }));
}).listen(Number(process.env.PORT), process.env.POD_IP, () => console.log('listening'));
process.on('SIGTERM', () => {
  console.log('bye');
  process.exit(0);
});
`;

let cluster: ControlPlane;
let kubelet: Kubelet;
beforeAll(async () => {
  cluster = await startControlPlane();
  kubelet = await startKubelet({
    ...cluster,
    programs: ({ image, command, args }) => {
      if (image === 'pretender') return 'pretend';
      if (command.length > 0) return { command: [...command, ...args] };
      if (image === 'server') return { command: [process.execPath, '-e', server, '--', ...args] };
      return undefined;
    },
  });
});
afterAll(async () => {
  await kubelet.stop();
  await cluster.stop();
});

let namespace = '';
let count = 0;
beforeEach(async () => {
  namespace = `test-${count++}`;
  await cluster.createNamespace(namespace);
  await cluster.client.create(path('configmaps'), {
    metadata: { name: 'greetings' },
    data: { 'greeting.txt': 'hello', LANGUAGE: 'en' },
  });
});
afterEach(async () => {
  kubelet.setVolumeDelay(0);
  await cluster.client.delete(`/api/v1/namespaces/${namespace}`);
});

function path(resource: string, name?: string): string {
  const group = resource === 'deployments' ? '/apis/apps/v1' : '/api/v1';
  return `${group}/namespaces/${namespace}/${resource}${name === undefined ? '' : `/${name}`}`;
}

const serving: Container = {
  name: 'server',
  image: 'server',
  args: ['/etc/greetings/greeting.txt'],
  ports: [{ name: 'http', containerPort: 8080 }],
  env: [
    { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    { name: 'PORT', value: '8080' },
  ],
  volumeMounts: [{ name: 'greetings', mountPath: '/etc/greetings' }],
  readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 1 },
};

async function deploy(
  container: Partial<Container> = {},
  pod: Partial<PodSpec> = {},
  replicas = 1,
): Promise<void> {
  const labels = { app: 'server' };
  await cluster.client.create(path('deployments'), {
    metadata: { name: 'server' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 30,
          volumes: [{ name: 'greetings', configMap: { name: 'greetings' } }],
          ...pod,
          containers: [{ ...serving, ...container }],
        },
      },
    },
  });
}

interface Deployment {
  readonly status?: { readonly availableReplicas?: number; readonly replicas?: number };
}

async function untilAvailable(replicas = 1): Promise<readonly LocalPod[]> {
  await until(`${replicas} available`, async () => {
    const { status } = await cluster.client.get<Deployment>(path('deployments', 'server'));
    return status?.availableReplicas === replicas && status.replicas === replicas;
  });
  return kubelet.pods(namespace);
}

async function onlyPod(): Promise<LocalPod> {
  const [pod] = await untilAvailable();
  if (pod === undefined) throw new Error('no pod runs');
  return pod;
}

interface Answer {
  readonly greeting: string;
  readonly reads: number;
  readonly env: Readonly<Record<string, string>>;
  readonly pid: number;
  readonly args: readonly string[];
}

async function ask({ address }: LocalPod, url = '/'): Promise<Answer> {
  const reply = await fetch(`http://${address}:8080${url}`);
  return (await reply.json()) as Answer;
}

interface PodStatus {
  readonly status: {
    readonly phase: string;
    readonly containerStatuses?: readonly {
      readonly restartCount: number;
      readonly ready: boolean;
      readonly state: Readonly<Record<string, { readonly message?: string }>>;
      readonly lastState: { readonly terminated?: { readonly exitCode: number } };
    }[];
  };
}

async function podStatuses(): Promise<PodStatus['status'][]> {
  const pods = await cluster.client.list<PodStatus>(path('pods'));
  return pods.map(({ status }) => status);
}

/** A process that has ended and that nobody has asked about is there still, as a zombie. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout !== '' && !stdout.startsWith('Z');
}

test('each replica becomes available on an address of its own', async () => {
  await deploy({}, {}, 2);
  const pods = await untilAvailable(2);
  const answers = await Promise.all(pods.map((pod) => ask(pod)));
  expect(answers.map(({ greeting }) => greeting)).toEqual(['hello', 'hello']);
  expect(new Set(answers.map(({ pid }) => pid)).size).toBe(2);
  expect(pods.map(({ address }) => address)).not.toContain('127.0.0.1');
});

test('an edit of a ConfigMap reaches the process by one swap, without a restart', async () => {
  await deploy();
  const pod = await onlyPod();
  const { pid } = await ask(pod);
  await cluster.client.patch(path('configmaps', 'greetings'), { data: { 'greeting.txt': 'hi' } });
  await until('the new greeting', async () => (await ask(pod)).greeting === 'hi');
  expect(await ask(pod)).toMatchObject({ pid, reads: 2 });
});

test('a label of the pod that no volume shows, and an edit of nothing, swap nothing', async () => {
  await deploy();
  const pod = await onlyPod();
  await cluster.client.patch(path('configmaps', 'greetings'), { metadata: { labels: { a: 'b' } } });
  await cluster.client.patch(path('pods', pod.name), { metadata: { labels: { a: 'b' } } });
  // A later edit is seen once, so those before it were not.
  await cluster.client.patch(path('configmaps', 'greetings'), { data: { 'greeting.txt': 'hi' } });
  await until('the new greeting', async () => (await ask(pod)).greeting === 'hi');
  expect(await ask(pod)).toMatchObject({ reads: 2 });
});

test('with a delay, as in production, the edit comes later', async () => {
  await deploy();
  const pod = await onlyPod();
  kubelet.setVolumeDelay(700);
  const begun = performance.now();
  await cluster.client.patch(path('configmaps', 'greetings'), { data: { 'greeting.txt': 'hi' } });
  await until('the new greeting', async () => (await ask(pod)).greeting === 'hi');
  expect(performance.now() - begun).toBeGreaterThan(690);
});

test('a pod waits for its ConfigMap and says so', async () => {
  await cluster.client.delete(path('configmaps', 'greetings'));
  await deploy();
  await until('it says what is missing', async () => {
    const [status] = await podStatuses();
    const message = status?.containerStatuses?.[0]?.state['waiting']?.message;
    return status?.phase === 'Pending' && message?.includes('"greetings" not found') === true;
  });
  await cluster.client.create(path('configmaps'), {
    metadata: { name: 'greetings' },
    data: { 'greeting.txt': 'at last' },
  });
  expect(await ask(await onlyPod())).toMatchObject({ greeting: 'at last' });
});

test('a process that crashes is started again, in the same pod', async () => {
  await deploy();
  const pod = await onlyPod();
  const { pid } = await ask(pod);
  await ask(pod, '/crash').catch(() => undefined);
  await until('it is back', async () => {
    const status = (await podStatuses())[0]?.containerStatuses?.[0];
    return status?.restartCount === 1 && status.ready;
  });
  expect(kubelet.pods(namespace).map(({ uid }) => uid)).toEqual([pod.uid]);
  expect((await ask(pod)).pid).not.toBe(pid);
  expect((await podStatuses())[0]?.containerStatuses?.[0]?.lastState.terminated?.exitCode).toBe(3);
});

test('a pod that is not ready is not available', async () => {
  await deploy({ readinessProbe: { ...serving.readinessProbe, failureThreshold: 1 } });
  const pod = await onlyPod();
  await ask(pod, '/unready');
  await until(
    'it shows',
    async () => (await podStatuses())[0]?.containerStatuses?.[0]?.ready === false,
  );
  expect(isRunning(pod.pid('server') ?? 0)).toBe(true);
});

test('a liveness probe that fails ends the process politely, and it begins anew', async () => {
  await deploy({
    livenessProbe: {
      httpGet: { path: '/ready', port: 8080 },
      initialDelaySeconds: 1,
      periodSeconds: 1,
      failureThreshold: 1,
    },
  });
  const pod = await onlyPod();
  await ask(pod, '/unready');
  await until(
    'it is back',
    async () => (await podStatuses())[0]?.containerStatuses?.[0]?.restartCount === 1,
  );
  expect(kubelet.logs(namespace, pod.name, 'server')).toMatch(/^listening\nbye\n/);
});

test('a startup probe that fails too often ends the process', async () => {
  const probe = { exec: { command: ['false'] }, periodSeconds: 1, failureThreshold: 1 };
  await deploy({ image: 'shell', command: ['sleep', '60'], startupProbe: probe });
  await until(
    'a restart',
    async () => ((await podStatuses())[0]?.containerStatuses?.[0]?.restartCount ?? 0) > 0,
  );
});

test('init containers run one after the other, and share volumes with what comes then', async () => {
  const data = { name: 'data', mountPath: '/data' };
  await deploy(
    { args: ['/data/greeting.txt'], volumeMounts: [data] },
    {
      volumes: [{ name: 'data', emptyDir: {} }],
      initContainers: [
        {
          name: 'first',
          image: 'shell',
          command: ['sh', '-c', 'printf first > $(FILE)'],
          env: [{ name: 'FILE', value: '/data/greeting.txt' }],
          volumeMounts: [data],
        },
        {
          name: 'second',
          image: 'shell',
          command: ['sh', '-c'],
          args: ['printf ", second" >> /data/greeting.txt'],
          volumeMounts: [data],
        },
      ],
    },
  );
  expect(await ask(await onlyPod())).toMatchObject({ greeting: 'first, second' });
});

test('a sidecar starts before and ends after what it serves', async () => {
  const shell = { image: 'shell', command: ['sh', '-c'] };
  const volumeMounts = [{ name: 'data', mountPath: '/data' }];
  await deploy(
    { args: ['/data/log'], volumeMounts, lifecycle: { preStop: { sleep: { seconds: 1 } } } },
    {
      volumes: [{ name: 'data', emptyDir: {} }],
      initContainers: [
        {
          ...shell,
          name: 'sidecar',
          args: [
            'trap "echo sidecar ends; exit" TERM; echo on > /data/log; while :; do sleep .1; done',
          ],
          restartPolicy: 'Always',
          startupProbe: { exec: { command: ['test', '-f', '/data/log'] } },
          volumeMounts,
        },
      ],
    },
  );
  const pod = await onlyPod();
  expect(await ask(pod)).toMatchObject({ greeting: 'on\n' });
  await cluster.client.delete(path('deployments', 'server'));
  await until('the server says goodbye', () =>
    kubelet.logs(namespace, pod.name, 'server').includes('bye'),
  );
  await until('so does the sidecar', () =>
    kubelet.logs(namespace, pod.name, 'sidecar').includes('sidecar ends'),
  );
});

test('the environment comes from fields, ConfigMaps and Secrets, and variables expand', async () => {
  await cluster.client.create(path('secrets'), {
    metadata: { name: 'keys' },
    stringData: { key: 'geheim' },
  });
  await deploy({
    args: [
      '/etc/greetings/greeting.txt',
      '--at=$(POD_IP)',
      '$$(POD_IP)',
      '0.0.0.0:80',
      '/etc/greetings-not',
    ],
    envFrom: [{ prefix: 'G_', configMapRef: { name: 'greetings' } }],
    env: [
      ...(serving.env ?? []),
      { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'key' } } },
      { name: 'NO_KEY', valueFrom: { secretKeyRef: { name: 'no', key: 'key', optional: true } } },
      { name: 'LANG_KEY', valueFrom: { configMapKeyRef: { name: 'greetings', key: 'LANGUAGE' } } },
      { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
      { name: 'CPUS', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
      { name: 'URL', value: 'unix:///etc/greetings/$(KEY).sock' },
    ],
    resources: { limits: { cpu: '1500m' } },
  });
  const pod = await onlyPod();
  const { env, args } = await ask(pod);
  const greetings = pod.volume('greetings');
  expect(args).toEqual([
    `${greetings}/greeting.txt`,
    `--at=${pod.address}`,
    '$(POD_IP)',
    `${pod.address}:80`,
    '/etc/greetings-not',
  ]);
  expect(env).toMatchObject({
    ...{ KEY: 'geheim', LANG_KEY: 'en', G_LANGUAGE: 'en', APP: 'server', CPUS: '2' },
    ...{ HOSTNAME: pod.name, POD_IP: pod.address, URL: `unix://${greetings}/geheim.sock` },
  });
  expect(Object.keys(env)).not.toContain('NO_KEY');
});

test('a claim outlives its pods, and each pod may have a part of it', async () => {
  const command = ['sh', '-c', 'echo $0 >> /data/seen; sleep 60', '$(POD_NAME)'];
  const env = [{ name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }];
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
  await deploy(
    {
      ...{ image: 'shell', command, env },
      volumeMounts: [{ name: 'data', mountPath: '/data', subPathExpr: 'parts/$(POD_NAME)' }],
      readinessProbe: { exec: { command: ['test', '-s', '/data/seen'] } },
    },
    { volumes, terminationGracePeriodSeconds: 1 },
  );
  const before = await onlyPod();
  await cluster.client.delete(path('pods', before.name));
  await until('another pod', () => kubelet.pods(namespace).every(({ uid }) => uid !== before.uid));
  const after = await onlyPod();
  const parts = join(after.volume('data'), 'parts');
  expect((await readdir(parts)).sort()).toEqual([before.name, after.name].sort());
  expect(await readFile(join(parts, before.name, 'seen'), 'utf8')).toBe(`${before.name}\n`);
});

test('a missing Secret in the environment is told, and waited for', async () => {
  const env = [
    ...(serving.env ?? []),
    { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'key' } } },
  ];
  await deploy({ env });
  await until('it says so', async () => {
    const waiting = (await podStatuses())[0]?.containerStatuses?.[0]?.state['waiting'];
    return waiting?.message === 'secret "keys" not found';
  });
  await cluster.client.create(path('secrets'), {
    metadata: { name: 'keys' },
    stringData: { key: 'geheim' },
  });
  expect((await ask(await onlyPod())).env).toMatchObject({ KEY: 'geheim' });
});

test('a projected token is the ServiceAccount’s, and the API server believes it', async () => {
  const token = { path: 'token', audience: 'https://kubernetes.default.svc' };
  await deploy(
    { args: ['/creds/token'], volumeMounts: [{ name: 'creds', mountPath: '/creds' }] },
    {
      volumes: [
        {
          name: 'creds',
          projected: {
            sources: [
              { serviceAccountToken: token },
              { configMap: { name: 'kube-root-ca.crt' } },
              {
                downwardAPI: {
                  items: [{ path: 'ns', fieldRef: { fieldPath: 'metadata.namespace' } }],
                },
              },
            ],
          },
        },
      ],
    },
  );
  const { greeting } = await ask(await onlyPod());
  const whoAmI = await cluster.kubectl(['auth', 'whoami', '-o', 'json'], { token: greeting });
  expect(JSON.parse(whoAmI)).toMatchObject({
    status: { userInfo: { username: `system:serviceaccount:${namespace}:default` } },
  });
});

test('scaling down ends the processes that are too many', async () => {
  await deploy({}, {}, 2);
  const pids = (await untilAvailable(2)).map((pod) => pod.pid('server') ?? 0);
  await cluster.kubectl(['scale', '-n', namespace, 'deployment/server', '--replicas=1']);
  await untilAvailable(1);
  await until('one process is left', () => pids.filter(isRunning).length === 1);
});

test('a new image is rolled out', async () => {
  await deploy();
  const { uid } = await onlyPod();
  await cluster.kubectl(['set', 'image', '-n', namespace, 'deployment/server', 'server=pretender']);
  await cluster.kubectl([
    'rollout',
    'status',
    '-n',
    namespace,
    'deployment/server',
    '--timeout=60s',
  ]);
  await until('the old pod is gone', () => kubelet.pods(namespace).every((pod) => pod.uid !== uid));
  expect(kubelet.pods(namespace)).toHaveLength(1);
});

test('what only pretends to run is ready, and ends when it is told to', async () => {
  await deploy(
    { image: 'pretender', lifecycle: { preStop: { exec: { command: ['no'] } } } },
    {},
    20,
  );
  await untilAvailable(20);
  await cluster.client.delete(path('deployments', 'server'));
  await until('they are gone', () => kubelet.pods(namespace).length === 0);
});

test('an image that nobody has keeps its pod from starting', async () => {
  await deploy({ image: 'unheard-of' });
  await until('it says so', async () => {
    const waiting = (await podStatuses())[0]?.containerStatuses?.[0]?.state['waiting'];
    return waiting?.message === 'there is no program for image unheard-of';
  });
});

test('deletion lets the process end in its own time, and leaves nothing', async () => {
  await deploy({ lifecycle: { preStop: { exec: { command: ['true'] } } } });
  const pod = await onlyPod();
  const pid = pod.pid('server') ?? 0;
  const folder = dirname(dirname(pod.volume('greetings')));
  expect(existsSync(folder)).toBe(true);
  await cluster.client.delete(path('deployments', 'server'));
  await until(
    'the pod is gone',
    async () => (await cluster.client.list(path('pods'))).length === 0,
  );
  expect([isRunning(pid), existsSync(folder)]).toEqual([false, false]);
  expect(kubelet.logs(namespace, pod.name, 'server')).toBe('listening\nbye\n');
});

test('a process that ignores SIGTERM is killed after the grace period, with its children', async () => {
  const command = ['sh', '-c', 'trap "" TERM; sleep 61 & echo $!; while :; do sleep .1; done'];
  await deploy(
    { image: 'shell', command, readinessProbe: { exec: { command: ['true'] } } },
    {
      terminationGracePeriodSeconds: 1,
    },
  );
  const pod = await onlyPod();
  const child = Number(kubelet.logs(namespace, pod.name, 'server'));
  expect(isRunning(child)).toBe(true);
  await cluster.client.delete(path('deployments', 'server'));
  await until(
    'the pod is gone',
    async () => (await cluster.client.list(path('pods'))).length === 0,
  );
  await until('so is its child', () => !isRunning(child));
});

test('a pod deleted by force ends at once', async () => {
  await deploy();
  const pod = await onlyPod();
  const pid = pod.pid('server') ?? 0;
  await cluster.client.delete(path('pods', pod.name), { gracePeriodSeconds: 0 });
  await until('its process is gone', () => !isRunning(pid));
  await until('another pod has its place', () =>
    kubelet.pods(namespace).some(({ uid }) => uid !== pod.uid),
  );
});

test('pods outlive the API server, and an edit made after its return arrives', async () => {
  await deploy();
  const pod = await onlyPod();
  const { pid } = await ask(pod);
  await cluster.stopApiServer();
  await ask(pod, '/crash').catch(() => undefined);
  await until('it is back without an API server', async () => {
    const answer = await ask(pod).catch(() => undefined);
    return answer !== undefined && answer.pid !== pid;
  });
  await cluster.startApiServer();
  await cluster.client.patch(path('configmaps', 'greetings'), { data: { 'greeting.txt': 'hi' } });
  await until('the new greeting', async () => (await ask(pod)).greeting === 'hi');
  await until(
    'the restart is told',
    async () => (await podStatuses())[0]?.containerStatuses?.[0]?.restartCount === 1,
  );
});

test('a pod that runs to its end has succeeded, and is not started again', async () => {
  const pod: Pick<Pod, 'spec'> & { metadata: { name: string } } = {
    metadata: { name: 'once' },
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'once', image: 'shell', command: ['echo', 'done'] }],
    },
  };
  await cluster.client.create(path('pods'), pod);
  await until('it has succeeded', async () => (await podStatuses())[0]?.phase === 'Succeeded');
  expect(kubelet.logs(namespace, 'once', 'once')).toBe('done\n');
  await cluster.client.delete(path('pods', 'once'));
  await until('nothing is left', () => kubelet.pods(namespace).length === 0);
});
