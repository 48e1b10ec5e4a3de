/**
 * `npm run bench:editing`: what one edit of a model of 200 layers costs, of the 16 ms a frame of the screen has. Below the
 * canvas: the edit, its diff for undo, shapes, counts, problems with repairs, estimates and where the cards stand. In a real browser: all the page
 * does from the key to the frame that shows the result. `--keep` prints the result without recording it.
 */
import { analyse } from '../src/shared/graph/analyse.ts';
import { configure } from '../src/shared/graph/edit.ts';
import { estimate } from '../src/shared/graph/estimates.ts';
import { emptyHistory, recordEdit } from '../src/shared/graph/history.ts';
import { findProblems } from '../src/shared/graph/problems.ts';
import { optimizerSchema } from '../src/shared/training.ts';
import { duplicateNode } from '../src/shared/graph/edit.ts';
import type { ModelGraph } from '../src/shared/graph/graph.ts';
import { placesOf } from '../src/renderer/screens/build/layout.ts';
import { longModel } from '../test/unit/shared/graph/long-model.ts';
import { BRANCH, EDITS, measureEdits } from './editing-page.ts';
import { circumstances, median, record, table } from './report.ts';

const LAYERS = 200;
const FIGURES = 300;
const optimizer = optimizerSchema.parse({ name: 'rmsprop' });

/** A long model with a layer beside it that nothing reads as yet. */
function model(): ModelGraph {
  const { nodes, ...rest } = longModel(LAYERS - 2);
  const join = { id: 'join', type: 'Concatenate', config: {}, inputs: ['layer_0', 'embedding'] };
  const branch = {
    id: BRANCH,
    type: 'LSTM',
    config: { units: 8, return_sequences: true },
    inputs: ['embedding'],
  };
  const read = nodes.map((node) => (node.id === 'layer_1' ? { ...node, inputs: ['join'] } : node));
  return { ...rest, nodes: read.toSpliced(3, 0, branch, join) };
}

/** Milliseconds of each edit below the canvas; the first is left out. */
function belowCanvas(edit: (graph: ModelGraph, round: number) => ModelGraph): number[] {
  const graph = model();
  let history = emptyHistory;
  const times = Array.from({ length: FIGURES }, (_, round) => {
    const began = performance.now();
    const after = edit(graph, round);
    history = recordEdit(history, graph, after, 'Edit');
    const analysis = analyse(after);
    findProblems(after, null, analysis);
    estimate(analysis, { batchSize: 128, optimizer });
    placesOf(after);
    return performance.now() - began;
  });
  return times.slice(1);
}

const late = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.ceil(0.95 * (times.length - 1))]!;
const figures = (times: readonly number[]): string[] => [median(times).toFixed(1), late(times).toFixed(1)];

const below = {
  number: belowCanvas((graph, i) => configure(graph, ['layer_0'], { units: 16 + (i % 64) })),
  insert: belowCanvas((graph, i) => duplicateNode(graph, `layer_${i % 100}`)),
};
const costs = await measureEdits(model());
const rows = [
  ['one number, below the canvas', ...figures(below.number), '', ''],
  ['a layer inserted, below the canvas', ...figures(below.insert), '', ''],
  ...EDITS.map(({ name, title }) => [title, ...figures(costs[name].update), ...figures(costs[name].frame)]),
];
const head = ['one edit', 'update', '95 of 100', 'to the frame', '95 of 100'];
const { lines, values } = circumstances('npm run bench:editing');
const about = `A model of ${LAYERS} layers with a branch, at the size it opens in. Milliseconds of the page's main thread, in processor time, so that other work of the machine does not count; medians. "Below the canvas" is the recomputation alone: the edit with its diff for undo, every shape, count and problem, the estimates and where the cards stand. "Update" is until all of that stands in the page, with styles and layout; "to the frame" adds the key's own events and painting, without a graphics card. The bar is 16 ms.`;
const text = `# Speed of editing\n\n${about}\n\n${lines}\n\n${table(head, rows)}\n`;
console.log(text);
if (!process.argv.includes('--keep')) {
  const kept = {
    ...values,
    layers: LAYERS,
    below: { number: median(below.number), insert: median(below.insert) },
    costs,
  };
  await record('EDITING', text, kept);
}
