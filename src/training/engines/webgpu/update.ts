/** The optimizers' steps on this engine: weights and slots never leave the device. */
import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerName } from '../../../shared/training.ts';
import { UPDATE_KERNELS, supportUpdate, updatedTensors, type UpdateAttributes } from '../../ops/update.ts';
import { BACKEND, type GpuBackend } from './backend.ts';
import { CONSTANTS, SLOTS, updateShader } from './kernels/update.ts';

type Constants = Record<(typeof CONSTANTS)[number], number>;

/** Keras's hyperparameters as the shaders take them. */
function constants(name: OptimizerName, attributes: UpdateAttributes, scale: number): Constants {
  const { learningRate, alpha } = attributes;
  const number = (key: string) => Number(attributes[key] ?? 0);
  const epsilon = number('epsilon');
  if (name !== 'adam')
    return { learningRate, epsilon, rate1: number('rho'), rate2: 1 - number('rho'), scale };
  return { learningRate: alpha, epsilon, rate1: 1 - number('beta_1'), rate2: 1 - number('beta_2'), scale };
}

function step(
  backend: GpuBackend,
  name: OptimizerName,
  inputs: tf.NamedTensorInfoMap,
  attributes: UpdateAttributes,
): void {
  for (const { variable, gradient, gradientScale, slots } of updatedTensors(inputs, attributes)) {
    const values = constants(name, attributes, gradientScale);
    const numbers = Float32Array.from(CONSTANTS, (constant) => values[constant]);
    const stepTensor = backend.makeTensorInfo([numbers.length], 'float32', numbers);
    const changed = [variable, ...slots.slice(0, SLOTS[name])];
    const count = tf.util.sizeFromShape(variable.shape);
    backend.runOver(updateShader(name), [...changed, gradient, stepTensor], changed, count);
    backend.disposeData(stepTensor.dataId);
  }
}

export function registerUpdate(): void {
  supportUpdate(
    BACKEND,
    (config) =>
      config.name === 'adam' || (config.momentum === 0 && !('centered' in config && config.centered)),
  );
  for (const [name, kernelName] of Object.entries(UPDATE_KERNELS) as [OptimizerName, string][]) {
    tf.registerKernel({
      kernelName,
      backendName: BACKEND,
      kernelFunc: ({ inputs, backend, attrs }) => {
        step(backend as GpuBackend, name, inputs, attrs as unknown as UpdateAttributes);
        return [];
      },
    });
  }
}
