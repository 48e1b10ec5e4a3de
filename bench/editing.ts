/**
 * `node bench/editing.ts`: milliseconds that one edit of a model of 200 layers takes below the canvas: the edit, its diff for
 * undo, shapes, counts, problems with repairs, and estimates. A frame of the screen has 16 ms.
 */
import { analyse } from '../src/shared/graph/analyse.ts';
import { configure } from '../src/shared/graph/edit.ts';
import { estimate } from '../src/shared/graph/estimates.ts';
import { emptyHistory, recordEdit } from '../src/shared/graph/history.ts';
import { findProblems } from '../src/shared/graph/problems.ts';
import { optimizerSchema } from '../src/shared/training.ts';
import { longModel } from '../test/unit/shared/graph/long-model.ts';
import { median } from './report.ts';

const EDITS = 500;
const optimizer = optimizerSchema.parse({ name: 'rmsprop' });

let graph = longModel(200);
let history = emptyHistory;
const times = Array.from({ length: EDITS }, (_, i) => {
  const began = performance.now();
  const after = configure(graph, ['layer_0'], { units: 16 + (i % 64) });
  history = recordEdit(history, graph, after, 'Units');
  graph = after;
  const analysis = analyse(graph);
  findProblems(graph, null, analysis);
  estimate(analysis, { batchSize: 128, optimizer });
  return performance.now() - began;
});
const [first, ...later] = times;
const sorted = later.toSorted((a, b) => a - b);
const ms = (value: number | undefined): string => `${(value ?? NaN).toFixed(2)} ms`;
console.log(
  `one edit of a model of ${graph.nodes.length} layers, ${EDITS} edits, ${history.done.length} steps to undo`,
);
console.log(
  `first ${ms(first)}, median ${ms(median(later))}, 99 of 100 below ${ms(sorted[Math.floor(0.99 * sorted.length)])}, worst ${ms(sorted.at(-1))}`,
);
