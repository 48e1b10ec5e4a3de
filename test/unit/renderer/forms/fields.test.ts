import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { fieldsOf, problemsOf, readTyped, showTyped } from '../../../../src/renderer/forms/fields.ts';
import { earlyStoppingSchema, preprocessingSchema, trainingSchema } from '../../../../src/shared/training.ts';

const schema = z.object({
  units: z.number().int().min(1).default(32),
  rate: z.number().min(0).lt(1).default(0),
  activation: z.enum(['tanh', 'relu']).default('tanh'),
  use_bias: z.boolean().default(true),
  seed: z.number().int().nullable().default(null),
  note: z.string().nullable().default(null),
  kind: z.literal('fixed'),
});

describe('axes', () => {
  const axes = { control: 'axes', nullable: false } as const;

  it('are one number or several, as Keras takes them', () => {
    expect(readTyped(axes, '-1')).toEqual({ ok: true, value: -1 });
    expect(readTyped(axes, '(1, 2)')).toEqual({ ok: true, value: [1, 2] });
    expect(showTyped([1, 2])).toBe('1, 2');
  });

  it('are nothing else', () => {
    for (const typed of ['', 'last', '1.5'])
      expect(readTyped(axes, typed)).toEqual({ ok: false, problem: 'Type axes, such as -1, or 1, 2.' });
  });
});

describe('fields from a schema', () => {
  it('carry control, range, choices and default', () => {
    const fields = fieldsOf(schema, { units: { label: 'Units', help: 'Size of the state.' } });
    expect(fields.map(({ key, control }) => [key, control])).toEqual([
      ['units', 'integer'],
      ['rate', 'number'],
      ['activation', 'choice'],
      ['use_bias', 'boolean'],
      ['seed', 'integer'],
      ['note', 'text'],
    ]);
    expect(fields[0]).toMatchObject({ label: 'Units', min: 1, max: null, default: 32, nullable: false });
    expect(fields[2]).toMatchObject({ choices: ['tanh', 'relu'], default: 'tanh' });
    expect(fields[4]).toMatchObject({ nullable: true, default: null });
    expect(fields[5]).toMatchObject({ nullable: true, default: null });
  });

  it('exist for every schema a run is made of', () => {
    expect(fieldsOf(preprocessingSchema).map(({ key }) => key)).toEqual([
      'num_words',
      'maxlen',
      'padding',
      'truncating',
    ]);
    expect(fieldsOf(earlyStoppingSchema).find(({ key }) => key === 'patience')).toMatchObject({
      control: 'integer',
      default: 3,
    });
    expect(fieldsOf(trainingSchema).find(({ key }) => key === 'epochs')).toMatchObject({
      min: 1,
      max: 100000,
    });
  });

  it('say what is wrong by key', () => {
    const problems = problemsOf(schema, { units: 0, rate: 1, activation: 'swish', kind: 'fixed' });
    expect(problems['units']).toBe('Must be at least 1.');
    expect(problems['rate']).toBe('Must be below 1.');
    expect(problems['activation']).toBe('Must be one of tanh, relu.');
    expect(problemsOf(schema, { units: 1.5, kind: 'fixed' })).toEqual({ units: 'Must be a whole number.' });
    expect(problemsOf(schema, { kind: 'fixed' })).toEqual({});
  });
});

describe('what is typed', () => {
  const integer = { control: 'integer', nullable: false } as const;

  it('is read as the field takes it', () => {
    expect(readTyped(integer, '10,000')).toEqual({ ok: true, value: 10000 });
    expect(readTyped(integer, '1.5')).toEqual({ ok: false, problem: 'Type a whole number.' });
    expect(readTyped(integer, '')).toEqual({ ok: false, problem: 'Type a number.' });
    expect(readTyped({ control: 'number', nullable: false }, '1e-3')).toEqual({ ok: true, value: 0.001 });
    expect(readTyped({ control: 'integer', nullable: true }, ' ')).toEqual({ ok: true, value: null });
    expect(readTyped({ control: 'shape', nullable: false }, '(None, 2)')).toEqual({
      ok: true,
      value: [null, 2],
    });
    expect(readTyped({ control: 'shape', nullable: false }, 'a, 2').ok).toBe(false);
  });

  it('comes back as it is shown', () => {
    for (const value of [
      [500, 1],
      [null, 2],
    ]) {
      expect(readTyped({ control: 'shape', nullable: false }, showTyped(value))).toEqual({ ok: true, value });
    }
  });
});
