/** Stands in for the module `electron` of the main process, and runs there what a test asks of it. */
import { browserReady } from './chromium.ts';
import * as electron from './modules.ts';

export * from './modules.ts';

interface Question {
  id: number;
  code: string;
  value: unknown;
}

/** A test's functions run here, as Playwright's `evaluate` runs them in a real Electron. */
async function run({ id, code, value }: Question): Promise<void> {
  try {
    const evaluate = (0, eval)(`(${code})`) as (module: object, value: unknown) => unknown;
    process.send!({ id, result: await evaluate(electron, value) });
  } catch (error) {
    process.send!({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

process.on('message', (question: Question) => void run(question));
process.on('disconnect', () => electron.app.exit(1));
electron.app.once('ready', () => process.send?.({ endpoint: browserReady()!.endpoint }));
