/** Parameters of Keras's layers, in all forms its versions (and tfjs) wrote, as the catalogue has them. */
import type { z } from 'zod';
import type { LayerDefinition } from '../../../shared/layers/layer.ts';
import { ACTIVATIONS } from '../../../shared/layers/activations.ts';
import { INITIALIZERS } from '../../../shared/layers/initializers.ts';
import { weightsMakeUp } from '../../hard-sigmoid.ts';
import { constraintIn, regularizerIn } from './keras-penalties.ts';
import { isObject, namedObject, type Config } from './keras-values.ts';

/** How a file came to be: some names mean different things in different versions. */
export interface Dialect {
  /** Keras 3's own; before it (and in tfjs) hard_sigmoid had another slope. */
  keras3: boolean;
  /** Whether there are weights, which can make up for that. */
  weights: boolean;
  /** A GRU that does not say which form it has. */
  resetAfter: boolean;
}

/** Why a parameter cannot be taken over, without the layer's name. */
export class Unknown extends Error {}

/** A layer of a class that the catalogue does not have, whatever its parameters. */
export class UnknownClass extends Unknown {}

/** Keras's older names. */
const ACTIVATION_ALIASES: ReadonlyMap<string, string> = new Map([
  ['swish', 'silu'],
  ['hard_swish', 'hard_silu'],
]);

/**
 * glu is half as wide as what it is given, but Keras (3.15.1) declares it as wide: `Dense(4, activation='glu')` says (None, 4)
 * and computes (None, 2), and a Dense behind it is built for 4 and fails. What such a model means cannot be known.
 * @throws Unknown for a function of the user's own and one that the catalogue does not have
 */
function activation(name: string, value: unknown): string {
  if (value === null || value === undefined) return 'linear';
  const given = isObject(value) ? (value.config ?? value.class_name) : value;
  const plain = String(given).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const known = ACTIVATION_ALIASES.get(plain) ?? plain;
  if (known === 'glu') throw new Unknown(`its ${name} is glu, which Keras declares twice as wide as it is`);
  if (!ACTIVATIONS.some((one) => one === known))
    throw new Unknown(`its ${name} is ${isObject(given) ? 'a function of its own' : String(given)}`);
  return known;
}

/** Scale, mode and distribution of the initializers that older files write out. */
const VARIANCE_SCALING: Readonly<Record<string, string>> = {
  '1 fan_avg uniform': 'glorot_uniform',
  '1 fan_avg normal': 'glorot_normal',
  '2 fan_in uniform': 'he_uniform',
  '2 fan_in normal': 'he_normal',
  '1 fan_in uniform': 'lecun_uniform',
  '1 fan_in normal': 'lecun_normal',
};

/** Keras's own settings of these, the only ones here. */
const DRAWN: ReadonlyMap<string, readonly number[]> = new Map([
  ['random_uniform', [-0.05, 0.05]],
  ['random_normal', [0, 0.05]],
]);

/** The name of an initializer, or null for one the catalogue does not have: weights are there, so it has no bearing. */
function initializer(value: unknown): string | null {
  const { name, config: settings } = namedObject(value);
  if (name === 'variance_scaling') {
    const { scale, mode, distribution } = settings;
    const spread = String(distribution).replace(/truncated_|untruncated_/, '');
    return VARIANCE_SCALING[`${String(scale)} ${String(mode)} ${spread}`] ?? null;
  }
  const own = DRAWN.get(name);
  const given = own && [
    settings.minval ?? settings.mean ?? own[0],
    settings.maxval ?? settings.stddev ?? own[1],
  ];
  if (own && given!.join() !== own.join()) return null;
  if (name === 'orthogonal' && (settings.gain ?? 1) !== 1) return null;
  return INITIALIZERS.find((one) => one === name) ?? null;
}

/** Parameters that have no counterpart here, with the values that mean nothing is lost. */
const NEUTRAL: Readonly<Record<string, (value: unknown, all: Config) => boolean>> = {
  ...Object.fromEntries(
    [
      'name',
      'batch_input_shape',
      'batch_shape',
      'seed',
      'implementation',
      'unroll',
      'input_dtype',
      'input_length',
    ].map((name) => [name, () => true]),
  ),
  dtype: (value) => /float32|int32|int64|undefined/.test(JSON.stringify(value) ?? 'undefined'),
  return_state: (value) => value === false,
  time_major: (value) => value === false,
  sparse: (value) => value === false,
  ragged: (value) => value === false,
  quantization_config: (value) => value === null,
  lora_rank: (value) => value === null,
  zero_output_for_mask: (value) => value === false,
};

/** Acts in training alone. */
const TRAINING_ONLY = /_(regularizer|constraint)$/;

/** A regularizer or a constraint with its numbers: `l2 0.01`, `l1_l2 (l1 0.001, l2 0.01)`, `max_norm 2`, `non_neg`. */
function inShort(value: unknown): string {
  const { name, config } = namedObject(value);
  // Keras writes 0.01 as the nearest float32, and the penalties of an L1L2 that it does not have as 0.
  const numbers = Object.entries(config).flatMap(([key, number]) =>
    typeof number === 'number' && number !== 0 && key !== 'axis'
      ? [[key, String(Number(number.toPrecision(6)))] as const]
      : [],
  );
  const [only] = numbers;
  if (!only) return name;
  if (numbers.length === 1) return `${/^l[12]$/.test(only[0]) ? only[0] : name} ${only[1]}`;
  return `${name} (${numbers.map((pair) => pair.join(' ')).join(', ')})`;
}

/** Says it once of all layers that have the same. */
function noteWithout(notes: string[], what: string, layer: string): void {
  const beginning = `Training goes on here without the ${what} of `;
  const at = notes.findIndex((note) => note.startsWith(beginning));
  const end = '; predictions do not depend on it.';
  if (at < 0) notes.push(`${beginning}${layer}${end}`);
  else notes[at] = `${notes[at]!.slice(0, -end.length)}, ${layer}${end}`;
}

/** Lists of one number in Keras, numbers here. */
const LISTED = ['kernel_size', 'strides', 'dilation_rate', 'pool_size', 'axis'];

function listed(name: string, value: unknown): unknown {
  if (!LISTED.includes(name) || !Array.isArray(value)) return value;
  return value.length === 1 ? value[0] : value;
}

const takesNull = (schema: z.ZodType, name: string): boolean =>
  ((schema as unknown as z.ZodObject).shape[name] as z.ZodType).safeParse(null).success;

/** Said once of a model. */
const STATEFUL =
  'The file keeps states from batch to batch (stateful). Here every example stands alone, in a batch of any size: it begins from a zero state, as in Keras after reset_state().';

/** What to say of it. @throws Unknown where the one that Keras 3 has cannot stand for it */
function olderSlope(type: string, name: string, place: string, { weights }: Dialect): string {
  if (weights && weightsMakeUp(type, name))
    return `${place} is hard_sigmoid as it was before Keras 3; with the weights it acts on 1.2 times those in the file, the one here computes the same.`;
  throw new Unknown(`its ${name} is hard_sigmoid as it was before Keras 3, with another slope`);
}

/**
 * The parameters of a layer as its definition in the catalogue knows them.
 * @param notes gets a sentence for what is not kept and has no bearing on predictions
 * @throws Unknown for what the catalogue cannot say
 */
export function readParameters(
  { schema, type }: LayerDefinition,
  config: Config,
  dialect: Dialect,
  notes: string[],
): Record<string, unknown> {
  const known = Object.keys((schema as unknown as z.ZodObject).shape);
  const read: Record<string, unknown> = {};
  if (type === 'GRU' && config.reset_after === undefined) read.reset_after = dialect.resetAfter;
  for (const [name, value] of Object.entries(config)) {
    const place = `${String(config.name)}'s ${name}`;
    if (name.endsWith('activation') && known.includes(name)) {
      read[name] = activation(name, value);
      if (read[name] === 'hard_sigmoid' && !dialect.keras3)
        notes.push(olderSlope(type, name, place, dialect));
    } else if (name.endsWith('_initializer')) {
      const found = initializer(value);
      if (found !== null && known.includes(name)) read[name] = found;
      else if (value !== null) notes.push(`${place} is not kept; the weights in the file are.`);
    } else if (TRAINING_ONLY.test(name)) {
      const short = name.endsWith('_regularizer') ? regularizerIn(value) : constraintIn(value);
      if (value !== null && short !== null && known.includes(name)) read[name] = short;
      else if (value !== null) noteWithout(notes, `${name} ${inShort(value)}`, String(config.name));
    } else if (known.includes(name)) {
      // tfjs writes null for what was not set.
      if (value !== null || takesNull(schema, name)) read[name] = listed(name, value);
    } else if (name === 'stateful') {
      if (value === true && !notes.includes(STATEFUL)) notes.push(STATEFUL);
    } else if (name === 'trainable') {
      if (value === false)
        notes.push(`${String(config.name)} is frozen in the file and can be trained here.`);
    } else if (!(Object.hasOwn(NEUTRAL, name) && (value === null || NEUTRAL[name]!(value, config))))
      throw new Unknown(`its ${name} is ${JSON.stringify(value)}`);
  }
  return read;
}
