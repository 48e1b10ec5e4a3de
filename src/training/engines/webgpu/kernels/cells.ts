/**
 * The recurrent cells as the shaders take them: what a thread does for its unit of a row at one step. Formulas: ops/cells.ts;
 * float64 statement of the backward halves: test/conformance/float64_cells.ts.
 *
 * A step is one phase or more. In each, sums over all units are made first, then the unit's own part. What a phase puts into an
 * exchange array, all units read in the next phase or step. `$x` is a number of this thread's unit and row, `j` its unit, `k`
 * the unit summed over; `$h` and `$c` are the state before the step, `$d` dLoss/dh of the step, `$dc` that of its carry.
 */
import type { RecurrentAttributes } from '../../../ops/recurrent.ts';

/** The sum over k of each vector's [k] (`block` units into the exchange array) times the matrix at k and j. */
interface Sum {
  name: string;
  from: string;
  terms: { exchange: string; block: number; matrix: string }[];
}

export interface Phase {
  sums: Sum[];
  /** Statements after the sums. */
  then: string;
  /** Blocks put into exchange arrays afterwards. */
  puts: Record<string, string[]>;
}

/** An array that units exchange numbers by, U numbers a block; `two`: read in one step while the next writes it. */
interface Exchange {
  blocks: number;
  two: boolean;
}

export interface Half {
  phases: Phase[];
  exchanges: Record<string, Exchange>;
}

export interface CellShaders {
  gates: number;
  carries: boolean;
  /** What forward keeps of each step, by block; the first is h before the step. */
  saved: string[];
  /** The last phase leaves `$newH` and `$newC`. */
  forward: Half;
  /** The last phase leaves `$newDh` and `$newDc`, and `$z0`, `$z1`, … are dz by gate. */
  backward: Half;
  /** GRU with reset_after: dz of the candidate as the recurrent product has it. */
  recurrentCandidate: string | null;
}

type CellAttributes = Pick<RecurrentAttributes, 'cell' | 'resetAfter' | 'outputSees'>;

const count = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const names = (gates: number): string[] => count(gates, (g) => `$z${g}`);

const projected = (g: number): string => `projected[at * N + ${g}u * U + j]`;
const recurrent = (g: number) => ({ exchange: 'h', block: 0, matrix: `R(k * N + ${g}u * U + j)` });
const gate = (g: number, from = projected(g)): Sum => ({ name: `z${g}`, from, terms: [recurrent(g)] });
const back = (g: number) => ({ exchange: 'delta', block: g, matrix: `R((${g}u * U + k) * U + j)` });
/** dz of some gates through their recurrent kernels. */
const backThrough = (gates: number, from = '0.0'): Sum => ({
  name: 'newDh',
  from,
  terms: count(gates, back),
});
const carryKernel = (exchange: string, block: number) => ({
  exchange,
  block,
  matrix: 'carryKernel[k * U + j]',
});

const H = { h: { blocks: 1, two: true } };
const delta = (blocks: number): Record<string, Exchange> => ({ delta: { blocks, two: true } });

function simple(): CellShaders {
  return {
    gates: 1,
    carries: false,
    saved: ['h', 'newH'],
    forward: { exchanges: H, phases: [{ sums: [gate(0)], then: '$newH = act($z0);', puts: { h: ['$h'] } }] },
    backward: {
      exchanges: delta(1),
      phases: [
        { sums: [], then: '$z0 = $d * act_slope($newH);', puts: { delta: ['$z0'] } },
        { sums: [backThrough(1)], then: '', puts: {} },
      ],
    },
    recurrentCandidate: null,
  };
}

function lstm(): CellShaders {
  const forward = `
    $i = gate($z0); $f = gate($z1); $g = act($z2); $o = gate($z3);
    $newC = $f * $c + $i * $g;
    $newH = $o * act($newC);`;
  const backward = `
    $a = act($f * $c + $i * $g);
    $t = $dc + $d * $o * act_slope($a);
    $z0 = $t * $g * gate_slope($i);
    $z1 = $t * $c * gate_slope($f);
    $z2 = $t * $i * act_slope($g);
    $z3 = $d * $a * gate_slope($o);
    $newDc = $t * $f;`;
  return {
    gates: 4,
    carries: true,
    saved: ['h', 'i', 'f', 'g', 'o', 'c'],
    forward: {
      exchanges: H,
      phases: [{ sums: count(4, (g) => gate(g)), then: forward, puts: { h: ['$h'] } }],
    },
    backward: {
      exchanges: delta(4),
      phases: [
        { sums: [], then: backward, puts: { delta: names(4) } },
        { sums: [backThrough(4)], then: '', puts: {} },
      ],
    },
    recurrentCandidate: null,
  };
}

/** u the update gate, r the reset gate, g the candidate, m the recurrent product that r stands behind. */
function gruResetAfter(): CellShaders {
  const bias = (g: number): string => `recurrentBias[${g}u * U + j]`;
  const sums = [
    gate(0, `${projected(0)} + ${bias(0)}`),
    gate(1, `${projected(1)} + ${bias(1)}`),
    gate(2, bias(2)),
  ];
  const forward = `
    $u = gate($z0); $r = gate($z1); $m = $z2;
    $g = act(${projected(2)} + $r * $m);
    $newH = $u * $h + (1.0 - $u) * $g;`;
  const backward = `
    $z0 = $d * ($h - $g) * gate_slope($u);
    $z2 = $d * (1.0 - $u) * act_slope($g);
    $z1 = $z2 * $m * gate_slope($r);`;
  return {
    gates: 3,
    carries: false,
    saved: ['h', 'u', 'r', 'g', 'm'],
    forward: { exchanges: H, phases: [{ sums, then: forward, puts: { h: ['$h'] } }] },
    backward: {
      exchanges: delta(3),
      phases: [
        { sums: [], then: backward, puts: { delta: ['$z0', '$z1', '$z2 * $r'] } },
        { sums: [backThrough(3, '$d * $u')], then: '', puts: {} },
      ],
    },
    recurrentCandidate: '$z2 * $r',
  };
}

/** As above, but r stands before the recurrent product: w = r h. */
function gruResetBefore(): CellShaders {
  const candidate: Sum = {
    name: 'z2',
    from: projected(2),
    terms: [{ exchange: 'gated', block: 0, matrix: 'R(k * N + 2u * U + j)' }],
  };
  const through: Sum = {
    name: 'dw',
    from: '0.0',
    terms: [{ exchange: 'candidate', block: 0, matrix: 'R((2u * U + k) * U + j)' }],
  };
  return {
    gates: 3,
    carries: false,
    saved: ['h', 'u', 'r', 'g', 'w'],
    forward: {
      exchanges: { ...H, gated: { blocks: 1, two: false } },
      phases: [
        {
          sums: [gate(0), gate(1)],
          then: '$u = gate($z0); $r = gate($z1); $w = $r * $h;',
          puts: { gated: ['$w'] },
        },
        {
          sums: [candidate],
          then: '$g = act($z2); $newH = $u * $h + (1.0 - $u) * $g;',
          puts: { h: ['$h'] },
        },
      ],
    },
    backward: {
      exchanges: { candidate: { blocks: 1, two: false }, ...delta(2) },
      phases: [
        {
          sums: [],
          then: `
    $z0 = $d * ($h - $g) * gate_slope($u);
    $z2 = $d * (1.0 - $u) * act_slope($g);`,
          puts: { candidate: ['$z2'] },
        },
        { sums: [through], then: '$z1 = $dw * $h * gate_slope($r);', puts: { delta: ['$z0', '$z1'] } },
        { sums: [backThrough(2, '$d * $u + $dw * $r')], then: '', puts: {} },
      ],
    },
    recurrentCandidate: null,
  };
}

const bookGates = (dc: string): string => `
    $z0 = ${dc} * $g * gate_slope($i);
    $z1 = ${dc} * $c * gate_slope($f);
    $z2 = ${dc} * $i * act_slope($g);`;
const BOOK_CARRY = `
    $i = gate($z0); $f = gate($z1); $g = act($z2);
    $newC = $i * $g + $c * $f;`;

/** The output sees the carry before the step. */
function bookOld(): CellShaders {
  const output: Sum = { ...gate(3), terms: [recurrent(3), carryKernel('carry', 0)] };
  const throughCarry: Sum = { name: 'newDc', from: '$dc * $f', terms: [carryKernel('delta', 3)] };
  return {
    gates: 4,
    carries: true,
    saved: ['h', 'i', 'f', 'g', 'c', 'newH'],
    forward: {
      exchanges: { ...H, carry: { blocks: 1, two: true } },
      phases: [
        {
          sums: [gate(0), gate(1), gate(2), output],
          then: `${BOOK_CARRY} $newH = act($z3);`,
          puts: { h: ['$h'], carry: ['$c'] },
        },
      ],
    },
    backward: {
      exchanges: delta(4),
      phases: [
        { sums: [], then: `$z3 = $d * act_slope($newH);${bookGates('$dc')}`, puts: { delta: names(4) } },
        { sums: [backThrough(4), throughCarry], then: '', puts: {} },
      ],
    },
    recurrentCandidate: null,
  };
}

/** The output sees the carry after the step. */
function bookNew(): CellShaders {
  const output: Sum = { name: 'output', from: '$z3', terms: [carryKernel('carry', 0)] };
  const throughCarry: Sum = { name: 't', from: '$dc', terms: [carryKernel('seen', 0)] };
  return {
    gates: 4,
    carries: true,
    saved: ['h', 'i', 'f', 'g', 'c', 'newH', 'newC'],
    forward: {
      exchanges: { ...H, carry: { blocks: 1, two: false } },
      phases: [
        { sums: count(4, (g) => gate(g)), then: BOOK_CARRY, puts: { carry: ['$newC'] } },
        { sums: [output], then: '$newH = act($output);', puts: { h: ['$h'] } },
      ],
    },
    backward: {
      exchanges: { seen: { blocks: 1, two: false }, ...delta(4) },
      phases: [
        { sums: [], then: '$z3 = $d * act_slope($newH);', puts: { seen: ['$z3'] } },
        { sums: [throughCarry], then: `${bookGates('$t')} $newDc = $t * $f;`, puts: { delta: names(4) } },
        { sums: [backThrough(4)], then: '', puts: {} },
      ],
    },
    recurrentCandidate: null,
  };
}

/** The shaders' parts of a cell. */
export function cellShaders({ cell, resetAfter, outputSees }: CellAttributes): CellShaders {
  if (cell === 'SimpleRNN') return simple();
  if (cell === 'LSTM') return lstm();
  if (cell === 'GRU') return resetAfter ? gruResetAfter() : gruResetBefore();
  return outputSees === 'old' ? bookOld() : bookNew();
}
