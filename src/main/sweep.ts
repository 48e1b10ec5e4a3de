/** Paired experiments: the runs of a grid, planned all before any is queued, so that a mistake in one queues none. */
import type { Output, Parsed } from '../shared/contract/index.ts';
import type { Run } from '../shared/contract/runs.ts';
import { engineChoiceSchema } from '../shared/training.ts';
import { variations, type SweepBase, type Variation } from '../shared/sweep.ts';
import type { Context } from './api/handlers.ts';
import { planRun } from './plan-run.ts';
import { transaction, type ReadableDb } from './store/database.ts';
import { freeRunName, freeSweepName, readRun, type NewRun } from './store/runs.ts';

interface Source extends SweepBase {
  /** The run it is taken from. */
  run: Run | null;
  data: string;
  engine: Parsed<'training.start'>['engine'];
  threads: number | null;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What the run itself is already: trained, or to be trained, with these very settings. */
function isAsBefore(source: Source, { graph, preprocessing, training }: Variation): boolean {
  return (
    source.run !== null &&
    same(graph, source.graph) &&
    same(preprocessing, source.preprocessing) &&
    same(training, source.training)
  );
}

function sourceOf(db: ReadableDb, from: Parsed<'training.sweep'>['from']): Source {
  if (typeof from !== 'string') {
    const { graph, preprocessing, training } = planRun(db, from);
    const { data, engine, threads } = from;
    return { run: null, graph, preprocessing, training, data, engine, threads };
  }
  const run = readRun(db, from);
  const { graph, preprocessing, training, threads } = run;
  const engine = engineChoiceSchema.catch('auto').parse(run.engine);
  return { run, graph, preprocessing, training, data: run.dataset.name, engine, threads };
}

/** @throws UnrollError `not-found`, `input-invalid`, and whatever planning a run throws */
export function startSweep(
  { db, supervisor }: Context,
  { from, vary, name: given }: Parsed<'training.sweep'>,
): Output<'training.sweep'> {
  const source = sourceOf(db, from);
  const { data, engine, threads } = source;
  const base = source.run?.name ?? source.graph.name;
  return transaction(db, () => {
    const sweep = freeSweepName(db, given ?? `${base} by ${Object.keys(vary).join(', ')}`);
    const planned = variations(source, vary)
      .filter((variation) => !isAsBefore(source, variation))
      .map(({ graph: model, preprocessing, training, label }): NewRun => {
        const plan = { model, data, preprocessing, training, engine, threads, lossFromData: false };
        return { ...planRun(db, plan), name: `${base.slice(0, 150)}-${label}`, sweep };
      });
    // Names are freed one after another, each knowing of those before it.
    const runs = planned.map((run) => supervisor.start({ ...run, name: freeRunName(db, run.name) }));
    const compared = [...(source.run ? [source.run.id] : []), ...runs.map(({ id }) => id)];
    return { name: sweep, runs, compare: compared };
  });
}
