// The import rules of the architecture. Imports point one way:
//   operator/ -> config/ <- dataplane/
//   operator/controller -> operator/kube/port;  operator/kube -> nothing of ours
//   extproc -> pipeline -> stages -> domain;  adapters -> ports, domain
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'contract-imports-no-program',
      comment: 'config/ is what both programs agree on; it knows neither.',
      severity: 'error',
      from: { path: '^config/' },
      to: { path: '^(operator|dataplane|test)/|^cli\\.ts$' },
    },
    {
      name: 'contract-does-no-io',
      comment: 'config/ is pure: no files, sockets or processes.',
      severity: 'error',
      from: { path: '^config/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer)$' },
    },
    {
      name: 'programs-do-not-meet',
      severity: 'error',
      from: { path: '^dataplane/' },
      to: { path: '^operator/' },
    },
    {
      name: 'programs-do-not-meet-either',
      severity: 'error',
      from: { path: '^operator/' },
      to: { path: '^dataplane/' },
    },
    {
      name: 'domain-is-pure',
      comment: 'Records and rules: no Envoy, no Prometheus, no I/O, no pipeline.',
      severity: 'error',
      from: { path: '^dataplane/domain/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^(dataplane/domain/|config/|node_modules/|(node:)?(buffer|crypto)$)' },
    },
    {
      name: 'stages-know-domain-and-ports',
      severity: 'error',
      from: { path: '^dataplane/stages/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^dataplane/(extproc|adapters|admin|local|metering|commands)/|^dataplane/main\\.ts$',
      },
    },
    {
      name: 'pipeline-does-not-know-envoy',
      severity: 'error',
      from: { path: '^dataplane/pipeline/', pathNot: '\\.test\\.ts$' },
      to: { path: '^dataplane/(extproc|adapters|admin|local|commands)/|^dataplane/main\\.ts$' },
    },
    {
      name: 'adapters-know-ports-and-domain',
      severity: 'error',
      from: { path: '^dataplane/adapters/', pathNot: '\\.test\\.ts$' },
      to: { path: '^dataplane/', pathNot: '^dataplane/(adapters|domain)/|^dataplane/ports\\.ts$' },
    },
    {
      name: 'models-run-in-their-own-threads',
      comment:
        'What takes a model tens of milliseconds must not be reachable from the thread of requests.',
      severity: 'error',
      from: {
        path: '^(dataplane|cli\\.ts)',
        pathNot: '^dataplane/adapters/models/worker/|\\.test\\.ts$',
      },
      to: {
        path: '^dataplane/adapters/models/worker/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'only-workers-load-the-runtime-of-models',
      severity: 'error',
      from: {
        path: '^(dataplane|config|operator|cli\\.ts)',
        pathNot: '^dataplane/adapters/models/(worker|tokenizer)/',
      },
      to: {
        path: 'node_modules/(onnxruntime-node|tokenizers)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'only-workers-split-texts-into-tokens',
      severity: 'error',
      from: {
        path: '^(dataplane|config|operator|cli\\.ts)',
        pathNot: '^dataplane/adapters/models/(worker|tokenizer)/',
      },
      to: { path: '^dataplane/adapters/models/tokenizer/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-main-imports-extproc',
      severity: 'error',
      from: { path: '^(dataplane|config|operator)/', pathNot: '^dataplane/(extproc/|main\\.ts$)' },
      to: { path: '^dataplane/extproc/' },
    },
    {
      name: 'one-file-knows-the-kubernetes-client',
      severity: 'error',
      from: {
        path: '^(operator|config|dataplane|cli\\.ts)',
        pathNot: '^operator/kube/client-node-kube\\.ts$',
      },
      to: { path: 'node_modules/@kubernetes/client-node' },
    },
    {
      name: 'one-file-opens-connections-to-kubernetes',
      severity: 'error',
      from: { path: '^operator/', pathNot: '^operator/kube/connection-pool\\.ts$' },
      to: { path: 'node_modules/undici' },
    },
    {
      name: 'kube-knows-nothing-of-ours',
      severity: 'error',
      from: { path: '^operator/kube/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(operator|config)/', pathNot: '^operator/kube/' },
    },
    {
      name: 'the-port-knows-nothing',
      severity: 'error',
      from: { path: '^operator/kube/port\\.ts$' },
      to: { path: '.' },
    },
    {
      name: 'kubernetes-is-used-by-its-port',
      comment: 'Only the composition root and commands may name the adapter.',
      severity: 'error',
      from: { path: '^operator/', pathNot: '^operator/(kube/|main\\.ts$|commands/)|\\.test\\.ts$' },
      to: { path: '^operator/kube/', pathNot: '^operator/kube/port\\.ts$' },
    },
    {
      name: 'the-engine-knows-no-resource',
      comment: 'The port of Kubernetes, prom-client, and itself.',
      severity: 'error',
      from: { path: '^operator/controller/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^(operator/controller/|operator/kube/port\\.ts$|node_modules/prom-client/)' },
    },
    {
      name: 'operator-thinks-without-io',
      comment: 'Plan, desired objects, conditions and status are pure.',
      severity: 'error',
      from: {
        path: '^operator/(plan\\.ts$|conditions/|desired/|status\\.ts$|reasons\\.ts$)',
        pathNot: '\\.test\\.ts$',
      },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|buffer)$' },
    },
    {
      name: 'operator-thinks-by-itself',
      comment: 'What is pure knows nothing of the engine, of what reads and writes, or of clients.',
      severity: 'error',
      from: {
        path: '^operator/(plan\\.ts$|conditions/|desired/|status\\.ts$|reasons\\.ts$)',
        pathNot: '\\.test\\.ts$',
      },
      to: {
        path: '^operator/(controller|commands|world)/|^operator/(main|gather|reconcile)\\.ts$|node_modules/(undici|@kubernetes)/',
      },
    },
    {
      name: 'operator-thinks-with-types-of-kubernetes',
      severity: 'error',
      from: {
        path: '^operator/(plan\\.ts$|conditions/|desired/|status\\.ts$|reasons\\.ts$)',
        pathNot: '\\.test\\.ts$',
      },
      to: { path: '^operator/kube/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'program-does-not-import-tests',
      severity: 'error',
      from: { path: '^(cli\\.ts|config/|dataplane/|operator/)', pathNot: '\\.test\\.ts$' },
      to: { path: '(^test/|\\.test\\.ts$)' },
    },
    {
      name: 'no-dev-dependencies-in-the-programs',
      severity: 'error',
      from: { path: '^(cli\\.ts|config/|dataplane/|operator/)', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.cjs', '.json'] },
  },
};
