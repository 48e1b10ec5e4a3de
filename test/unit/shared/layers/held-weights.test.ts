/** Regularizers and constraints as settings hold them, and as Keras's code says them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../../../src/shared/graph/analyse.ts';
import { chain } from '../../../../src/shared/graph/templates.ts';
import { readConstraint, writeConstraint } from '../../../../src/shared/layers/constraints.ts';
import { layerDefinition } from '../../../../src/shared/layers/index.ts';
import { readRegularizer, writeRegularizer } from '../../../../src/shared/layers/regularizers.ts';

const size = fc.double({ min: 0, max: 1e6, noNaN: true });
const axis = fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 3 });

it('what is written is what was read', () => {
  fc.assert(
    fc.property(size, size, (l1, l2) => {
      expect(readRegularizer(writeRegularizer({ l1, l2 }))).toEqual({ l1, l2 });
    }),
  );
  const constraint = fc.oneof(
    fc.constant({ name: 'non_neg' as const }),
    fc.record({ name: fc.constant('unit_norm' as const), axis }),
    fc.record({ name: fc.constant('max_norm' as const), max_value: size, axis }),
    fc.record({
      name: fc.constant('min_max_norm' as const),
      min_value: fc.double({ min: 0, max: 1, noNaN: true }),
      max_value: fc.double({ min: 1, max: 1e6, noNaN: true }),
      rate: fc.double({ min: 0, max: 1, noNaN: true }),
      axis,
    }),
  );
  fc.assert(
    fc.property(constraint, (one) => {
      expect(readConstraint(writeConstraint(one))).toEqual(one);
    }),
  );
});

it.each(['', 'l2', 'l2 -1', 'l3 0.1', '0.01', 'l2 0.01 l1 0.01', 'l1 1e999', 'l2 0.01,'])(
  'the regularizer %j is none',
  (short) => expect(readRegularizer(short)).toBeNull(),
);

it.each([
  '',
  'max_norm',
  'max_norm -1',
  'non_neg 2',
  'min_max_norm 2 1',
  'min_max_norm 0 1 rate 2',
  'max_norm 2 axis',
])('the constraint %j is none', (short) => expect(readConstraint(short)).toBeNull());

const codeOf = (config: object): [string, string] => {
  const { schema, python, r } = layerDefinition('Dense');
  const whole = schema.parse({ units: 1, ...config });
  return [python(whole), r(whole)];
};

it.each([
  ['l2 0.01', 'L2(0.01)', 'l2(0.01)'],
  ['l1 0.001', 'L1(0.001)', 'l1(0.001)'],
  ['l1 0.001 l2 0.5', 'L1L2(l1=0.001, l2=0.5)', 'l1_l2(l1 = 0.001, l2 = 0.5)'],
])('%s in Python and R', (short, python, r) => {
  expect(codeOf({ kernel_regularizer: short })).toEqual([
    `layers.Dense(1, kernel_regularizer=keras.regularizers.${python})`,
    `layer_dense(units = 1, kernel_regularizer = regularizer_${r})`,
  ]);
});

it.each([
  ['non_neg', 'NonNeg()', 'nonneg()'],
  ['unit_norm', 'UnitNorm()', 'unitnorm()'],
  ['unit_norm axis 1', 'UnitNorm(axis=1)', 'unitnorm(axis = 2L)'],
  ['max_norm 2', 'MaxNorm(2)', 'maxnorm(2)'],
  ['max_norm 1.5 axis 0 1', 'MaxNorm(1.5, axis=[0, 1])', 'minmaxnorm(0, 1.5, axis = c(1L, 2L))'],
  ['min_max_norm 0.5 1', 'MinMaxNorm(0.5, 1)', 'minmaxnorm(0.5, 1)'],
  ['min_max_norm 0 1 rate 0.9', 'MinMaxNorm(0, 1, rate=0.9)', 'minmaxnorm(0, 1, rate = 0.9)'],
])('%s in Python and R', (short, python, r) => {
  expect(codeOf({ bias_constraint: short })).toEqual([
    `layers.Dense(1, bias_constraint=keras.constraints.${python})`,
    `layer_dense(units = 1, bias_constraint = constraint_${r})`,
  ]);
});

describe('a setting that is wrong', () => {
  const problemsOf = (config: object) =>
    analyse(
      chain('held', [
        ['input', 'Input', { shape: [4] }],
        ['dense', 'Dense', { units: 2, ...config }],
      ]),
    ).problems.map(({ message, fix }) => `${message} ${fix}`);

  it('is told with how it is written', () => {
    expect(problemsOf({ kernel_regularizer: 'strong' })).toEqual([
      expect.stringContaining('write l2 0.01, l1 0.01, or both: l1 0.01 l2 0.01'),
    ]);
    expect(problemsOf({ bias_constraint: 'max_norm' })).toEqual([
      expect.stringContaining('write max_norm 2, non_neg, unit_norm or min_max_norm 0.5 1'),
    ]);
  });

  it('has axes that the weight has', () => {
    expect(problemsOf({ kernel_constraint: 'max_norm 2 axis 1', bias_constraint: 'max_norm 2' })).toEqual([]);
    expect(problemsOf({ bias_constraint: 'max_norm 2 axis 1' })).toEqual([
      'The constraint max_norm 2 axis 1 of the bias of dense goes along an axis that it does not have. Give axes from 0 to 0.',
    ]);
  });
});
