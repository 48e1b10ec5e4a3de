/** What training a model that came from elsewhere goes on with, in words: its weights, and how it was compiled there. */
import { formatCount } from './format.ts';
import type { Compiled, OptimizerConfig } from './training.ts';

/** `adam, learning rate 0.01, after 12 updates` */
export function compiledWords({ optimizer, iterations }: Compiled): string {
  const used = iterations === 1 ? 'after 1 update' : `after ${formatCount(iterations)} updates`;
  return `${optimizer.name}, learning rate ${optimizer.learning_rate}, ${iterations > 0 ? used : 'not used yet'}`;
}

/** Whether an optimizer goes on with what the model's own had kept: the same but for its learning rate, and used before. */
export function goesOn({ optimizer, iterations }: Compiled, chosen: OptimizerConfig): boolean {
  const settings = (config: OptimizerConfig) => Object.entries({ ...config, learning_rate: null }).sort();
  return iterations > 0 && JSON.stringify(settings(optimizer)) === JSON.stringify(settings(chosen));
}

/** The weights training begins from: the file they came from, and the layers that do not have them. */
interface Beginning {
  source: string;
  /** Layers that begin anew, since their weights are not those of the file in shape. */
  anew: readonly string[];
  /** Whether those are all. */
  all: boolean;
}

/** `Training goes on from the weights of model.keras, but for dense, which begins anew.` */
export function beginningWords({ source, anew, all }: Beginning): string {
  if (all) return `No weights of ${source} fit this model any more: all its layers begin anew.`;
  const goesOn = `Training goes on from the weights of ${source}`;
  if (anew.length === 0) return `${goesOn}.`;
  return `${goesOn}, but for ${anew.join(', ')}, which ${anew.length === 1 ? 'begins' : 'begin'} anew.`;
}
