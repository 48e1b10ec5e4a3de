/** The model card: what was trained, on what, how well it does, and what not to expect of it. */
import { formatCount as thousands } from '../../../shared/format.ts';
import { summaryTable } from '../../../shared/graph/summary.ts';
import { trainingSplit } from '../../../shared/training-split.ts';
import type { Trained } from '../exporter.ts';

/** A name in Markdown: on one line, and with no sign that would begin something else. */
const plain = (name: string): string => name.replace(/\s+/g, ' ').replace(/[\\`*<>[\]|#]/g, '\\$&');

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const score = (value: number): string => value.toFixed(4);

function scores({ checkpoint, logs, evaluation }: Trained): string[] {
  const rows = Object.entries(logs ?? {}).map(([name, value]) => `| ${name} | ${score(value)} |`);
  const table = logs
    ? [`| after epoch ${checkpoint.epoch} | |`, '|---|---|', ...rows]
    : ['No scores of these weights on the training and validation examples were kept.'];
  if (!evaluation) return [...table, '', 'It was not evaluated on the test split.'];
  const accuracy = evaluation.acc === null ? '' : `, accuracy ${score(evaluation.acc)}`;
  const tested = `On the ${thousands(evaluation.examples)} examples of the test split: loss ${score(evaluation.loss)}${accuracy}.`;
  return [...table, '', tested];
}

function data({ run, dataset, maxlen }: Trained): string[] {
  const { validation_split, seed } = run.training;
  const { train, validation } = trainingSplit(dataset, run.training);
  const { padding, truncating, num_words } = run.preprocessing;
  const words = num_words === null ? 'all of its ids' : `ids below ${thousands(num_words)}`;
  return [
    `- Data set: ${plain(dataset.name)}, ${thousands(dataset.trainExamples)} training and ${thousands(dataset.testExamples)} test examples (SHA-256 \`${dataset.hash}\`).`,
    ...(dataset.classes.length > 0
      ? [`- Classes, in the order of the labels: ${dataset.classes.map(plain).join(', ')}.`]
      : []),
    `- Split: the last ${percent(validation_split)} of the training examples used (${thousands(validation)} of ${thousands(train + validation)}) validated; seed ${seed}.`,
    `- Sequences: ${dataset.kind === 'tokens' ? words : `${dataset.width} numbers a step`}, cut (${truncating}) and padded (${padding}) to ${thousands(maxlen)} steps.`,
    '- The data themselves are not part of this bundle.',
  ];
}

function training({ run, checkpoint }: Trained): string[] {
  const { optimizer, loss, batch_size, epochs } = run.training;
  const settings = Object.entries(optimizer).filter(([name, value]) => name !== 'name' && value !== null);
  return [
    `- ${optimizer.name} (${settings.map(([name, value]) => `${name} ${String(value)}`).join(', ')}), ${loss}, batches of ${batch_size}.`,
    `- ${checkpoint.which} checkpoint, after ${checkpoint.epoch} of ${epochs} epochs; trained by Unroll ${run.versions.unroll ?? ''} (engine ${run.engine}).`,
  ];
}

function limits({ dataset }: Trained): string[] {
  const words =
    dataset.kind === 'tokens'
      ? [
          '- Words outside of its vocabulary are all one unknown word to it, and what is cut off it does not see.',
        ]
      : ['- Numbers must be scaled as those it was trained on.'];
  return [
    ...words,
    '- It knows the texts or series it was trained on and what is like them; elsewhere its scores mean less than they seem to.',
    '- A score is no certainty: it was not calibrated, and not examined for bias towards any group of people.',
  ];
}

/** @param contents the bundle's files with a word on each. @param left what could not be exported, and why */
export function modelCard(
  trained: Trained,
  contents: readonly (readonly [name: string, what: string])[],
  left: readonly string[],
): string {
  const { run } = trained;
  const notes = run.notes === '' ? [] : ['', '## Notes', '', run.notes];
  return [
    `# ${plain(run.name)}`,
    '',
    `The model ${plain(run.model)} with ${thousands(run.parameters)} parameters, a run of Unroll.`,
    '',
    '## Data',
    '',
    ...data(trained),
    '',
    '## Training',
    '',
    ...training(trained),
    '',
    '## Scores',
    '',
    ...scores(trained),
    '',
    '## Limits',
    '',
    ...limits(trained),
    ...notes,
    '',
    '## Files',
    '',
    ...contents.map(([name, what]) => `- \`${name}\`: ${what}`),
    ...left.map((reason) => `- Left out: ${reason}`),
    '',
    '## Layers',
    '',
    '```',
    summaryTable(run.graph),
    '```',
    '',
  ].join('\n');
}
