/** The optimizers' steps, each in one pass over a variable and its slots, in place. Formulas: ops/update.ts. */
import type { OptimizerConfig, OptimizerName } from '../../../../shared/training.ts';
import type { Shader } from '../backend.ts';

/** Which terms of its optimizer a step has. */
export interface StepForm {
  name: OptimizerName;
  momentum: boolean;
  nesterov: boolean;
  centered: boolean;
  /** Whether it looks at the guard over the weights (ops/deferred.ts). */
  guarded: boolean;
}

/** The terms a configuration has, given as the optimizer itself or as a kernel's attributes. */
export function stepForm(name: OptimizerName, config: object, guarded: boolean): StepForm {
  const {
    momentum = 0,
    nesterov = false,
    centered = false,
  } = config as Partial<
    Extract<OptimizerConfig, { name: 'sgd' }> & Extract<OptimizerConfig, { name: 'rmsprop' }>
  >;
  return { name, momentum: momentum > 0, nesterov, centered, guarded };
}

/** Slots in the order of `slotNames`. */
const STEP: Readonly<Record<OptimizerName, (form: StepForm) => string>> = {
  rmsprop: ({ momentum, centered }) => {
    const average = `slot${momentum ? 2 : 1}[i]`;
    return `
  let v = step.rate1 * slot0[i] + step.rate2 * g * g;
  slot0[i] = v;
  ${centered ? `let a = step.rate1 * ${average} + step.rate2 * g;\n  ${average} = a;` : 'let a = 0.0;'}
  let increment = step.learningRate * g / sqrt(v + step.epsilon - a * a);
  ${momentum ? 'slot1[i] = step.momentum * slot1[i] + increment;\n  variable[i] -= slot1[i];' : 'variable[i] -= increment;'}`;
  },
  adam: () => `
  let m = slot0[i] + step.rate1 * (g - slot0[i]);
  let v = slot1[i] + step.rate2 * (g * g - slot1[i]);
  slot0[i] = m;
  slot1[i] = v;
  variable[i] -= step.learningRate * m / (sqrt(v) + step.epsilon);`,
  sgd: ({ momentum, nesterov }) =>
    momentum
      ? `
  let m = step.momentum * slot0[i] - step.learningRate * g;
  slot0[i] = m;
  variable[i] += ${nesterov ? 'step.momentum * m - step.learningRate * g' : 'm'};`
      : '  variable[i] -= step.learningRate * g;',
};

export function slotsOf({ name, momentum, centered }: StepForm): number {
  if (name === 'adam') return 2;
  return (name === 'sgd' ? 0 : 1) + Number(momentum) + Number(centered);
}

/** `step` holds these as a tensor, so that all uniforms are sizes. */
export const CONSTANTS = ['learningRate', 'epsilon', 'rate1', 'rate2', 'momentum', 'scale'] as const;

/** Binds variable, slots, gradient, constants and, where guarded, the guard. */
export function updateShader(form: StepForm): Shader {
  const slots = Array.from({ length: slotsOf(form) }, (_, i) => `slot${i}`);
  const arrays = [
    ...['variable', ...slots].map((name) => `read_write> ${name}: array<f32>`),
    'read> gradient: array<f32>',
    'read> step: Step',
    ...(form.guarded ? ['read> guard: array<i32>'] : []),
  ];
  return {
    name: `${form.name} step`,
    code: `
struct Sizes { count: u32, perRow: u32 }
struct Step { ${CONSTANTS.map((constant) => `${constant}: f32`).join(', ')} }
${arrays.map((array, i) => `@group(0) @binding(${i}) var<storage, ${array};`).join('\n')}
@group(0) @binding(${arrays.length}) var<uniform> sizes: Sizes;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * sizes.perRow + id.x;
  if (id.x >= sizes.perRow || i >= sizes.count${form.guarded ? ' || guard[0] != 0' : ''}) { return; }
  let g = gradient[i] * step.scale;
${STEP[form.name](form)}
}`,
  };
}
