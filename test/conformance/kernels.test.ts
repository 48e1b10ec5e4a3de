/**
 * The op `recurrent` of every engine against the float64 loop, forward and every gradient, over many shapes.
 * Bounds are relative to the tensor's largest value; RECURRENT.md's trial stayed within the forward one at its worst shape.
 *
 * Letters: B batch, T time, D input, U units, V vocabulary.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineName } from '../../src/shared/training.ts';
import { ENGINES_HERE, TOLERANCES, casesFor, cellsOf, inFull, startEngine } from './engines.ts';
import type { RecurrentProblem } from './float64_loop.ts';
import { randomNumbers, randomOutputGradient, randomProblem, randomValues } from './recurrent_problems.ts';
import type { ProblemShape } from './recurrent_problems.ts';
import { relativeError } from './relative_error.ts';
import { embedded, runFloat64, runRecurrent } from './run_recurrent.ts';
import type { Tokens } from './run_recurrent.ts';

interface KernelCase extends ProblemShape {
  name: string;
  /** Fed by an Embedding, whose ids start with so much padding in each row; null: dense values. */
  starts: number[] | null;
  /** Whether the padding is masked, as with mask_zero. */
  masked: boolean;
}

const V = 40;

function tokensOf({ B, T, D, starts, seed = 1 }: KernelCase): Tokens | null {
  if (!starts) return null;
  const random = randomNumbers(seed + 1000);
  const ids = Int32Array.from({ length: B * T }, (_, at) =>
    at % T < starts[Math.floor(at / T)]! ? 0 : 1 + Math.floor(random() * (V - 1)),
  );
  return { ids, table: randomValues(V * D, 1, random), V };
}

function problemOf(shape: KernelCase, tokens: Tokens | null): RecurrentProblem {
  const dense = randomProblem(shape);
  if (!tokens) return dense;
  const fed = embedded(dense, tokens);
  return shape.masked ? { ...fed, mask: tokens.ids.map((id) => (id === 0 ? 0 : 1)) } : fed;
}

async function check(engine: EngineName, shape: KernelCase): Promise<void> {
  const { forward, gradient: most } = TOLERANCES[engine];
  const tokens = tokensOf(shape);
  const problem = problemOf(shape, tokens);
  const dOutput = randomOutputGradient(problem);
  const expected = runFloat64(problem, dOutput, tokens);
  const actual = await runRecurrent(problem, dOutput, tokens);
  expect(relativeError(actual.output, expected.output), 'output').toBeLessThanOrEqual(forward);
  expect(actual.evaluated, 'output without a tape').toEqual(actual.output);
  for (const [name, gradient] of Object.entries(expected.gradients)) {
    const apart = relativeError(actual.gradients[name]!, gradient);
    expect(apart, `gradient of ${name}`).toBeLessThanOrEqual(most);
  }
}

type Cells = ProblemShape['attributes'][];
const CELLS: Cells = [
  { cell: 'SimpleRNN', units: 1 },
  { cell: 'LSTM', units: 1 },
  { cell: 'GRU', units: 1 },
  { cell: 'GRU', units: 1, resetAfter: false },
  { cell: 'BookLSTM', units: 1 },
  { cell: 'BookLSTM', units: 1, outputSees: 'new' },
];
const cellName = ({ cell, resetAfter, outputSees }: ProblemShape['attributes']): string =>
  [cell, resetAfter === false && 'reset before', outputSees === 'new' && 'new carry']
    .filter(Boolean)
    .join(' ');

/** Starts of rows: one token at the end, a full row, two equal, then any. */
function mixedStarts(B: number, T: number, random: () => number): number[] {
  const starts = Array.from({ length: B }, () => Math.floor(random() * T));
  [T - 1, 0, Math.floor(T / 2), Math.floor(T / 2)].forEach((start, row) => row < B && (starts[row] = start));
  return starts;
}

function describeCase({ attributes, B, T, D, mask, starts, masked }: Omit<KernelCase, 'name'>): string {
  const { units, goBackwards, returnSequences } = attributes;
  const flags = [
    starts ? 'tokens' : 'values',
    (masked || mask) && 'masked',
    mask === 'holes' && 'with holes',
    goBackwards && 'backwards',
    returnSequences && 'sequences',
  ];
  return `${cellName(attributes)} U ${units}, B ${B}, T ${T}, D ${D}: ${flags.filter(Boolean).join(' ')}`;
}

const named = (shape: Omit<KernelCase, 'name'>): KernelCase => ({ ...shape, name: describeCase(shape) });

/** Shapes drawn at random, every number of units with every cell; B and T as large as `work` multiplications allow. */
function sampledCases(cells: Cells, perShape: number, work: number): KernelCase[] {
  const random = randomNumbers(3);
  const upTo = (n: number): number => 1 + Math.floor(random() * n);
  const chance = (): boolean => random() < 0.5;
  const draw = (cell: ProblemShape['attributes'], units: number, seed: number): KernelCase => {
    const D = upTo(40);
    const rows = Math.max(2, Math.floor(work / (units * (units + D))));
    const T = Math.min(upTo(500), rows);
    const B = Math.min(upTo(130), Math.ceil(rows / T));
    const attributes = { ...cell, units, goBackwards: chance(), returnSequences: chance() };
    const fed = chance();
    const masked = chance();
    const mask = masked && !fed ? { mask: chance() ? ('prefix' as const) : ('holes' as const) } : {};
    return named({
      attributes,
      B,
      T,
      D,
      seed,
      masked,
      starts: fed ? mixedStarts(B, T, random) : null,
      ...mask,
    });
  };
  return cells.flatMap((cell) =>
    [1, 7, 32, 50, 128].flatMap((units) =>
      Array.from({ length: perShape }, (_, i) => draw(cell, units, units * 100 + i)),
    ),
  );
}

/** The paddings that the shared-prefix saving must survive, with and without masks and in both directions. */
function prefixCases(cells: Cells, most: number): KernelCase[] {
  const T = 24;
  const paddings: Record<string, number[]> = {
    'every row is padding but one token': [T - 1, T - 1, T - 1, T - 1, T - 1],
    'full rows': [0, 0, 0, 0, 0],
    'equal starts': [9, 9, 9, 9, 9],
    'one padded row': [17],
    'one full row': [0],
    'one token, full, equal and different': [T - 1, 0, 12, 12, 3, 20, 20],
    'a row of nothing but padding': [T, 4, 11],
  };
  const random = randomNumbers(4);
  const many = mixedStarts(most, T, random);
  return cells.flatMap((cell) =>
    Object.entries({ ...paddings, 'many rows': many }).flatMap(([padding, starts], i) =>
      [false, true].flatMap((masked) => {
        const units = [7, 32][i % 2]!;
        const flag = (bit: number): boolean => (((i + Number(masked)) >> bit) & 1) === 1;
        const attributes = { ...cell, units, goBackwards: flag(0), returnSequences: flag(1) };
        const shape = { attributes, B: starts.length, T, D: 8, starts, masked, seed: i + 50 };
        return [named(shape), named({ ...shape, attributes: { ...cell, units } })].map((one) => ({
          ...one,
          name: `${padding}; ${one.name}`,
        }));
      }),
    ),
  );
}

/** The lecture's own shape, padded as IMDB is: most rows start late. */
function lectureCases(): KernelCase[] {
  const [B, T, D] = [128, 500, 32];
  const random = randomNumbers(5);
  const starts = Array.from({ length: B }, (_, row) => (row === 0 ? 0 : Math.floor(T * Math.sqrt(random()))));
  const cells = (['SimpleRNN', 'LSTM'] as const).map((cell) => ({ cell, units: 32 }));
  return cells.map((attributes) => named({ attributes, B, T, D, starts, masked: false }));
}

/** Recurrent kernels of more than half a MiB, which a graphics adapter takes step by step; more rows than one of its tiles. */
function largeCases(cells: Cells): KernelCase[] {
  return cells.flatMap((cell, i) => {
    const attributes = { ...cell, units: { SimpleRNN: 370, GRU: 215, LSTM: 190, BookLSTM: 185 }[cell.cell] };
    const shape = { starts: null, masked: false, D: 5, seed: i };
    const turned = { ...attributes, goBackwards: true, returnSequences: true };
    return [
      named({ ...shape, attributes, B: 35, T: 3 }),
      named({ ...shape, attributes: turned, B: 3, T: 4, mask: 'holes' as const }),
    ];
  });
}

describe.each(ENGINES_HERE)('the op recurrent on %s', (engine) => {
  let stop: () => Promise<void>;
  beforeAll(async () => {
    stop = await startEngine(engine);
  });
  afterAll(() => stop());

  /** In software a shader takes a tenth of a second to compile, and each shape has its own. */
  const inSoftware = engine === 'webgpu' && !inFull;
  const fast = engine !== 'reference' && !inSoftware;
  const cells = CELLS.filter(({ cell }) => cellsOf(engine).includes(cell));
  const sampled = sampledCases(cells, fast ? 4 : 1, fast ? 1_000_000 : inSoftware ? 20_000 : 100_000);
  it.each(casesFor(engine, sampled))('$name', (shape) => check(engine, shape));
  it.runIf(!inSoftware).each(prefixCases(cells, fast ? 45 : 9))('$name', (shape) => check(engine, shape));
  it.runIf(engine === 'webgpu').each(largeCases(cells))('$name', (shape) => check(engine, shape));
  it.runIf(fast).each(lectureCases())('$name', (shape) => check(engine, shape));
});
