/** The part of a report on how far back the loss reaches in each run. */
import type { Flow } from '../contract/analysis.ts';
import type { Comparison } from '../contract/compare.ts';
import type { Figure } from '../figures/figure.ts';
import { formatCount } from '../format.ts';
import {
  GRADIENT_DRAWN,
  GRADIENT_MEANS,
  GRADIENT_OTHER_DATA,
  gradientAxes,
  gradientLines,
} from './gradient-lines.ts';
import { courseTable, gradientsOf, reachTable, type Gradient } from './gradient-table.ts';
import { reachSentences, type Measure } from './reach.ts';
import { leftOut, tableOf, type LeftOut, type LineLook, type ReportSection } from './report-section.ts';

export interface ReportedGradient {
  /** By run, on the first test examples, as many of each. */
  flows: ReadonlyMap<string, Flow>;
  left: readonly LeftOut[];
}

type Runs = Comparison['runs'];

export function gradientSections(
  runs: Runs,
  { flows, left }: ReportedGradient,
  looks: readonly LineLook[],
): ReportSection[] {
  const looked = runs.flatMap((run, i) => {
    const flow = flows.get(run.id);
    return flow ? [{ name: run.name, run, flow, look: looks[i]! }] : [];
  });
  const recurrent = looked.filter(({ flow }) => flow.layers.length > 0);
  const none = looked.filter(({ flow }) => flow.layers.length === 0);
  const without = none.map(({ run: { id } }) => ({
    id,
    reason: 'There is no recurrent layer in its model.',
  }));
  const paragraphs = leftOut(runs, [...left, ...without]);
  const examples = recurrent[0]?.flow.examples.length ?? 0;
  if (examples === 0) return [{ title: 'Gradient through time', paragraphs }];
  const gradients = recurrent.flatMap(gradientsOf);
  const otherData = recurrent.some(({ run }) => run.dataset.hash !== recurrent[0]?.run.dataset.hash);
  return [
    {
      title: `Gradient through time, ${examples === 1 ? 'first test example' : `first ${formatCount(examples)} test examples`}`,
      paragraphs: [
        GRADIENT_MEANS,
        ...(otherData ? [GRADIENT_OTHER_DATA] : []),
        ...paragraphs,
        ...reachSentences(recurrent),
      ],
      drawn: [GRADIENT_DRAWN],
      figures: (['share', 'norm'] as const).map((measure): Figure => ({
        ...gradientAxes(recurrent, 'both', measure),
        lines: recurrent.flatMap(({ name, flow, look }) =>
          gradientLines(flow, name, 'both', measure).map((line) => ({ ...line, ...look })),
        ),
      })),
      table: tableOf(reachTable(gradients), Infinity),
    },
    course('Share of the last norm, by steps back', gradients, 'share'),
    course('Norm, by steps back', gradients, 'norm'),
  ];
}

const course = (title: string, gradients: readonly Gradient[], measure: Measure): ReportSection => ({
  title,
  paragraphs: [],
  table: tableOf(courseTable(gradients, measure), 1),
});
