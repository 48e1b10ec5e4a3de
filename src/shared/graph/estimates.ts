/** What a model will cost, before it is trained. Numbers are float32; a length that is open counts as one step. */
import type { OptimizerConfig } from '../training.ts';
import { sizeOf } from '../layers/shapes.ts';
import type { GraphAnalysis, NodeAnalysis } from './analyse.ts';

const BYTES = 4;

export interface Estimate {
  parameters: number;
  weightsBytes: number;
  /**
   * What one batch of training holds at once: weights, their gradients, the optimizer's slots, every layer's output with its
   * gradient, and what the layers keep for the backward pass. An engine may do with less, and needs some of its own.
   */
  trainingBytes: number;
  /** What of that no engine does without: weights, slots, and what the layers keep where no step is shared or masked. */
  leastBytes: number;
  /** What a graphics adapter takes for a batch, by half of it at most more or less: all that, and what passes for a while. */
  adapterBytes: number;
  /** Multiplications with an addition in one forward pass over a batch; a training step needs about three times as many. */
  multiplyAdds: number;
  /** The length is open in the Input: memory and work are those of a single step, so of the least. */
  perStep: boolean;
}

/** Arrays of the weights' shape that the optimizer keeps. */
function slotCount(optimizer: OptimizerConfig): number {
  if (optimizer.name === 'adam') return 2;
  const momentum = optimizer.momentum > 0 ? 1 : 0;
  return optimizer.name === 'sgd' ? momentum : 1 + momentum + (optimizer.centered ? 1 : 0);
}

/** Numbers of one example that a layer keeps for the backward pass. */
function keptByLayer({ definition, config, inputShapes, shape }: NodeAnalysis): number {
  return shape ? (definition.kept?.(config, inputShapes) ?? 0) : 0;
}

/** Numbers one example needs in a layer: its output, the output's gradient, and what is kept. */
function heldByLayer(layer: NodeAnalysis): number {
  return layer.shape ? 2 * sizeOf(layer.shape) + keptByLayer(layer) : 0;
}

/** Numbers one example needs for a while in a layer on a graphics adapter. */
function passingLayer({ definition, config, inputShapes, shape }: NodeAnalysis): number {
  return shape ? (definition.passing?.(config, inputShapes) ?? 0) : 0;
}

/** Layers that cannot be built yet count nothing. */
export function estimate(
  { nodes, parameters }: GraphAnalysis,
  { batchSize, optimizer }: { batchSize: number; optimizer: OptimizerConfig },
): Estimate {
  const layers = [...nodes.values()];
  const sum = (of: (layer: NodeAnalysis) => number): number =>
    layers.reduce((total, layer) => total + of(layer), 0);
  const weights = parameters * (2 + slotCount(optimizer));
  const trainingBytes = (weights + batchSize * sum(heldByLayer)) * BYTES;
  return {
    parameters,
    weightsBytes: parameters * BYTES,
    trainingBytes,
    adapterBytes: trainingBytes + batchSize * sum(passingLayer) * BYTES,
    leastBytes: (weights - parameters + batchSize * sum(keptByLayer)) * BYTES,
    multiplyAdds: batchSize * sum(({ multiplyAdds }) => multiplyAdds),
    perStep: layers.some(({ shape }) => shape?.slice(1).includes(null)),
  };
}
