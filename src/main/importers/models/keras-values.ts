/** How values stand in Keras's configurations. */

export type Config = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A function or an object that Keras names, alone or with its settings: its name in snake case, and those. */
export function namedObject(value: unknown): { name: string; config: Config } {
  if (!isObject(value)) return { name: snakeCase(String(value)), config: {} };
  return { name: snakeCase(String(value.class_name)), config: isObject(value.config) ? value.config : {} };
}

const snakeCase = (name: string): string => name.replace(/(.)([A-Z])/g, '$1_$2').toLowerCase();
