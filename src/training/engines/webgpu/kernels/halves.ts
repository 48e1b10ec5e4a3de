/**
 * What forward and backward do at every step, whichever way the work is dealt out: what they bind, what a step begins with, and
 * what it leaves. The words of cells.ts; `row`, `at`, `live` and `real` are of this thread's row.
 */
import type { RecurrentAttributes } from '../../../ops/recurrent.ts';
import type { CellShaders } from './cells.ts';

export interface RecurrenceForm {
  attributes: RecurrentAttributes;
  /** Whether some steps are masked. */
  masked: boolean;
  /** Forward: whether it keeps what backward needs. */
  keeps: boolean;
}

/** A tensor that a shader reads, or reads and writes. */
export interface Binding {
  name: string;
  write?: boolean;
  of?: string;
}

/** So many lines of a shader. */
export const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** The tensors that a shader binds, and its sizes behind them. */
export function declared(bindings: readonly Binding[]): string {
  const tensors = bindings.map(
    ({ name, write, of = 'f32' }, i) =>
      `@group(0) @binding(${i}) var<storage, ${write ? 'read_write' : 'read'}> ${name}: array<${of}>;`,
  );
  return [...tensors, `@group(0) @binding(${bindings.length}) var<uniform> sizes: Sizes;`].join('\n');
}

/** What the forward shader binds, in order. */
export function forwardBindings({ attributes, masked, keeps }: RecurrenceForm): Binding[] {
  const { cell, resetAfter } = attributes;
  return [
    { name: 'projected' },
    { name: 'recurrent' },
    { name: 'output', write: true },
    ...(cell === 'GRU' && resetAfter ? [{ name: 'recurrentBias' }] : []),
    ...(cell === 'BookLSTM' ? [{ name: 'carryKernel' }] : []),
    ...(masked ? [{ name: 'mask', of: 'i32' }] : []),
    ...(keeps ? [{ name: 'saved', write: true }] : []),
  ];
}

/** Forward: what the last phase of a step keeps for backward and hands on. */
export function commits({ attributes, masked, keeps }: RecurrenceForm, cell: CellShaders): string {
  const blocks = cell.saved.length;
  const keep = cell.saved.map(
    (name, i) => `if (live) { saved[(at * ${blocks}u + ${i}u) * U + j] = $${name}; }`,
  );
  return [
    ...(keeps ? keep : []),
    masked ? '$newH = select($h, $newH, real);' : '',
    masked && cell.carries ? '$newC = select($c, $newC, real);' : '',
    '$h = $newH;',
    cell.carries ? '$c = $newC;' : '',
    attributes.returnSequences ? 'if (live) { output[(row * sizes.steps + s) * U + j] = $h; }' : '',
  ].join('\n');
}

/** What the backward shader binds, in order. */
export function backwardBindings({ attributes, masked }: RecurrenceForm): Binding[] {
  const { cell, resetAfter } = attributes;
  return [
    { name: 'dy' },
    { name: 'saved' },
    { name: 'recurrent' },
    { name: 'dz', write: true },
    ...(cell === 'GRU' && resetAfter ? [{ name: 'dCandidate', write: true }] : []),
    ...(cell === 'BookLSTM' ? [{ name: 'carryKernel' }] : []),
    ...(masked ? [{ name: 'mask', of: 'i32' }] : []),
  ];
}

/** Backward: what a step begins with, what forward kept and dLoss/dh. */
export function begins({ attributes }: RecurrenceForm, { saved }: CellShaders): string {
  const load = saved.map((name, i) => `$${name} = saved[(at * ${saved.length}u + ${i}u) * U + j];`);
  const dy = attributes.returnSequences
    ? 'dy[(row * sizes.steps + s) * U + j]'
    : 'select(0.0, dy[row * U + j], s == sizes.steps - 1u)';
  return [...load, `$d = $dh + ${dy};`].join('\n');
}

/** Backward: what the last phase of a step gives and hands on. */
export function gives({ masked }: RecurrenceForm, cell: CellShaders): string {
  const put = (name: string, place: string, value: string): string =>
    `if (live) { ${name}[${place}] = ${masked ? `select(0.0, ${value}, real)` : value}; }`;
  return [
    ...Array.from({ length: cell.gates }, (_, g) => put('dz', `at * N + ${g}u * U + j`, `$z${g}`)),
    cell.recurrentCandidate ? put('dCandidate', 'at * U + j', cell.recurrentCandidate) : '',
    masked ? '$newDh = select($d, $newDh, real);' : '',
    '$dh = $newDh;',
    cell.carries ? `$dc = ${masked ? 'select($dc, $newDc, real)' : '$newDc'};` : '',
  ].join('\n');
}
