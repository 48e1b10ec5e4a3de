/** What all sources of labelled texts share: Keras's word ranks over the train texts, and Keras's order. */
import { KERAS_CONVENTIONS, type Example, type Split } from '../../shared/data/dataset.ts';
import { WordCounter } from '../../shared/text/tokenizer.ts';
import { letOthersRun, stopIfCancelled, type ImportedData, type ImportProgress } from './importer.ts';
import { kerasOrder } from './order.ts';

/** Texts of a split with their labels, in the source's order. */
export interface LabelledTexts {
  texts: string[];
  labels: ArrayLike<number>;
}

type About = Pick<ImportedData, 'suggestedName' | 'task' | 'classes' | 'source' | 'doubts'>;

/** Texts encoded between two looks at whether the user cancelled. */
const TEXTS_A_PORTION = 500;

/**
 * Labelled texts as imported data. Words are ranked over the train texts in the source's order; examples then follow in
 * Keras's order.
 * @param from the share of the whole import that is done already, for the progress
 */
export async function importTexts(
  splits: Record<Split, LabelledTexts>,
  about: About,
  context: ImportProgress,
  from = 0,
): Promise<ImportedData> {
  const counter = new WordCounter();
  const total = splits.train.texts.length + splits.test.texts.length;
  const halfway = (1 + from) / 2;
  const tell = (texts: number) =>
    context.progress(from + (halfway - from) * (texts / total), 'Counting words');
  const train = await encodeAll(splits.train.texts, (text) => counter.count(text), tell, context);
  const tellOn = (texts: number) => tell(texts + train.length);
  const test = await encodeAll(splits.test.texts, (text) => counter.lookUp(text), tellOn, context);
  const { vocabulary, rankOfIndex } = counter.rank();
  const order = kerasOrder(train.length, test.length);

  async function* examples(): AsyncGenerator<Example> {
    let done = 0;
    for (const [split, encoded] of [
      ['train', train],
      ['test', test],
    ] as const) {
      for (const index of order[split]) {
        if (done++ % TEXTS_A_PORTION === 0)
          context.progress(halfway + (1 - halfway) * (done / total), 'Storing');
        const values = (encoded[index] as Int32Array).map((word) => rankOfIndex[word] as number);
        yield {
          split,
          values,
          label: splits[split].labels[index] as number,
          text: splits[split].texts[index] as string,
        };
      }
    }
  }
  const conventions = KERAS_CONVENTIONS;
  return {
    ...about,
    kind: 'tokens',
    width: 1,
    conventions,
    vocabulary,
    hasTexts: true,
    examples: examples(),
  };
}

async function encodeAll(
  texts: readonly string[],
  encode: (text: string) => Int32Array,
  tell: (texts: number) => void,
  { signal }: ImportProgress,
): Promise<Int32Array[]> {
  const encoded: Int32Array[] = [];
  for (const text of texts) {
    if (encoded.length % TEXTS_A_PORTION === 0) {
      tell(encoded.length);
      await letOthersRun();
      stopIfCancelled(signal, 'The import');
    }
    encoded.push(encode(text));
  }
  return encoded;
}
