/**
 * `npm run demo`: the main job on generated data, in under two minutes on two cores. Both models see the same sequences in
 * the same order; what has to be remembered stands at the front, so that only a cell with a memory can use it.
 */
import type { GenerateInput } from '../../../shared/contract/data.ts';
import type { StartInput } from '../../../shared/contract/runs.ts';
import { comparisonText } from './compare.ts';
import { follow } from './follow.ts';
import type { Runner } from './runner.ts';
import { finishJob, type Session } from './session.ts';
import { duration } from './table.ts';

const DATA = {
  task: 'recall',
  name: 'demo-recall',
  examples: 10_000,
  length: 100,
  seed: 1,
} satisfies GenerateInput;
const MODELS = [
  { model: 'lecture-simple-rnn', name: 'demo-simple-rnn' },
  { model: 'lecture-lstm', name: 'demo-lstm' },
];

function settings(): Omit<StartInput, 'model' | 'data' | 'name'> {
  return {
    preprocessing: { maxlen: DATA.length },
    training: { epochs: 6, batch_size: 64, optimizer: { name: 'rmsprop', learning_rate: 0.002 }, seed: 1 },
    lossFromData: true,
  };
}

/** The name itself, or with the first number that is free: every demo's runs are kept. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let i = 2; taken.has(free); i++) free = `${name}-${i}`;
  return free;
}

async function prepareData(session: Session): Promise<void> {
  const { application, terminal } = session;
  const there = (await application.call('data.list', {})).some(({ name }) => name === DATA.name);
  if (!there) await finishJob(session, 'data.generate', DATA);
  terminal.note(
    `Data ${DATA.name}: ${DATA.examples} sequences of ${DATA.length} steps; the class stands in their first word.`,
  );
}

async function demonstrate(session: Session): Promise<void> {
  const { application, terminal } = session;
  const started = performance.now();
  terminal.note(`Workspace ${application.workspace}`);
  await prepareData(session);
  const taken = new Set((await application.call('runs.list', { archived: true })).map(({ name }) => name));
  const runs: string[] = [];
  for (const { model, name } of MODELS) {
    const input = { ...settings(), model, data: DATA.name, name: freeName(name, taken) };
    runs.push((await follow(session, () => application.call('training.start', input))).name);
  }
  const comparison = await application.call('compare.runs', { runs });
  terminal.result(comparison, () => `\n${comparisonText(comparison)}\n`);
  terminal.note(
    `Done in ${duration((performance.now() - started) / 1000)}. Open it in the app with: npm start`,
  );
}

export function registerDemo({ program, run }: Runner): void {
  program
    .command('demo')
    .description('the main job on generated data: SimpleRNN against LSTM on sequences with a long dependency')
    .action(() => run(demonstrate));
}
