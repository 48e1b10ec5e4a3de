/** The settings that Keras's layers have for each of their weights: how it starts, what it adds to the loss, what holds it. */
import { constraintSchema, readConstraint } from './constraints.ts';
import { resolvedInitializer, type InitializerName } from './initializers.ts';
import type { ParameterHelp, WeightSpec } from './layer.ts';
import { readRegularizer, regularizerSchema } from './regularizers.ts';

type Held<P extends string> = Record<`${P}_regularizer`, typeof regularizerSchema> &
  Record<`${P}_constraint`, typeof constraintSchema>;

/** `kernel_regularizer`, `kernel_constraint` and so on, for a layer's schema. */
export function heldFields<P extends string>(weights: readonly P[]): Held<P> {
  const fields = (ending: string, schema: unknown) => weights.map((of) => [`${of}_${ending}`, schema]);
  return Object.fromEntries([
    ...fields('regularizer', regularizerSchema),
    ...fields('constraint', constraintSchema),
  ]) as Held<P>;
}

/**
 * The help that goes with `heldFields`.
 * @param labels what a person calls each weight: `Kernel`
 */
export function heldHelp<P extends string>(labels: Record<P, string>): Record<keyof Held<P>, ParameterHelp> {
  const rows = (ending: string, help: string) =>
    Object.entries<string>(labels).map(([of, label]): [string, ParameterHelp] => [
      `${of}_${ending}`,
      { label: `${label} ${ending}`, help, advanced: true, control: 'text' },
    ]);
  return Object.fromEntries([
    ...rows(
      'regularizer',
      'What the weights add to the loss: l2 0.01 (squares), l1 0.01 (sizes), l1 0.01 l2 0.01 (both).',
    ),
    ...rows(
      'constraint',
      'What holds after every update: max_norm 2, non_neg, unit_norm, min_max_norm 0.5 1.',
    ),
  ]) as Record<keyof Held<P>, ParameterHelp>;
}

/**
 * A weight with what the layer's settings say of it.
 * @param setting what its settings' names begin with, where that is not its own name: `recurrent` of `recurrent_kernel`
 */
export function weight(
  name: string,
  shape: readonly number[],
  config: object,
  setting: string = name,
): WeightSpec {
  const settings = config as Record<string, string | null | undefined>;
  const initializer = resolvedInitializer(settings[`${setting}_initializer`] as InitializerName);
  const regularizer = readRegularizer(settings[`${setting}_regularizer`] ?? '');
  const constraint = readConstraint(settings[`${setting}_constraint`] ?? '');
  return { name, shape, initializer, ...(regularizer && { regularizer }), ...(constraint && { constraint }) };
}
