/** `npm run bench`: the speed of training; with a first word, of something else. */
const OTHERS: Readonly<Record<string, string>> = {
  engines: './engines.ts',
  gpu: './gpu.ts',
  interface: './interface.ts',
  scaling: './scaling.ts',
  'start-up': './start-up.ts',
  steps: './steps.ts',
};
await import(OTHERS[process.argv[2] ?? ''] ?? './run.ts');

export {};
