/**
 * A recurrent layer step by step, for cells whose recurrent kernel no workgroup can keep at hand: every phase of a step is a
 * dispatch over rows and units, whose products go through workgroup memory in tiles, so that the kernel is read once for ROWS
 * rows and the whole device is at one step. What a thread has of its unit and row lies between dispatches in `work`, and so do
 * the exchange arrays. No dispatch takes longer than a step.
 *
 * Letters: B rows, T steps, U units, N columns of all gates.
 */
import type { Shader } from '../backend.ts';
import { cellShaders, type CellShaders, type Half, type Phase } from './cells.ts';
import {
  backwardBindings,
  begins,
  commits,
  declared,
  forwardBindings,
  gives,
  lines,
  type Binding,
  type RecurrenceForm,
} from './halves.ts';
import { activations } from './math.ts';

/** Units, and rows, that a workgroup has; a thread has one unit of OWN rows. */
export const UNITS = 16;
export const ROWS = 32;
const OWN = 2;
/** Units summed over at a time. */
const DEEP = 16;
const THREADS = (UNITS * ROWS) / OWN;

export interface StepShaders {
  /** One for each phase of a step, in order; all bind the same. */
  phases: Shader[];
  bindings: Binding[];
  /** Numbers that `work` has for every unit of every row. */
  work: number;
}

const namesIn = (text: string): string[] => [
  ...new Set(Array.from(text.matchAll(/\$(\w+)/g), ([, name]) => name!)),
];
const assignedIn = (text: string): string[] =>
  Array.from(text.matchAll(/\$(\w+) =(?!=)/g), ([, name]) => name!);

/** A phase with all its words: what it begins with, and what comes after its sums. */
interface Words {
  phase: Phase;
  begin: string;
  then: string;
  /** All of them. */
  all: string;
}

/** Writes the shaders of one half of a cell. */
class StepWriter {
  readonly #form: RecurrenceForm;
  readonly #cell: CellShaders;
  readonly #half: Half;
  readonly #forward: boolean;
  readonly #words: readonly Words[];
  /** Where in `work` a number lies, by its name, and where an exchange array begins. */
  readonly #slots = new Map<string, number>();
  #work = 0;

  constructor(half: 'forward' | 'backward', form: RecurrenceForm) {
    this.#form = form;
    this.#forward = half === 'forward';
    this.#cell = cellShaders(form.attributes);
    this.#half = this.#cell[half];
    const { phases } = this.#half;
    const begin = this.#forward ? '' : begins(form, this.#cell);
    this.#words = phases.map((phase, i) => {
      const last = i < phases.length - 1 ? '' : this.#last();
      const then = `${phase.then}\n${last}`;
      const sums = phase.sums.map(({ name, from }) => `$${name} = ${from};`);
      const puts = Object.values(phase.puts).flat();
      return { phase, begin, then, all: [begin, ...sums, then, ...puts].join('\n') };
    });
    for (const [name, { blocks, two }] of Object.entries(this.#half.exchanges))
      this.#place(name, blocks * (two ? 2 : 1));
    for (const name of new Set([...this.#kept, ...this.#words.flatMap((_, i) => this.#handedOn(i))]))
      this.#place(`$${name}`, 1);
  }

  get work(): number {
    return this.#work;
  }

  #place(name: string, blocks: number): void {
    this.#slots.set(name, this.#work);
    this.#work += blocks;
  }

  /** What goes from step to step. */
  get #kept(): string[] {
    const carried = this.#cell.carries;
    return this.#forward ? ['h', ...(carried ? ['c'] : [])] : ['dh', ...(carried ? ['dc'] : [])];
  }

  #last(): string {
    if (!this.#forward) return gives(this.#form, this.#cell);
    const { returnSequences } = this.#form.attributes;
    const end = 'if (live && s == sizes.steps - 1u) { output[row * U + j] = $h; }';
    return `${commits(this.#form, this.#cell)}\n${returnSequences ? '' : end}`;
  }

  /** What a phase makes that a later one of the step needs, and does not make anew. */
  #handedOn(i: number): string[] {
    const { phase, then, begin } = this.#words[i]!;
    const made = [...phase.sums.map(({ name }) => name), ...assignedIn(then)];
    const later = this.#words.slice(i + 1).flatMap(({ all }) => namesIn(all));
    const anew = [...assignedIn(begin), ...this.#kept];
    return [...new Set(made)].filter((name) => later.includes(name) && !anew.includes(name));
  }

  /** `$x` as a number of the thread's row `q`, and what is of that row. */
  #at(text: string, q: number): string {
    return text.replace(/\$(\w+)/g, `$1_${q}`).replace(/\b(at|row|live|real)\b/g, `$1_${q}`);
  }

  #ofRows(text: string): string {
    return lines(OWN, (q) => this.#at(text, q));
  }

  /** A block of `work` at a unit of a row. */
  #workAt(block: string, row: string, unit: string): string {
    return `work[((${block}) * sizes.rows + ${row}) * U + ${unit}]`;
  }

  /** As recurrence.ts: a step's forward phase reads what the step before wrote, a backward phase what its own step wrote. */
  #block(exchange: string, block: number, use: 'read' | 'write'): string {
    const { blocks, two } = this.#half.exchanges[exchange]!;
    const at = `${this.#slots.get(exchange)! + block}u`;
    if (!two) return at;
    return `${at} + ${this.#forward && use === 'write' ? '(1u - turn)' : 'turn'} * ${blocks}u`;
  }

  #header(bindings: readonly Binding[], { sums }: Phase): string {
    const { activation, recurrentActivation, units, goBackwards } = this.#form.attributes;
    const { vectors, matrices } = factors(sums);
    const tiles = [
      `var<workgroup> vectors: array<f32, ${vectors.length * ROWS * DEEP}>;`,
      `var<workgroup> matrices: array<f32, ${matrices.length * DEEP * UNITS}>;`,
    ];
    return `
struct Sizes { rows: u32, steps: u32, step: u32 }
${declared(bindings)}
const U = ${units}u;
const N = ${units * this.#cell.gates}u;
${sums.length > 0 ? tiles.join('\n') : ''}
fn R(at: u32) -> f32 { return recurrent[at]; }
${activations(activation, recurrentActivation)}

@compute @workgroup_size(${THREADS})
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
  let own = thread % ${UNITS}u;
  let slot = thread / ${UNITS}u;
  let unit = group.x * ${UNITS}u + own;
  let there = unit < U;
  let s = ${this.#forward ? 'sizes.step' : 'sizes.steps - 1u - sizes.step'};
  let t = ${goBackwards ? 'sizes.steps - 1u - s' : 's'};
  let turn = s & 1u;
${lines(
  OWN,
  (q) => `  let place_${q} = group.y * ${ROWS}u + slot * ${OWN}u + ${q}u;
  let row_${q} = min(place_${q}, sizes.rows - 1u);
  let live_${q} = there && place_${q} < sizes.rows;
  let at_${q} = row_${q} * sizes.steps + t;
  ${this.#form.masked ? `let real_${q} = mask[at_${q}] != 0;` : ''}`,
)}`;
  }

  /** The numbers of a phase: those of the step before or of an earlier phase are read from `work`. */
  #numbers(i: number): string {
    const { all } = this.#words[i]!;
    const before = this.#words.slice(0, i).flatMap((_, earlier) => this.#handedOn(earlier));
    const declared = namesIn(all).map((name) => {
      const at = this.#workAt(`${this.#slots.get(`$${name}`)}u`, 'row', 'j');
      const kept = this.#kept.includes(name) && `if (sizes.step > 0u) { $${name} = ${at}; }`;
      return [`var $${name} = 0.0;`, kept || (before.includes(name) && `$${name} = ${at};`)] as const;
    });
    const read = declared.flatMap(([, reading]) => reading || []);
    return `${this.#ofRows(declared.map(([declaration]) => declaration).join('\n'))}
  if (there) {
    let j = unit;
${this.#ofRows(read.join('\n'))}`;
  }

  /** The products of all rows and units of the workgroup, tile by tile. At its first step forward has no states yet. */
  #products({ sums }: Phase): string {
    if (sums.length === 0) return '';
    const { vectors, matrices } = factors(sums);
    const states = this.#forward && vectors.some(({ exchange }) => this.#half.exchanges[exchange]!.two);
    const perThread = (ROWS * DEEP) / THREADS;
    const fill = vectors.map(({ exchange, block }, v) =>
      lines(
        perThread,
        (i) => `    { let e = thread + ${i * THREADS}u; let k = begun + e % ${DEEP}u; var value = 0.0;
      let row = min(group.y * ${ROWS}u + e / ${DEEP}u, sizes.rows - 1u);
      if (k < U) { value = ${this.#workAt(this.#block(exchange, block, 'read'), 'row', 'k')}; }
      vectors[${v * ROWS * DEEP}u + e] = value; }`,
      ),
    );
    const load = matrices.map(
      (matrix, m) => `    { let j = unit; let k = begun + thread / ${UNITS}u; var value = 0.0;
      if (there && k < U) { value = ${matrix}; }
      matrices[${m * DEEP * UNITS}u + thread] = value; }`,
    );
    const read = [
      ...vectors.map((_, v) =>
        lines(
          OWN,
          (q) => `let v_${v}_${q} = vectors[${v * ROWS * DEEP}u + (slot * ${OWN}u + ${q}u) * ${DEEP}u + k];`,
        ),
      ),
      ...matrices.map((_, m) => `let w_${m} = matrices[(${m * DEEP}u + k) * ${UNITS}u + own];`),
    ];
    const add = sums.flatMap(({ name, terms }) =>
      terms.map(({ exchange, block, matrix }) => {
        const v = vectors.findIndex((one) => one.exchange === exchange && one.block === block);
        return lines(OWN, (q) => `${name}_${q} += v_${v}_${q} * w_${matrices.indexOf(matrix)};`);
      }),
    );
    return `
  for (var begun = 0u; begun < ${states ? 'select(0u, U, sizes.step > 0u)' : 'U'}; begun += ${DEEP}u) {
    workgroupBarrier();
${fill.join('\n')}
${load.join('\n')}
    workgroupBarrier();
    for (var k = 0u; k < ${DEEP}u; k++) {
${read.join('\n')}
${add.join('\n')}
    }
  }`;
  }

  #phase(i: number): string {
    const { phase, begin, then } = this.#words[i]!;
    const last = i === this.#words.length - 1;
    const puts = Object.entries(phase.puts).flatMap(([exchange, values]) =>
      values.map(
        (value, block) => `${this.#workAt(this.#block(exchange, block, 'write'), 'row', 'j')} = ${value};`,
      ),
    );
    const stored = [...this.#handedOn(i), ...(last ? this.#kept : [])].map(
      (name) => `${this.#workAt(`${this.#slots.get(`$${name}`)}u`, 'row', 'j')} = $${name};`,
    );
    const from = phase.sums.map(({ name, from: value }) => `$${name} = ${value};`);
    return `${this.#numbers(i)}
${this.#ofRows([begin, ...from].join('\n'))}
  }
${this.#products(phase)}
  if (there) {
    let j = unit;
${this.#ofRows(`${then}\nif (live) { ${[...puts, ...stored].join('\n')} }`)}
  }
}`;
  }

  shaders(bindings: readonly Binding[]): StepShaders {
    const all = [...bindings, { name: 'work', write: true }];
    const kind = `${this.#form.attributes.cell} ${this.#forward ? 'forward' : 'backward'} step`;
    const phases = this.#words.map(({ phase }, i) => ({
      name: `${kind}, phase ${i + 1}`,
      code: `${this.#header(all, phase)}\n${this.#phase(i)}`,
    }));
    return { phases, bindings: all, work: this.#work };
  }
}

/** What sums multiply, each once: blocks of exchange arrays, and matrices at k and j. */
function factors(sums: Phase['sums']) {
  const terms = sums.flatMap((sum) => sum.terms);
  const vectors = terms.filter(
    ({ exchange, block }, i) =>
      terms.findIndex((one) => one.exchange === exchange && one.block === block) === i,
  );
  return { vectors, matrices: [...new Set(terms.map(({ matrix }) => matrix))] };
}

/** As `forwardShader` of recurrence.ts. */
export const forwardSteps = (form: RecurrenceForm): StepShaders =>
  new StepWriter('forward', form).shaders(forwardBindings(form));

/** As `backwardShader` of recurrence.ts. */
export const backwardSteps = (form: RecurrenceForm): StepShaders =>
  new StepWriter('backward', form).shaders(backwardBindings(form));
