/**
 * Delayed recall: the first word names the class, everything after it is noise. The gradient has to reach back over the
 * whole sequence (Bengio, Simard and Frasconi 1994, "Learning long-term dependencies with gradient descent is difficult").
 */
import { balancedLabels, between, pick, type GeneratedTask } from './task.ts';

const CUES = ['north', 'south'];
const NOISE = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
/** Sequences differ in length by up to this share, so that the cue does not always stand at one step. */
const SHORTEST = 0.8;

export const recall: GeneratedTask = ({ examples, length }, random) => {
  const labels = balancedLabels(examples, CUES.length, random);
  const texts = labels.map((label) => {
    // One step of `length` is the start id.
    const steps = between(Math.ceil(length * SHORTEST), length, random);
    const noise = Array.from({ length: steps - 1 }, () => pick(NOISE, random));
    return [CUES[label], ...noise].join(' ');
  });
  return { kind: 'texts', texts, labels, classes: CUES };
};
