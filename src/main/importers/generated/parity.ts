/** Parity: whether the ones in a sequence of zeros and ones are odd in number. Every single step matters. */
import { pick, type GeneratedTask } from './task.ts';

const BITS = ['0', '1'];

export const parity: GeneratedTask = ({ examples, length }, random) => {
  // One step of `length` is the start id.
  const sequences = Array.from({ length: examples }, () =>
    Array.from({ length: length - 1 }, () => pick(BITS, random)),
  );
  return {
    kind: 'texts',
    texts: sequences.map((bits) => bits.join(' ')),
    labels: sequences.map((bits) => bits.filter((bit) => bit === '1').length % 2),
    classes: ['even', 'odd'],
  };
};
