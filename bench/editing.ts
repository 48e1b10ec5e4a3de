/**
 * `npm run bench:editing`: what one edit of a model of 200 layers costs, of the 16 ms a frame of the screen has. Below the
 * canvas: the edit, its diff for undo, shapes, counts, problems with repairs, and estimates. In a real browser: all the page
 * does from the key to the frame that shows the result. `--keep` prints the result without recording it.
 */
import { analyse } from '../src/shared/graph/analyse.ts';
import { configure } from '../src/shared/graph/edit.ts';
import { estimate } from '../src/shared/graph/estimates.ts';
import { emptyHistory, recordEdit } from '../src/shared/graph/history.ts';
import { findProblems } from '../src/shared/graph/problems.ts';
import { optimizerSchema } from '../src/shared/training.ts';
import { longModel } from '../test/unit/shared/graph/long-model.ts';
import { EDITS, measureEdits } from './editing-page.ts';
import { circumstances, median, record, table } from './report.ts';

const LAYERS = 200;
const FIGURES = 500;
const optimizer = optimizerSchema.parse({ name: 'rmsprop' });

/** Milliseconds of each edit below the canvas; the first is left out. */
function belowCanvas(): number[] {
  let graph = longModel(LAYERS);
  let history = emptyHistory;
  const times = Array.from({ length: FIGURES }, (_, i) => {
    const began = performance.now();
    const after = configure(graph, ['layer_0'], { units: 16 + (i % 64) });
    history = recordEdit(history, graph, after, 'Units');
    graph = after;
    const analysis = analyse(graph);
    findProblems(graph, null, analysis);
    estimate(analysis, { batchSize: 128, optimizer });
    return performance.now() - began;
  });
  return times.slice(1);
}

const late = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.ceil(0.95 * (times.length - 1))]!;
const figures = (times: readonly number[]): string[] => [median(times).toFixed(1), late(times).toFixed(1)];

const below = belowCanvas();
const costs = await measureEdits(longModel(LAYERS));
const rows = [
  ['one number, below the canvas', ...figures(below), '', ''],
  ...EDITS.map(({ name, title }) => [title, ...figures(costs[name].update), ...figures(costs[name].frame)]),
];
const head = ['one edit', 'update', '95 of 100', 'to the frame', '95 of 100'];
const { lines, values } = circumstances('npm run bench:editing');
const about = `A model of ${LAYERS} layers, at the size it opens in. Milliseconds of the page's main thread, in processor time, so that other work of the machine does not count; medians. "Update" is until every shape, count, problem and total stands in the page; "to the frame" adds style, layout and painting, without a graphics card. The bar is 16 ms.`;
const text = `# Speed of editing\n\n${about}\n\n${lines}\n\n${table(head, rows)}\n`;
console.log(text);
if (!process.argv.includes('--keep')) {
  const kept = { ...values, layers: LAYERS, below: median(below), costs };
  await record('EDITING', text, kept);
}
