/** How a model that came from elsewhere was compiled there, in words, and whether its optimizer's state still counts. */
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
