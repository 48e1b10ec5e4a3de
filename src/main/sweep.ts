/** Paired experiments: the runs of a grid, planned all before any is queued, so that a mistake in one queues none. */
import type { Output, Parsed } from '../shared/contract/index.ts';
import type { Run } from '../shared/contract/runs.ts';
import { engineChoiceSchema } from '../shared/training.ts';
import { experimentKey, variations, type LeftOut, type SweepBase } from '../shared/sweep.ts';
import type { Context } from './api/handlers.ts';
import { adapterOf } from './engines.ts';
import { planRun } from './plan-run.ts';
import { transaction, type ReadableDb } from './store/database.ts';
import { FinishedRuns } from './store/finished-runs.ts';
import { freeRunName, freeSweepName, readRun, type NewRun } from './store/runs.ts';

interface Source extends SweepBase {
  /** The run it is taken from. */
  run: Run | null;
  data: string;
  engine: Parsed<'training.start'>['engine'];
  threads: number | null;
  device: string | null;
}

function sourceOf(db: ReadableDb, from: Parsed<'training.sweep'>['from']): Source {
  if (typeof from !== 'string') {
    const { graph, preprocessing, training } = planRun(db, from);
    const { data, engine, threads, device } = from;
    return { run: null, graph, preprocessing, training, data, engine, threads, device };
  }
  const run = readRun(db, from);
  const { graph, preprocessing, training, threads } = run;
  const engine = engineChoiceSchema.catch('auto').parse(run.engine);
  const device = adapterOf(run);
  return { run, graph, preprocessing, training, data: run.dataset.name, engine, threads, device };
}

/** @throws UnrollError `not-found`, `input-invalid`, and whatever planning a run throws */
export function startSweep(
  { db, supervisor }: Context,
  { from, vary, name: given }: Parsed<'training.sweep'>,
): Output<'training.sweep'> {
  const source = sourceOf(db, from);
  const { data, engine, threads, device } = source;
  const base = source.run?.name ?? source.graph.name;
  return transaction(db, () => {
    const sweep = freeSweepName(db, given ?? `${base} by ${Object.keys(vary).join(', ')}`);
    const planned = variations(source, vary).map(
      ({ graph: model, preprocessing, training, label }): NewRun => {
        const plan = { model, data, preprocessing, training, engine, threads, device, lossFromData: false };
        return { ...planRun(db, plan), name: `${base.slice(0, 150)}-${label}`, sweep };
      },
    );
    const { runs, leftOut, taken } = startNew(db, supervisor, source.run, planned);
    const compare = new Set([...(source.run ? [source.run.id] : []), ...taken]);
    return { name: sweep, runs, leftOut, compare: [...compare] };
  });
}

const keyOf = (run: Pick<NewRun, 'dataset' | 'graph' | 'preprocessing' | 'training'>): string =>
  `${run.dataset.hash} ${experimentKey(run)}`;

/** Queues the runs of which there is none like them: neither the source, nor a finished one, nor one just queued. */
function startNew(
  db: ReadableDb,
  supervisor: Context['supervisor'],
  source: Run | null,
  planned: readonly NewRun[],
) {
  const finished = new FinishedRuns(db, planned[0]!.dataset.hash);
  const there = new Map<string, Pick<Run, 'id' | 'name'>>(source ? [[keyOf(source), source]] : []);
  const runs: Run[] = [];
  const leftOut: LeftOut[] = [];
  const taken: string[] = [];
  for (const plan of planned) {
    const key = keyOf(plan);
    const same = there.get(key) ?? finished.like(plan);
    if (same) leftOut.push({ name: plan.name, run: same.id, as: same.name });
    // Names are freed one after another, each knowing of those before it.
    else runs.push(supervisor.start({ ...plan, name: freeRunName(db, plan.name) }));
    const run = same ?? runs.at(-1)!;
    there.set(key, run);
    taken.push(run.id);
  }
  return { runs, leftOut, taken };
}
