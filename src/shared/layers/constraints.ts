/**
 * Keras 3's constraints of weights (keras/src/constraints) in short, as a setting holds them: `non_neg`, `unit_norm`,
 * `max_norm 2`, `min_max_norm 0.5 1 rate 0.9`, each of the last three with `axis 0 1` for axes other than the first. Every
 * update is followed by them: negative weights become 0, or the norms along the axes are brought to where they may be.
 */
import { z } from 'zod';
import { NUMBER } from './regularizers.ts';

export type Constraint =
  | { name: 'non_neg' }
  | { name: 'unit_norm'; axis: readonly number[] }
  | { name: 'max_norm'; max_value: number; axis: readonly number[] }
  | { name: 'min_max_norm'; min_value: number; max_value: number; rate: number; axis: readonly number[] };

const AXES = String.raw`(?:\s+axis((?:\s+\d+)+))?`;
const form = (words: string) => new RegExp(String.raw`^\s*${words}\s*$`, 'i');
const NON_NEG = form('non_neg');
const UNIT_NORM = form(`unit_norm${AXES}`);
const MAX_NORM = form(String.raw`max_norm\s+${NUMBER}${AXES}`);
const MIN_MAX_NORM = form(String.raw`min_max_norm\s+${NUMBER}\s+${NUMBER}(?:\s+rate\s+${NUMBER})?${AXES}`);

const axesIn = (written: string | undefined): number[] => (written ?? '0').trim().split(/\s+/).map(Number);

/** Null for what says none. */
export function readConstraint(short: string): Constraint | null {
  if (NON_NEG.test(short)) return { name: 'non_neg' };
  const unit = UNIT_NORM.exec(short);
  if (unit) return { name: 'unit_norm', axis: axesIn(unit[1]) };
  const max = MAX_NORM.exec(short);
  if (max) return { name: 'max_norm', max_value: Number(max[1]), axis: axesIn(max[2]) };
  const both = MIN_MAX_NORM.exec(short);
  if (!both) return null;
  const [min_value, max_value, rate] = [both[1], both[2], both[3] ?? 1].map(Number) as [
    number,
    number,
    number,
  ];
  if (min_value > max_value || rate > 1) return null;
  return { name: 'min_max_norm', min_value, max_value, rate, axis: axesIn(both[4]) };
}

const isFirst = (axis: readonly number[]): boolean => axis.length === 1 && axis[0] === 0;

export function writeConstraint(constraint: Constraint): string {
  if (constraint.name === 'non_neg') return constraint.name;
  const axes = isFirst(constraint.axis) ? '' : ` axis ${constraint.axis.join(' ')}`;
  if (constraint.name === 'unit_norm') return `${constraint.name}${axes}`;
  if (constraint.name === 'max_norm') return `${constraint.name} ${constraint.max_value}${axes}`;
  const { min_value, max_value, rate } = constraint;
  return `${constraint.name} ${min_value} ${max_value}${rate === 1 ? '' : ` rate ${rate}`}${axes}`;
}

export const constraintSchema = z
  .string()
  .refine(
    (short) => readConstraint(short) !== null,
    'write max_norm 2, non_neg, unit_norm or min_max_norm 0.5 1',
  )
  .nullable()
  .default(null);

/** `keras.constraints.MaxNorm(2)`. */
export function pythonConstraint(short: string): string {
  const constraint = readConstraint(short)!;
  if (constraint.name === 'non_neg') return 'keras.constraints.NonNeg()';
  const { axis } = constraint;
  const axes = isFirst(axis) ? [] : [`axis=${axis.length === 1 ? axis[0] : `[${axis.join(', ')}]`}`];
  if (constraint.name === 'unit_norm') return `keras.constraints.UnitNorm(${axes.join()})`;
  if (constraint.name === 'max_norm')
    return `keras.constraints.MaxNorm(${[constraint.max_value, ...axes].join(', ')})`;
  const { min_value, max_value, rate } = constraint;
  const values = [min_value, max_value, ...(rate === 1 ? [] : [`rate=${rate}`]), ...axes];
  return `keras.constraints.MinMaxNorm(${values.join(', ')})`;
}

/**
 * `constraint_maxnorm(2)`. R counts axes from 1. Its constraint_maxnorm cuts the norm to a whole number (keras3 1.2), so that
 * any other is written as the constraint_minmaxnorm that is the same.
 */
export function rConstraint(short: string): string {
  const constraint = readConstraint(short)!;
  if (constraint.name === 'non_neg') return 'constraint_nonneg()';
  const counted = constraint.axis.map((axis) => `${axis + 1}L`);
  const axes = isFirst(constraint.axis)
    ? []
    : [`axis = ${counted.length === 1 ? counted[0] : `c(${counted.join(', ')})`}`];
  if (constraint.name === 'unit_norm') return `constraint_unitnorm(${axes.join()})`;
  const { max_value } = constraint;
  if (constraint.name === 'max_norm' && Number.isInteger(max_value))
    return `constraint_maxnorm(${[max_value, ...axes].join(', ')})`;
  const { min_value, rate } = constraint.name === 'max_norm' ? { min_value: 0, rate: 1 } : constraint;
  const values = [min_value, max_value, ...(rate === 1 ? [] : [`rate = ${rate}`]), ...axes];
  return `constraint_minmaxnorm(${values.join(', ')})`;
}
