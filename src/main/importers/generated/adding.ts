/**
 * The adding problem (Hochreiter and Schmidhuber 1997; with values from 0 to 1 as in Le, Jaitly and Hinton 2015, "A simple
 * way to initialize recurrent networks"): each step is a value and a mark; two values are marked, one in each half; the
 * answer is their sum. Always answering 1 has a mean squared error of 1/6.
 */
import { between, type GeneratedTask } from './task.ts';

export const adding: GeneratedTask = ({ examples, length }, random) => {
  const half = Math.floor(length / 2);
  const labels: number[] = [];
  const values = Array.from({ length: examples }, () => {
    const steps = new Float32Array(length * 2);
    for (let step = 0; step < length; step++) steps[step * 2] = random.nextDouble();
    const marked = [between(0, half, random), between(half, length, random)];
    for (const step of marked) steps[step * 2 + 1] = 1;
    labels.push(marked.reduce((sum, step) => sum + (steps[step * 2] as number), 0));
    return steps;
  });
  return { kind: 'values', width: 2, values, labels };
};
