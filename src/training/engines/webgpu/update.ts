/** The optimizers' steps on this engine: weights and slots never leave the device. */
import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerName } from '../../../shared/training.ts';
import { UPDATE_KERNELS, supportUpdate, updatedTensors, type UpdateAttributes } from '../../ops/update.ts';
import { BACKEND, type GpuBackend } from './backend.ts';
import { CONSTANTS, slotsOf, stepForm, updateShader } from './kernels/update.ts';

type Constants = Record<(typeof CONSTANTS)[number], number>;

/** Keras's hyperparameters as the shaders take them. */
function constants(name: OptimizerName, attributes: UpdateAttributes, scale: number): Constants {
  const { learningRate, alpha } = attributes;
  const number = (key: string) => Number(attributes[key] ?? 0);
  const [epsilon, momentum] = [number('epsilon'), number('momentum')];
  if (name !== 'adam')
    return { learningRate, epsilon, rate1: number('rho'), rate2: 1 - number('rho'), momentum, scale };
  const [rate1, rate2] = [1 - number('beta_1'), 1 - number('beta_2')];
  return { learningRate: alpha, epsilon, rate1, rate2, momentum, scale };
}

function step(
  backend: GpuBackend,
  name: OptimizerName,
  inputs: tf.NamedTensorInfoMap,
  attributes: UpdateAttributes,
): void {
  const { guard, ...rest } = inputs;
  const form = stepForm(name, attributes, guard !== undefined);
  const shader = updateShader(form);
  for (const { variable, gradient, gradientScale, slots } of updatedTensors(rest, attributes)) {
    const values = constants(name, attributes, gradientScale);
    const numbers = Float32Array.from(CONSTANTS, (constant) => values[constant]);
    const stepTensor = backend.makeTensorInfo([numbers.length], 'float32', numbers);
    const changed = [variable, ...slots.slice(0, slotsOf(form))];
    const read = [gradient, stepTensor, ...(guard ? [guard] : [])];
    backend.runOver(shader, [...changed, ...read], changed, tf.util.sizeFromShape(variable.shape));
    backend.disposeData(stepTensor.dataId);
  }
}

export function registerUpdate(): void {
  supportUpdate(BACKEND, { config: () => true, regularizers: false });
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
