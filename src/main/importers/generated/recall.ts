/**
 * Delayed recall: the first word names the class, everything after it is noise. The gradient has to reach back over the
 * whole sequence (Bengio, Simard and Frasconi 1994, "Learning long-term dependencies with gradient descent is difficult").
 */
import { balancedLabels, between, pick, type GeneratedTask } from './task.ts';

const CUES = ['north', 'south'];
const NOISE = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
/**
 * Sequences have from a tenth of the length to all of it: the short ones teach what is to be kept (without them even an
 * LSTM takes far more than a few epochs at 100 steps), and accuracy can be seen to fall with the distance.
 */
const SHORTEST = 0.1;

export const recall: GeneratedTask = ({ examples, length }, random) => {
  const labels = balancedLabels(examples, CUES.length, random);
  const texts = labels.map((label) => {
    // One step of `length` is the start id.
    const steps = between(Math.max(2, Math.ceil(length * SHORTEST)), length, random);
    const noise = Array.from({ length: steps - 1 }, () => pick(NOISE, random));
    return [CUES[label], ...noise].join(' ');
  });
  return { kind: 'texts', texts, labels, classes: CUES };
};
