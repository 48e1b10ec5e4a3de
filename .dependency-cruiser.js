/** Which folder may import from which. A message says what to do instead, since that is what a reader of it wants. */
/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'shared-stands-alone',
      severity: 'error',
      comment:
        'src/shared runs in every process, so it imports nothing of ours from outside. Move what you need into src/shared, or pass it in as an argument.',
      from: { path: '^src/shared/' },
      to: { path: '^(src/(main|training|renderer)|build|test|bench)/' },
    },
    {
      name: 'shared-without-runtime',
      severity: 'error',
      comment:
        'src/shared also runs in the browser: no Node modules and no Electron. Put that part into src/main.',
      from: { path: '^src/shared/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'renderer-by-contract-only',
      severity: 'error',
      comment:
        'The renderer reaches main only through the contract. Call a method of src/shared/contract with the client, or add one there.',
      from: { path: '^src/renderer/' },
      to: { path: '^(src/(main|training)|build|test|bench)/' },
    },
    {
      name: 'renderer-without-node',
      severity: 'error',
      comment:
        'The renderer also runs in a plain browser: no Node modules. Ask main for it through the contract.',
      from: { path: '^src/renderer/', pathNot: '^src/renderer/vite\\.config\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'main-by-protocol-only',
      severity: 'error',
      comment:
        'Main and the training child are separate processes. Send a message of src/shared/protocol.ts, or move the common part into src/shared.',
      from: { path: '^src/main/' },
      to: { path: '^(src/(training|renderer)|build|test|bench)/' },
    },
    {
      name: 'training-by-protocol-only',
      severity: 'error',
      comment:
        'The training child sees only its job. Put what it needs into the job message of src/shared/protocol.ts, or move the common part into src/shared.',
      from: { path: '^src/training/' },
      to: { path: '^(src/(main|renderer)|build|test|bench)/' },
    },
    {
      name: 'nothing-imports-shells',
      severity: 'error',
      comment:
        'Shells are transports and nothing more. Move the part you want to share out of src/main/shells into src/main or src/shared.',
      from: { path: '^src/', pathNot: '^src/main/shells/' },
      to: { path: '^src/main/shells/' },
    },
    {
      name: 'electron-in-its-shell-only',
      severity: 'error',
      comment:
        'Only shells/electron.ts, what is in shells/electron/, and shells/preload.ts may know Electron, so that everything else runs without it.',
      from: { path: '^src/', pathNot: '^src/main/shells/(electron\\.ts|electron/.*|preload\\.ts)$' },
      to: { path: '(^|/)node_modules/electron/|^electron$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circles',
      severity: 'error',
      comment: 'These files import each other in a circle. Move what they share into a file of its own.',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      comment: 'This import leads nowhere. Correct the path (with its .ts extension) or install the package.',
      from: { path: '^(src|build|test|bench)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)fixtures/' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'node', 'browser', 'default'],
    },
  },
};
