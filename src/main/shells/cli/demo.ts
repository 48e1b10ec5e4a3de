/**
 * `npm run demo`: the main job on generated data, in under two minutes on two cores. Both models see the same sequences in
 * the same order; what has to be remembered stands at the front, so that only a cell with a memory can use it.
 *
 * Length, number and learning rate are chosen so that the contrast does not hang on luck: with seeds 1 to 10 the LSTM ends
 * without an error and the SimpleRNN guesses to the end (0.48 to 0.53). At 100 steps, or at a rate of 0.001, the SimpleRNN
 * finds the class now and then; with 30,000 sequences the LSTM sometimes does not.
 */
import { resolve } from 'node:path';
import type { GenerateInput } from '../../../shared/contract/data.ts';
import type { StartInput } from '../../../shared/contract/runs.ts';
import type { Dataset } from '../../../shared/data/dataset.ts';
import { isPackaged } from '../../package-root.ts';
import { defaultWorkspace } from '../workspace-folder.ts';
import { comparisonText } from './compare.ts';
import { follow } from './follow.ts';
import type { Runner } from './runner.ts';
import { finishJob, type Session } from './session.ts';
import { count, duration } from './table.ts';

const DATA = {
  task: 'recall',
  name: 'demo-recall',
  examples: 50_000,
  length: 130,
  seed: 1,
} satisfies GenerateInput;
const MODELS = [
  { model: 'lecture-simple-rnn', name: 'demo-simple-rnn' },
  { model: 'lecture-lstm', name: 'demo-lstm' },
];

function settings(): Omit<StartInput, 'model' | 'data' | 'name'> {
  return {
    preprocessing: { maxlen: DATA.length },
    training: { epochs: 5, batch_size: 64, optimizer: { name: 'rmsprop', learning_rate: 0.003 }, seed: 1 },
    lossFromData: true,
  };
}

/** The name itself, or with the first number that is free: every demo's runs are kept, and data of that name too. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let i = 2; taken.has(free); i++) free = `${name}-${i}`;
  return free;
}

/** The very same data from an earlier demo, or generated now; answers with its name. */
async function prepareData(session: Session): Promise<string> {
  const { application, terminal } = session;
  const { name: wanted, ...settings } = DATA;
  const all = await application.call('data.list', {});
  const isSame = ({ source }: Dataset) =>
    Object.entries(settings).every(([key, value]) => source[key] === value);
  const { name } =
    all.find(isSame) ??
    (await finishJob(session, 'data.generate', {
      ...DATA,
      name: freeName(wanted, new Set(all.map((dataset) => dataset.name))),
    }));
  terminal.note(
    `Data ${name}: ${count(DATA.examples)} sequences of up to ${DATA.length} steps; the class stands in their first word.`,
  );
  return name;
}

/** Where everything is kept, and how to look at it. */
function whereabouts(workspace: string): string {
  const isDefault = workspace === resolve(defaultWorkspace());
  const named = isDefault ? '' : ` --workspace ${workspace}`;
  const inCheckout = isDefault ? 'npm start' : `npm run --silent unroll --${named} serve --open`;
  const open = isPackaged ? `unroll${named} serve --open` : inCheckout;
  return `The data and both runs are kept in ${isDefault ? 'your workspace' : 'the workspace'} ${workspace}. Look at them with: ${open}`;
}

async function demonstrate(session: Session): Promise<void> {
  const { application, terminal } = session;
  const started = performance.now();
  terminal.note(`Workspace ${application.workspace}`);
  const data = await prepareData(session);
  const taken = new Set((await application.call('runs.list', { archived: true })).map(({ name }) => name));
  const runs: string[] = [];
  for (const { model, name } of MODELS) {
    const input = { ...settings(), model, data, name: freeName(name, taken) };
    runs.push((await follow(session, () => application.call('training.start', input))).name);
  }
  const comparison = await application.call('compare.runs', { runs });
  terminal.result(comparison, () => `\n${comparisonText(comparison)}\n`);
  terminal.note(`Done in ${duration((performance.now() - started) / 1000)}.`);
  terminal.note(whereabouts(application.workspace));
}

export function registerDemo({ program, run }: Runner): void {
  program
    .command('demo')
    .description('the main job on generated data: SimpleRNN against LSTM on sequences with a long dependency')
    .action(() => run(demonstrate));
}
