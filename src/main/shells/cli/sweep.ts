/** `unroll sweep FILE`: a paired experiment from a file, trained to its end and compared. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import type { sweepInputSchema } from '../../../shared/contract/experiments.ts';
import type { Run } from '../../../shared/contract/runs.ts';
import { UnrollError } from '../../../shared/errors.ts';
import { leftOutText } from '../../../shared/sweep.ts';
import { comparisonText } from './compare.ts';
import { follow } from './follow.ts';
import { modelSource } from './model-source.ts';
import type { Runner } from './runner.ts';
import { Failed, type Session } from './session.ts';

type SweepInput = z.input<typeof sweepInputSchema>;

const MOST_COMPARED = 8;

const VARIED = `
Any setting can be varied, by its path or, where that is clear, the last part of it: cell, seed, learning_rate, maxlen,
layers.lstm.units, layers.dense.kernel_regularizer. Values stand as in a model's JSON: 64, true, "l2 0.01", null for none.`;

/**
 * The experiment in a file: `{"from": RUN, "vary": {"cell": ["LSTM", "GRU"], "seed": [1, 2]}}`, or in place of a run what
 * `train` takes: `{"from": {"model": NAME_OR_FILE, "data": NAME, "training": {…}}, …}`.
 * @throws UnrollError `file-missing`, `input-invalid`
 */
async function readSweep(session: Session, path: string): Promise<SweepInput> {
  const { from, ...rest } = readObject(path) as SweepInput;
  if (typeof from !== 'object' || from === null || typeof from.model !== 'string') return { from, ...rest };
  const model = await modelSource(session, from.model);
  return { from: { lossFromData: true, ...from, model }, ...rest };
}

function readObject(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UnrollError('file-missing', { path }, { cause });
  }
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (cause) {
    const reason = `it is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new UnrollError('input-invalid', { what: path, reason }, { cause });
  }
  if (typeof given === 'object' && given !== null) return given;
  throw new UnrollError('input-invalid', { what: path, reason: 'it holds no object.' });
}

/** Follows a run that waits its turn; one that fails is reported, and the next goes on. */
async function followOne(session: Session, { id }: Run): Promise<boolean> {
  try {
    await follow(session, () => session.application.call('runs.show', { run: id }));
    return true;
  } catch (error) {
    if (error instanceof Failed) return false;
    throw error;
  }
}

export function registerSweep({ program, run }: Runner): void {
  program
    .command('sweep')
    .description('train a run for every combination of values, on the same split and order, and compare them')
    .argument('<file>', 'JSON: {"from": RUN, "vary": {"cell": ["LSTM", "GRU"], "seed": [1, 2]}}')
    .addHelpText('after', VARIED)
    .action((file: string) =>
      run(async (session) => {
        const { application, terminal } = session;
        const sweep = await application.call('training.sweep', await readSweep(session, file));
        const { name, leftOut } = sweep;
        const runs = sweep.runs.map(({ id }) => id);
        if (terminal.json) terminal.result({ event: 'sweep', name, runs, leftOut }, () => '');
        terminal.note(`${name} · ${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`);
        if (leftOut.length > 0) terminal.note(leftOutText(leftOut));
        let complete = true;
        for (const one of sweep.runs) complete = (await followOne(session, one)) && complete;
        const compared = sweep.compare.slice(0, MOST_COMPARED);
        if (!terminal.json && compared.length > 1) {
          const comparison = await application.call('compare.runs', { runs: compared });
          terminal.result(null, () => comparisonText(comparison));
        }
        if (!complete) throw new Failed();
      }),
    );
}
