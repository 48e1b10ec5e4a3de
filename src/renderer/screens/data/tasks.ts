/** The generated tasks in words: what is asked of the network and why it is hard. */
import type { GENERATED_TASKS } from '../../../shared/contract/data.ts';

export type GeneratedTask = (typeof GENERATED_TASKS)[number];

interface TaskWords {
  title: string;
  /** What a sequence holds and what is to be answered. */
  what: string;
  /** What it shows about a network. */
  shows: string;
  /** What `length` means here. */
  length: string;
}

export const TASK_WORDS: Record<GeneratedTask, TaskWords> = {
  recall: {
    title: 'Delayed recall',
    what: 'A cue at the beginning decides the class; only noise follows.',
    shows: 'Whether one symbol survives the whole length. A SimpleRNN forgets it, an LSTM can keep it.',
    length: 'Steps a sequence. The longer, the further back the cue lies.',
  },
  'temporal-order': {
    title: 'Temporal order',
    what: 'Two marked symbols stand far apart in noise; the class is their order.',
    shows: 'Whether the network keeps the first until the second comes.',
    length: 'Steps a sequence; the marked symbols lie further apart in longer ones.',
  },
  adding: {
    title: 'Adding problem',
    what: 'Two numbers of a series are marked; the answer is their sum.',
    shows: 'Whether values, not only symbols, are kept. A regression: loss mse.',
    length: 'Steps a sequence, each a number and its mark.',
  },
  parity: {
    title: 'Parity',
    what: 'A sequence of zeros and ones; the class is whether the ones are odd in number.',
    shows: 'Whether the state is updated at every single step: one missed symbol turns the answer round.',
    length: 'Steps a sequence. From about 20 on it is hard for every recurrent cell.',
  },
  sentiment: {
    title: 'Sentiment',
    what: 'English sentences of a small grammar with negation, contrast and the verdict far from its subject.',
    shows: 'The lecture’s work without its data: reviews with two classes, good and bad.',
    length: 'About how many words a review has.',
  },
};
