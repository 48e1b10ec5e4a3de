/** Data made from a seed: tasks that need a memory over many steps, and an English corpus to work with at once. */
import type { GenerateInput } from '../../shared/contract/data.ts';
import type { Example } from '../../shared/data/dataset.ts';
import { MersenneTwister } from '../../shared/random/mersenne-twister.ts';
import { adding } from './generated/adding.ts';
import { parity } from './generated/parity.ts';
import { recall } from './generated/recall.ts';
import { sentiment } from './generated/sentiment.ts';
import type { GeneratedTask, LabelledValues } from './generated/task.ts';
import { temporalOrder } from './generated/temporal-order.ts';
import type { ImportedData, ImportProgress } from './importer.ts';
import { importTexts } from './texts.ts';

const TASKS: Record<GenerateInput['task'], GeneratedTask> = {
  recall,
  'temporal-order': temporalOrder,
  adding,
  parity,
  sentiment,
};

const TRAIN_SHARE = 0.8;

/** The data of a task: the same settings give the same data on every machine. 80 % train, 20 % test. */
export async function generateTask(input: GenerateInput, context: ImportProgress): Promise<ImportedData> {
  const { task, examples, length, seed } = input;
  const generated = TASKS[task](input, new MersenneTwister(seed % 2 ** 32));
  const train = Math.round(examples * TRAIN_SHARE);
  const source = { format: 'generated', task, examples, length, seed };
  if (generated.kind === 'values') return valuesData(generated, train, task, source);
  const part = (from: number, to: number) => ({
    texts: generated.texts.slice(from, to),
    labels: generated.labels.slice(from, to),
  });
  const { classes } = generated;
  const about = {
    suggestedName: task,
    task: classes.length === 2 ? 'binary' : 'multiclass',
    classes,
    source,
  } as const;
  return importTexts({ train: part(0, train), test: part(train, examples) }, about, context);
}

function valuesData(
  { width, values, labels }: LabelledValues,
  train: number,
  name: string,
  source: Record<string, unknown>,
): ImportedData {
  async function* inOrder(): AsyncGenerator<Example> {
    for (const [index, sequence] of values.entries()) {
      yield { split: index < train ? 'train' : 'test', values: sequence, label: labels[index] as number };
    }
  }
  return {
    ...{ suggestedName: name, kind: 'values', width, task: 'regression', classes: [], source },
    ...{ conventions: null, vocabulary: [], hasTexts: false, examples: inOrder() },
  };
}
