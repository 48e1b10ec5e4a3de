/** Regularizers and constraints of weights as Keras's files (and tfjs's) hold them, in the catalogue's short form. */
import { readConstraint, writeConstraint, type Constraint } from '../../../shared/layers/constraints.ts';
import { readRegularizer, writeRegularizer } from '../../../shared/layers/regularizers.ts';
import { namedObject, type Config } from './keras-values.ts';

/** Keras writes 0.01 as the nearest float32. */
const number = (value: unknown, otherwise: number): number =>
  typeof value === 'number' ? Number(value.toPrecision(7)) : otherwise;

/** What Keras takes where a name alone says what it is. */
const USUAL = 0.01;

/** `l2 0.01`; null for one that is not L1, L2 or L1L2. */
export function regularizerIn(value: unknown): string | null {
  const { name, config } = namedObject(value);
  if (!/^l(1|2|1_?l2)$/.test(name)) return null;
  // An L1L2 that leaves one out has none of it; L1 and L2 have their own.
  const both = name.length > 2;
  const part = (key: 'l1' | 'l2') => number(config[key], name === key && !both ? USUAL : 0);
  const short = writeRegularizer({ l1: part('l1'), l2: part('l2') });
  return readRegularizer(short) && short;
}

function constraintOf(name: string, config: Config): Constraint | null {
  const value = (key: string, otherwise: number) => number(config[key], otherwise);
  const axis = [config.axis ?? 0].flat() as number[];
  if (name === 'non_neg') return { name };
  if (name === 'unit_norm') return { name, axis };
  if (name === 'max_norm') return { name, max_value: value('max_value', 2), axis };
  if (name !== 'min_max_norm') return null;
  const [min_value, max_value] = [value('min_value', 0), value('max_value', 1)];
  return { name, min_value, max_value, rate: value('rate', 1), axis };
}

/** `max_norm 2`; null for one that Keras does not bring. */
export function constraintIn(value: unknown): string | null {
  const { name, config } = namedObject(value);
  const constraint = constraintOf(name, config);
  if (!constraint) return null;
  const short = writeConstraint(constraint);
  return readConstraint(short) && short;
}
