/** The optimizers' steps, each in one pass over a variable and its slots, in place. Formulas: ops/update.ts. */
import type { OptimizerConfig, OptimizerName } from '../../../../shared/training.ts';
import type { Shader } from '../backend.ts';
import { each } from './each.ts';

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
    const average = `slot${momentum ? 2 : 1}[at]`;
    return `
  let v = step.rate1 * slot0[at] + step.rate2 * g * g;
  slot0[at] = v;
  ${centered ? `let a = step.rate1 * ${average} + step.rate2 * g;\n  ${average} = a;` : 'let a = 0.0;'}
  let increment = step.learningRate * g / sqrt(v + step.epsilon - a * a);
  ${momentum ? 'slot1[at] = step.momentum * slot1[at] + increment;\n  variable[at] -= slot1[at];' : 'variable[at] -= increment;'}`;
  },
  adam: () => `
  let m = slot0[at] + step.rate1 * (g - slot0[at]);
  let v = slot1[at] + step.rate2 * (g * g - slot1[at]);
  slot0[at] = m;
  slot1[at] = v;
  variable[at] -= step.learningRate * m / (sqrt(v) + step.epsilon);`,
  sgd: ({ momentum, nesterov }) =>
    momentum
      ? `
  let m = step.momentum * slot0[at] - step.learningRate * g;
  slot0[at] = m;
  variable[at] += ${nesterov ? 'step.momentum * m - step.learningRate * g' : 'm'};`
      : '  variable[at] -= step.learningRate * g;',
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
  return each(
    `${form.name} step`,
    {
      arrays,
      structures: `struct Step { ${CONSTANTS.map((constant) => `${constant}: f32`).join(', ')} }`,
    },
    `${form.guarded ? '  if (guard[0] != 0) { return; }' : ''}
  let g = gradient[at] * step.scale;
${STEP[form.name](form)}`,
  );
}
