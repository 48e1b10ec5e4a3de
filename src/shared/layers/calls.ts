/** A layer's constructor call in Python and in R, derived from its schema: only what differs from the defaults is stated. */
import type { z } from 'zod';
import { pythonConstraint, rConstraint } from './constraints.ts';
import type { LayerDefinition } from './layer.ts';
import { pythonRegularizer, rRegularizer } from './regularizers.ts';

/** The default of every parameter that has one. */
export function defaultsOf(schema: z.ZodObject): Readonly<Record<string, unknown>> {
  const defaults: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(schema.shape)) {
    const parsed = (field as z.ZodType).safeParse(undefined);
    if (parsed.success) defaults[name] = parsed.data;
  }
  return defaults;
}

/** Stands in the code for a setting that is wrong. Both languages can read it; run, it is refused where it stands. */
const WRONG = { toString: () => '...', valueOf: () => NaN };

/** The settings as the code is to state them: what the schema refuses is nothing to write into a program. */
export function writable(
  { schema, parameters }: Pick<LayerDefinition, 'schema' | 'parameters'>,
  config: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const read = schema.safeParse(config);
  if (read.success) return read.data;
  const wrong = new Set(read.error.issues.map(({ path }) => path[0]));
  const stated = Object.keys(parameters).filter((name) => wrong.has(name) || config[name] !== undefined);
  return Object.fromEntries(stated.map((name) => [name, wrong.has(name) ? WRONG : config[name]]));
}

/** The parameters to state, in the schema's order: those without a default and those that differ from it. */
function stated(schema: z.ZodObject, config: object): [string, unknown][] {
  const defaults = defaultsOf(schema);
  const values = config as Record<string, unknown>;
  return Object.keys(schema.shape)
    .filter((name) => !(name in defaults) || (values[name] ?? defaults[name]) !== defaults[name])
    .map((name) => [name, values[name]]);
}

/** A value as a Python literal; lists become tuples, as Keras's shapes are. */
export function pythonLiteral(value: unknown): string {
  if (value === WRONG) return String(WRONG);
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `(${value.map(pythonLiteral).join(', ')}${value.length === 1 ? ',' : ''})`;
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** A value as an R literal; a size that is not known is NA, as keras3 writes it. */
export function rLiteral(value: unknown): string {
  if (value === WRONG) return String(WRONG);
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (Array.isArray(value))
    return `c(${value.map((size) => (size === null ? 'NA' : rLiteral(size))).join(', ')})`;
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** What a setting in short stands for in Python; what is wrong with the setting stays as it is. */
function pythonValue(name: string, value: unknown): string {
  if (typeof value !== 'string') return pythonLiteral(value);
  if (name.endsWith('_regularizer')) return pythonRegularizer(value);
  return name.endsWith('_constraint') ? pythonConstraint(value) : pythonLiteral(value);
}

function rValue(name: string, value: unknown): string {
  if (typeof value !== 'string') return rLiteral(value);
  if (name.endsWith('_regularizer')) return rRegularizer(value);
  return name.endsWith('_constraint') ? rConstraint(value) : rLiteral(value);
}

/** `layers.LSTM(32, return_sequences=True)`. The parameters in `positional` are given without their names. */
export function pythonCall(
  constructor: string,
  schema: z.ZodObject,
  config: object,
  positional: readonly string[] = [],
): string {
  const parts = stated(schema, config).map(([name, value]) =>
    positional.includes(name) ? pythonLiteral(value) : `${name}=${pythonValue(name, value)}`,
  );
  return `${constructor}(${parts.join(', ')})`;
}

/** `layer_lstm(units = 32, return_sequences = TRUE)`. */
export function rCall(constructor: string, schema: z.ZodObject, config: object): string {
  const parts = stated(schema, config).map(([name, value]) => `${name} = ${rValue(name, value)}`);
  return `${constructor}(${parts.join(', ')})`;
}
