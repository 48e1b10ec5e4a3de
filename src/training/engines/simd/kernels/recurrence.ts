/**
 * The loop over time of a recurrent layer, for one slice of a batch, forward and backward (RECURRENT.md, saving 2).
 *
 * A slice's rows are ordered so that the active rows of every step come first; `counts[t]` says how many there are. Whatever
 * is kept lies step behind step, one row of it for every active row: the block of step t begins at row counts[0] + … +
 * counts[t-1]. The state blocks hold h_(t-1), so the block of step t + 1 is the output of step t; a last block follows.
 * Rows that begin at a later step take over the state of row 0 (a shared prefix) or begin with zeros.
 */
import { i32, type FunctionBuilder, type Integer, type Local, type ModuleBuilder } from '../assembler.ts';
import { EIGHT, Eights } from '../eight.ts';
import { matrixProduct, transposedProduct } from '../matrix.ts';
import type { CellKernel } from './cell.ts';

type Pointer = Local<'i32'>;

/** Active rows summed over steps, of which `counts` (an address) holds the first or, `behind`, the one after the last. */
function entries(memory: Int32Array, steps: number, counts: number, behind: boolean): number {
  const from = counts / 4 - (behind ? steps : 0);
  let sum = 0;
  for (let t = 0; t < steps; t++) sum += memory[from + t]!;
  return sum;
}

/** Multiplications of an entry: its state with R and, where a gate sees the carry, the carry with V. */
const perEntry = (cell: CellKernel, units: number): number =>
  units * units * (cell.blocks + (cell.carryBlock === null ? 0 : 1));

/** Rows of dz that make a product for dR: long enough for its sums, short enough to be in the cache still. */
const GATHERED_ROWS = 64;

/** Loops over rows and units, eight at a time, moving every pointer on; `z` skips the other blocks at a row's end. */
function overUnits(
  f: FunctionBuilder,
  units: number,
  blocks: number,
  rows: Pointer,
  z: Pointer,
  others: Pointer[],
  body: () => void,
): void {
  f.while(i32.gt(rows, 0), () => {
    const unit = f.local('i32', 0);
    f.repeat(() => {
      body();
      for (const pointer of [z, ...others]) f.advance(pointer, EIGHT);
      f.advance(unit, 8);
      return i32.lt(unit, units);
    });
    if (blocks > 1) f.advance(z, (blocks - 1) * units * 4);
    f.set(rows, i32.sub(rows, 1));
  });
}

function declareSteps(module: ModuleBuilder, cell: CellKernel, units: number): void {
  const carries = (...pointers: Pointer[]) => (cell.hasCarry ? pointers : []);
  module.function(
    'stepForward',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, z, state, carry, nextCarry, nextState, rows) => {
      const others = [state, nextState, ...carries(carry, nextCarry)];
      overUnits(f, units, cell.blocks, rows, z, others, () =>
        cell.forward(new Eights(f), units, { z, state, carry, nextCarry, nextState }),
      );
    },
  );
  module.function(
    'stepBackward',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, z, state, carry, nextCarry, nextState, dState, dCarry, rows) => {
      const others = [state, nextState, dState, ...carries(carry, nextCarry, dCarry)];
      const at = { z, state, carry, nextCarry, nextState, dState, dCarry };
      overUnits(f, units, cell.blocks, rows, z, others, () => cell.backward(new Eights(f), units, at));
    },
  );
  module.function('addFloats', ['i32', 'i32', 'i32'], (f, to, from, bytes) => {
    const end = f.local('i32', i32.add(to, bytes));
    const w = new Eights(f);
    f.while(i32.lt(to, end), () => {
      w.store(to, w.add(w.load(to), w.load(from)));
      f.advance(to, EIGHT);
      f.advance(from, EIGHT);
    });
  });
}

/**
 * Declares `forward(steps, counts, index, table, R, V, z, states, carries, sequence, joins, scratchRows)`. `table` holds x W + b;
 * row e of the slice takes row `index[e]` of it. `sequence`, where not 0, receives h_t row by row. `joins`: 1 shared prefix,
 * 0 zeros. `scratchRows` 0 keeps everything for backward; otherwise it is the slice's number of rows, and every step uses one
 * block of z and, in turns, two blocks of states and carries.
 */
function declareForward(module: ModuleBuilder, cell: CellKernel, units: number): void {
  const width = cell.blocks * units;
  matrixProduct(module, 'recurrentProduct', {
    k: units,
    n: width,
    strideA: units,
    strideC: width,
    start: 'rows',
  });
  if (cell.carryBlock !== null) {
    matrixProduct(module, 'carryProduct', {
      k: units,
      n: units,
      strideA: units,
      strideC: width,
      start: 'sum',
    });
  }
  module.multiplies(
    'forward',
    ([steps, counts], memory) => entries(memory, steps!, counts!, false) * perEntry(cell, units),
  );
  module.function(
    'forward',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (
      f,
      steps,
      counts,
      index,
      table,
      recurrentKernel,
      carryKernel,
      z,
      state,
      carry,
      sequence,
      joins,
      scratchRows,
    ) => {
      const n = f.local('i32', i32.load(counts));
      const stateBytes = f.local('i32', i32.mul(n, units * 4));
      const nextState = f.local('i32');
      const nextCarry = f.local('i32');
      const apart = f.local('i32', i32.mul(scratchRows, units * 4));
      f.clear(state, stateBytes);
      if (cell.hasCarry) f.clear(carry, stateBytes);
      f.while(i32.gt(steps, 0), () => {
        f.set(n, i32.load(counts));
        f.set(stateBytes, i32.mul(n, units * 4));
        f.if(i32.eqz(scratchRows), () => f.set(apart, stateBytes));
        f.set(nextState, i32.add(state, apart));
        f.set(nextCarry, i32.add(carry, apart));
        f.call('recurrentProduct', state, recurrentKernel, cell.inPlace ? nextState : z, n, table, index);
        if (cell.carryBlock !== null) {
          f.call('carryProduct', carry, carryKernel, i32.add(z, cell.carryBlock * units * 4), n, 0, 0);
        }
        f.call('stepForward', z, state, carry, nextCarry, nextState, n);
        f.if(i32.gt(sequence, 0), () => {
          f.copy(sequence, nextState, stateBytes);
          f.advance(sequence, stateBytes);
        });
        f.set(steps, i32.sub(steps, 1));
        f.if(i32.gt(steps, 0), () => {
          emitJoin(f, units, nextState, n, counts, joins);
          if (cell.hasCarry) emitJoin(f, units, nextCarry, n, counts, joins);
        });
        f.advance(counts, 4);
        f.advance(index, i32.mul(n, 4));
        f.if(
          scratchRows,
          () => f.set(apart, i32.sub(0, apart)),
          () => f.advance(z, i32.mul(n, width * 4)),
        );
        f.set(state, nextState);
        f.set(carry, nextCarry);
      });
    },
  );
}

/** Gives the rows that begin at the next step their first state. */
function emitJoin(
  f: FunctionBuilder,
  units: number,
  block: Pointer,
  n: Pointer,
  counts: Pointer,
  joins: Integer,
): void {
  const row = f.local('i32', n);
  const next = i32.load(counts, 4);
  const address = (of: Pointer) => i32.add(block, i32.mul(of, units * 4));
  f.while(i32.lt(row, next), () => {
    f.if(
      i32.gt(joins, 0),
      () => f.copy(address(row), block, units * 4),
      () => f.clear(address(row), units * 4),
    );
    f.advance(row, 1);
  });
}

/**
 * Declares `backward(steps, counts, R^T, V^T, z, states, carries, dState, dCarry, dSequence, joins, dR)`. `counts`, `z`,
 * `carries`, `states` and `dSequence` point behind the last step (states and carries: at the last block); the loop walks back.
 * `dState` (rows, units) holds dLoss/dh_T and is used up; `z` receives dz; dR += h_(t-1)^T dz, some steps at a time: one step
 * alone makes too short a product, all of them together would have to be read from memory once more.
 */
function declareBackward(module: ModuleBuilder, cell: CellKernel, units: number): void {
  const width = cell.blocks * units;
  matrixProduct(module, 'stateGradient', {
    k: width,
    n: units,
    strideA: width,
    strideC: units,
    start: cell.handsStateOn ? 'sum' : 'zero',
  });
  if (cell.carryBlock !== null) {
    matrixProduct(module, 'carryGradient', {
      k: units,
      n: units,
      strideA: width,
      strideC: units,
      start: 'sum',
    });
  }
  transposedProduct(module, 'recurrentKernelGradient', units, width);
  // dz R^T and h^T dz.
  module.multiplies(
    'backward',
    ([steps, counts], memory) =>
      entries(memory, steps!, counts!, true) * (perEntry(cell, units) + units * width),
  );
  module.function(
    'backward',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (
      f,
      steps,
      counts,
      transposed,
      carryTransposed,
      z,
      nextState,
      nextCarry,
      dState,
      dCarry,
      dSequence,
      joins,
      recurrentGradient,
    ) => {
      const n = f.local('i32');
      const gathered = f.local('i32', 0);
      const state = f.local('i32');
      const carry = f.local('i32');
      const stateBytes = f.local('i32');
      f.while(i32.gt(steps, 0), () => {
        f.set(steps, i32.sub(steps, 1));
        f.set(counts, i32.sub(counts, 4));
        f.set(n, i32.load(counts));
        f.set(stateBytes, i32.mul(n, units * 4));
        f.set(z, i32.sub(z, i32.mul(n, width * 4)));
        f.set(state, i32.sub(nextState, stateBytes));
        f.set(carry, i32.sub(nextCarry, stateBytes));
        f.if(i32.gt(dSequence, 0), () => {
          f.set(dSequence, i32.sub(dSequence, stateBytes));
          f.call('addFloats', dState, dSequence, stateBytes);
        });
        f.call('stepBackward', z, state, carry, nextCarry, nextState, dState, dCarry, n);
        f.call('stateGradient', z, transposed, dState, n, 0, 0);
        if (cell.carryBlock !== null) {
          f.call('carryGradient', i32.add(z, cell.carryBlock * units * 4), carryTransposed, dCarry, n, 0, 0);
        }
        f.advance(gathered, n);
        f.if(i32.ge(gathered, GATHERED_ROWS), () => {
          f.call('recurrentKernelGradient', state, z, recurrentGradient, gathered);
          f.set(gathered, 0);
        });
        f.if(i32.gt(joins, 0), () =>
          f.if(i32.gt(steps, 0), () => {
            emitLeave(f, units, dState, n, counts);
            if (cell.hasCarry) emitLeave(f, units, dCarry, n, counts);
          }),
        );
        f.set(nextState, state);
        f.set(nextCarry, carry);
      });
      f.if(i32.gt(gathered, 0), () =>
        f.call('recurrentKernelGradient', nextState, z, recurrentGradient, gathered),
      );
    },
  );
}

/** Adds the gradients of the rows that began at this step to row 0, whose state they took over. */
function emitLeave(f: FunctionBuilder, units: number, gradient: Pointer, n: Pointer, counts: Pointer): void {
  const row = f.local('i32', i32.load(i32.sub(counts, 4)));
  f.while(i32.lt(row, n), () => {
    f.call('addFloats', gradient, i32.add(gradient, i32.mul(row, units * 4)), units * 4);
    f.advance(row, 1);
  });
}

/** @param units rounded up to whole panels. */
export function declareRecurrence(module: ModuleBuilder, cell: CellKernel, units: number): void {
  declareSteps(module, cell, units);
  declareForward(module, cell, units);
  declareBackward(module, cell, units);
}
