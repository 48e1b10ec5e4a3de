/** Keras constructor calls in Python and R from a configuration: the required parameters, then those that differ from Keras's defaults. */

export interface CallStyle {
  /** `layers.LSTM` or `layer_lstm`. */
  name: string;
  /** Parameters written first and without their name in Python. */
  positional?: readonly string[];
}

type Config = Readonly<Record<string, unknown>>;

function pythonValue(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `(${value.map(pythonValue).join(', ')}${value.length === 1 ? ',' : ''})`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** Whole numbers carry R's L, so that keras3 receives integers. */
function rValue(value: unknown): string {
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (Array.isArray(value))
    return value.length === 1 && value[0] === null
      ? 'NA'
      : `c(${value.map((one) => (one === null ? 'NA' : rValue(one))).join(', ')})`;
  if (typeof value === 'number') return Number.isInteger(value) ? `${value}L` : String(value);
  return JSON.stringify(value);
}

function changed(config: Config, defaults: Config, positional: readonly string[]): [string, unknown][] {
  return Object.entries(config).filter(
    ([key, value]) => !positional.includes(key) && JSON.stringify(value) !== JSON.stringify(defaults[key]),
  );
}

export function pythonCall({ name, positional = [] }: CallStyle, config: Config, defaults: Config): string {
  const first = positional.map((key) => pythonValue(config[key]));
  const rest = changed(config, defaults, positional).map(([key, value]) => `${key}=${pythonValue(value)}`);
  return `${name}(${[...first, ...rest].join(', ')})`;
}

export function rCall({ name, positional = [] }: CallStyle, config: Config, defaults: Config): string {
  const first = positional.map((key) => `${key} = ${rValue(config[key])}`);
  const rest = changed(config, defaults, positional).map(([key, value]) => `${key} = ${rValue(value)}`);
  return `${name}(${[...first, ...rest].join(', ')})`;
}
