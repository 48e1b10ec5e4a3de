/**
 * Forms are made from schemas: a zod schema says type, range, choices and default of each setting, a short text beside it
 * what the setting means. Nothing is written per layer or per optimizer.
 */
import { z } from 'zod';
import { issueWords } from '../../shared/issue-words.ts';
import type { ParameterHelp } from '../../shared/layers/layer.ts';

export type Control = NonNullable<ParameterHelp['control']>;

export interface Field {
  key: string;
  label: string;
  help: string;
  control: Control;
  /** Whether the setting may be left out as `null` (none). */
  nullable: boolean;
  default: unknown;
  choices: readonly string[];
  min: number | null;
  max: number | null;
  advanced: boolean;
}

/** The parts of JSON Schema that zod yields for settings. */
interface Described {
  /** Several where `null` is allowed beside one that needs no more words. */
  type?: string | readonly string[];
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly Described[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  properties?: Readonly<Record<string, Described>>;
}

export type FieldHelp = Partial<ParameterHelp>;

/** Bounds zod gives every whole number; they say nothing to a person. */
const unbounded = (bound: number | undefined): number | null =>
  bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? null : bound;

const typesOf = ({ type, anyOf }: Described): readonly string[] =>
  anyOf === undefined ? [type ?? []].flat() : anyOf.flatMap(typesOf);

function controlOf(described: Described): Control {
  if (described.enum !== undefined) return 'choice';
  if (described.type === 'integer') return 'integer';
  if (described.type === 'number') return 'number';
  if (described.type === 'boolean') return 'boolean';
  if (described.type === 'array') return 'shape';
  return described.type === 'object' ? 'layer' : 'text';
}

function fieldOf(key: string, described: Described, help: FieldHelp): Field {
  const options = described.anyOf ?? [described];
  const core = options.find(({ type }) => type !== 'null') ?? described;
  return {
    key,
    label: help.label ?? key,
    help: help.help ?? '',
    control: help.control ?? controlOf(core),
    nullable: typesOf(described).includes('null'),
    default: described.default,
    // A layer within a layer is a choice of types, each with settings of its own.
    choices: help.choices ?? (core.enum ?? core.properties?.['type']?.enum ?? []).map(String),
    min: help.min ?? unbounded(core.minimum),
    max: help.max ?? unbounded(core.maximum),
    advanced: help.advanced ?? false,
  };
}

/** The fields of an object's schema, in its order. Constants (a union's own name) have no field. */
export function fieldsOf(schema: z.ZodType, help: Readonly<Record<string, FieldHelp>> = {}): Field[] {
  const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Described;
  return Object.entries(described.properties ?? {})
    .filter(([, property]) => property.const === undefined)
    .map(([key, property]) => fieldOf(key, property, help[key] ?? {}));
}

/** What is wrong with each setting, in one short sentence by its key; empty where all fit. */
export function problemsOf(schema: z.ZodType, value: unknown): Record<string, string> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return {};
  const problems: Record<string, string> = {};
  for (const issue of parsed.error.issues) problems[String(issue.path[0] ?? '')] ??= sentence(issue);
  return problems;
}

/** `Must be at least 1.` */
const sentence = (issue: z.core.$ZodIssue): string => {
  const words = issueWords(issue);
  return `${words[0]!.toUpperCase()}${words.slice(1)}.`;
};

export type Read = { ok: true; value: unknown } | { ok: false; problem: string };

/** What was typed into a field, as its value. An empty field is `null` where that is allowed. */
export function readTyped(field: Pick<Field, 'control' | 'nullable'>, typed: string): Read {
  const text = typed.trim();
  if (text === '' && field.nullable) return { ok: true, value: null };
  if (field.control === 'shape') return readShape(text);
  if (field.control === 'axes') return readAxes(text);
  if (field.control !== 'integer' && field.control !== 'number') return { ok: true, value: typed };
  const value = Number(text.replaceAll(/(?<=\d)[,_ ](?=\d{3}(\D|$))/g, ''));
  if (text === '' || !Number.isFinite(value)) return { ok: false, problem: 'Type a number.' };
  if (field.control === 'integer' && !Number.isInteger(value))
    return { ok: false, problem: 'Type a whole number.' };
  return { ok: true, value };
}

/** `500, 1` or `None, 1` as a list; None stands for a length that varies. */
function readShape(text: string): Read {
  const parts = text
    .replaceAll(/[()[\]]/g, '')
    .split(',')
    .map((part) => part.trim());
  const sizes = parts
    .filter((part) => part !== '')
    .map((part) => (/^(none|null|\?)$/i.test(part) ? null : Number(part)));
  const whole = sizes.every((size) => size === null || (Number.isInteger(size) && size > 0));
  return whole && sizes.length > 0
    ? { ok: true, value: sizes }
    : { ok: false, problem: 'Type sizes, such as 500, 1.' };
}

/** `-1` as a number, `1, 2` as a list. */
function readAxes(text: string): Read {
  const axes = text
    .replaceAll(/[()[\]]/g, '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (axes.length === 0 || !axes.every(Number.isInteger))
    return { ok: false, problem: 'Type axes, such as -1, or 1, 2.' };
  return { ok: true, value: axes.length === 1 ? axes[0] : axes };
}

/** A field's value as it is typed. */
export function showTyped(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value))
    return value.map((size: unknown) => (size === null ? 'None' : String(size))).join(', ');
  return String(value);
}

/** The range a field takes, for the words under it; empty where anything goes. */
export function rangeWords({ min, max }: Pick<Field, 'min' | 'max'>): string {
  if (min !== null && max !== null) return `${min} to ${max}`;
  if (min !== null) return `at least ${min}`;
  return max === null ? '' : `at most ${max}`;
}
