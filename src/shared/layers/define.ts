/** Makes a layer's definition from what is special about it; code and names follow from its schema. */
import { z } from 'zod';
import { pythonCall, rCall } from './code.ts';
import type { LayerDefinition } from './layer.ts';

type Derived = 'python' | 'r' | 'schema' | 'inputs' | 'mask' | 'weights' | 'multiplyAdds' | 'equations';

interface Special<S extends z.ZodObject> {
  schema: S;
  /** keras3's function in R. */
  rName: string;
  /** Parameters without a default, in Keras's order: written first and, in Python, without their name. */
  required?: readonly string[];
}

type Configuration<S extends z.ZodObject> = z.output<S>;

/** Everything a definition states; what has a natural default may be left out. */
type Statement<S extends z.ZodObject> = Special<S> &
  Omit<LayerDefinition<Configuration<S>>, Derived> &
  Partial<Pick<LayerDefinition<Configuration<S>>, Exclude<Derived, 'schema'>>>;

/** The values of all parameters that have one by default. */
export function defaultsOf(schema: z.ZodObject): Record<string, unknown> {
  const defaults: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(schema.shape)) {
    const parsed = (field as z.ZodType).safeParse(undefined);
    if (parsed.success) defaults[key] = parsed.data;
  }
  return defaults;
}

export function defineLayer<S extends z.ZodObject>(statement: Statement<S>): LayerDefinition {
  const { rName, required = [], schema, ...rest } = statement;
  const defaults = defaultsOf(schema);
  const definition: LayerDefinition<Configuration<S>> = {
    inputs: { min: 1, max: 1 },
    mask: () => 'drop',
    weights: () => [],
    multiplyAdds: () => 0,
    equations: () => [],
    python: (config) =>
      pythonCall({ name: `layers.${statement.type}`, positional: required }, config, defaults),
    r: (config) => rCall({ name: rName, positional: required }, config, defaults),
    ...rest,
    schema: schema as unknown as z.ZodType<Configuration<S>>,
  };
  return definition as unknown as LayerDefinition;
}
