/** The optimizers' steps, each in one pass over a variable and its slots, in place. Formulas: ops/update.ts. */
import type { OptimizerName } from '../../../../shared/training.ts';
import type { Shader } from '../backend.ts';

const STEP: Readonly<Record<OptimizerName, string>> = {
  rmsprop: `
  let v = step.rate1 * slot0[i] + step.rate2 * g * g;
  slot0[i] = v;
  variable[i] -= step.learningRate * g / sqrt(v + step.epsilon);`,
  adam: `
  let m = slot0[i] + step.rate1 * (g - slot0[i]);
  let v = slot1[i] + step.rate2 * (g * g - slot1[i]);
  slot0[i] = m;
  slot1[i] = v;
  variable[i] -= step.learningRate * m / (sqrt(v) + step.epsilon);`,
  sgd: '  variable[i] -= step.learningRate * g;',
};
export const SLOTS: Readonly<Record<OptimizerName, number>> = { rmsprop: 1, adam: 2, sgd: 0 };

/** `step` holds the constants of CONSTANTS as a tensor, so that all uniforms are sizes. */
export const CONSTANTS = ['learningRate', 'epsilon', 'rate1', 'rate2', 'scale'] as const;

export function updateShader(name: OptimizerName): Shader {
  const slots = Array.from({ length: SLOTS[name] }, (_, i) => `slot${i}`);
  const arrays = ['read_write> variable', ...slots.map((slot) => `read_write> ${slot}`), 'read> gradient'];
  return {
    name: `${name} step`,
    code: `
struct Sizes { count: u32, perRow: u32 }
struct Step { ${CONSTANTS.map((constant) => `${constant}: f32`).join(', ')} }
${arrays.map((array, i) => `@group(0) @binding(${i}) var<storage, ${array}: array<f32>;`).join('\n')}
@group(0) @binding(${arrays.length}) var<storage, read> step: Step;
@group(0) @binding(${arrays.length + 1}) var<uniform> sizes: Sizes;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * sizes.perRow + id.x;
  if (id.x >= sizes.perRow || i >= sizes.count) { return; }
  let g = gradient[i] * step.scale;
${STEP[name]}
}`,
  };
}
