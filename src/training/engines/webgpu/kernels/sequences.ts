/** Batches of padded sequences out of all examples, whose numbers are copied bit by bit: ids and values alike. */
import { each } from './each.ts';

/** out (rows, length): row r is the sequence order[first + r], in front of its zeros where `post`, else behind them. */
export const GATHER = each(
  'sequences',
  {
    arrays: [
      'read> values: array<u32>',
      'read> offsets: array<u32>',
      'read> order: array<u32>',
      'read_write> out: array<u32>',
    ],
    sizes: ['first', 'length', 'post'],
  },
  `  let example = order[sizes.first + at / sizes.length];
  let begin = offsets[example];
  let length = offsets[example + 1u] - begin;
  // In front of the sequence this is below zero, and so larger than any length.
  let step = at % sizes.length - select(sizes.length - length, 0u, sizes.post == 1u);
  var value = 0u;
  if (step < length) { value = values[begin + step]; }
  out[at] = value;`,
);
