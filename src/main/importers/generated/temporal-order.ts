/**
 * Temporal order (Hochreiter and Schmidhuber 1997, "Long short-term memory", experiment 6a): two marks, x or y, stand far
 * apart in noise; the class is which they are and in which order. The sequence opens with `begin` and closes with `end`.
 */
import { balancedLabels, between, pick, type GeneratedTask } from './task.ts';

const MARKS = ['x', 'y'];
const NOISE = ['a', 'b', 'c', 'd'];
const CLASSES = ['x x', 'x y', 'y x', 'y y'];

export const temporalOrder: GeneratedTask = ({ examples, length }, random) => {
  const labels = balancedLabels(examples, CLASSES.length, random);
  // One step of `length` is the start id, two are `begin` and `end`; two marks need two steps.
  const steps = Math.max(2, length - 3);
  const texts = labels.map((label) => {
    const words = Array.from({ length: steps }, () => pick(NOISE, random));
    const first = between(Math.floor(steps * 0.1), Math.ceil(steps * 0.2), random);
    const second = between(Math.max(first + 1, Math.floor(steps * 0.5)), Math.ceil(steps * 0.6), random);
    words[first] = MARKS[label >> 1] as string;
    words[second] = MARKS[label & 1] as string;
    return ['begin', ...words, 'end'].join(' ');
  });
  return { kind: 'texts', texts, labels, classes: CLASSES };
};
