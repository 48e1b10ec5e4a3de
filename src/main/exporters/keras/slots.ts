/** What an optimizer of Keras keeps for every weight, in the order of its `variables`. */
import type { OptimizerConfig } from '../../../shared/training.ts';

/**
 * Names of the slots, `velocity/lstm/kernel`, in Keras's order: RMSprop has all velocities, then all momentums; Adam has
 * momentum and velocity of each weight side by side (keras/src/optimizers/base_optimizer.py, `add_optimizer_variables`).
 * @param weights names of the weights in the order of the model's layers
 */
export function slotOrder(optimizer: OptimizerConfig, weights: readonly string[]): string[] {
  const all = (slot: string) => weights.map((weight) => `${slot}/${weight}`);
  if (optimizer.name === 'adam')
    return weights.flatMap((weight) => [`momentum/${weight}`, `velocity/${weight}`]);
  const momentum = optimizer.momentum > 0 ? all('momentum') : [];
  if (optimizer.name === 'sgd') return momentum;
  return [...all('velocity'), ...momentum, ...(optimizer.centered ? all('average_gradient') : [])];
}
