/** What a generated task is: from its settings and a random generator, examples in random order. */
import type { GenerateInput } from '../../../shared/contract/data.ts';
import type { MersenneTwister } from '../../../shared/random/mersenne-twister.ts';

export interface LabelledTexts {
  kind: 'texts';
  texts: string[];
  /** Positions in `classes`. */
  labels: number[];
  classes: string[];
}

/** A regression on sequences of `width` numbers a step. */
export interface LabelledValues {
  kind: 'values';
  width: number;
  values: Float32Array[];
  labels: number[];
}

export type Settings = Pick<GenerateInput, 'examples' | 'length'>;
export type GeneratedTask = (settings: Settings, random: MersenneTwister) => LabelledTexts | LabelledValues;

export function pick<T>(from: readonly T[], random: MersenneTwister): T {
  return from[random.nextInterval(from.length - 1)] as T;
}

/** A whole number from `from` to below `to`. */
export function between(from: number, to: number, random: MersenneTwister): number {
  return from + random.nextInterval(Math.max(0, to - from - 1));
}

/** Labels of which each class has as many as the others, in random order. */
export function balancedLabels(examples: number, classes: number, random: MersenneTwister): number[] {
  const labels = Array.from({ length: examples }, (_, index) => index % classes);
  random.shuffle(labels);
  return labels;
}
