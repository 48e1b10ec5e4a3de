/**
 * A whole recurrent layer over time in one dispatch, forward or backward: a workgroup takes a few rows of the batch through all
 * steps, a thread one unit (or several) of them. States live in registers and workgroup memory; so does the recurrent kernel
 * where it fits, else it is read from the device's memory once for all rows of the workgroup. Larger cells: steps.ts.
 *
 * Letters: B rows, T steps, U units, N columns of all gates.
 */
import type { RecurrentAttributes } from '../../../ops/recurrent.ts';
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

export interface Limits {
  /** Bytes of memory a workgroup can have. */
  workgroupBytes: number;
  /** Threads a workgroup can have. */
  threads: number;
}

/** How the work is dealt out. */
interface Deal {
  /** Rows of the batch to a workgroup. */
  rows: number;
  threads: number;
  /** Whether the recurrent kernel is copied to workgroup memory. */
  resident: boolean;
}

interface RecurrenceShader extends Shader {
  rows: number;
}

/** More would leave most of a device idle: batches have about a hundred rows. */
const MOST_ROWS = 4;
const MOST_THREADS = 256;

/** Null where not even one row fits. */
function deal({ exchanges }: Half, gates: number, U: number, limits: Limits): Deal | null {
  const blocks = Object.values(exchanges).reduce((sum, { blocks: n, two }) => sum + n * (two ? 2 : 1), 0);
  const bytes = 4 * U * blocks;
  const threads = Math.min(MOST_THREADS, limits.threads, Math.ceil(U / 32) * 32);
  const matrix = 4 * U * U * gates;
  if (bytes + matrix <= limits.workgroupBytes) return { rows: 1, threads, resident: true };
  const rows = [MOST_ROWS, 2, 1].find((n) => n * bytes <= limits.workgroupBytes);
  return rows === undefined ? null : { rows, threads, resident: false };
}

/**
 * Bytes of a recurrent kernel from which a layer goes step by step (steps.ts): a workgroup that reads so much of the device's
 * memory at every step waits for that longer than a dispatch takes to begin, and few workgroups are at it.
 */
const STEPWISE_BYTES = 512 * 1024;
/**
 * Multiplications from which it does where workgroups do not have the kernel at hand: a slow adapter takes a second for them,
 * and its driver takes a dispatch that does not end within two for dead.
 */
const STEPWISE_WORK = 5e9;

/**
 * Whether workgroups are to take rows through all steps: whether the cell fits them, and is not better off step by step.
 * @param rowSteps rows times steps
 */
export function isWhole(attributes: RecurrentAttributes, limits: Limits, rowSteps: number): boolean {
  const { gates, forward, backward } = cellShaders(attributes);
  const matrix = attributes.units ** 2 * gates;
  return [forward, backward].every((half) => {
    const dealt = deal(half, gates, attributes.units, limits);
    if (!dealt || dealt.resident) return dealt !== null;
    return 4 * matrix <= STEPWISE_BYTES && rowSteps * matrix <= STEPWISE_WORK;
  });
}

/** Writes one half of a cell's shader. */
class Writer {
  readonly cell: CellShaders;
  readonly #half: Half;
  readonly #form: RecurrenceForm;
  readonly #deal: Deal;
  readonly #units: number;
  /** What a thread has from step to step. */
  readonly #kept: readonly string[];

  constructor(half: 'forward' | 'backward', form: RecurrenceForm, limits: Limits) {
    this.cell = cellShaders(form.attributes);
    this.#half = this.cell[half];
    this.#kept = half === 'forward' ? ['h', 'c'] : ['dh', 'dc'];
    this.#form = form;
    this.#units = form.attributes.units;
    this.#deal = deal(this.#half, this.cell.gates, this.#units, limits)!;
  }

  get rows(): number {
    return this.#deal.rows;
  }

  /** Units a thread has. */
  get #perThread(): number {
    return Math.ceil(this.#units / this.#deal.threads);
  }

  /** For every unit and row of a thread, `$x` by its name there. */
  ofAll(text: string): string {
    return lines(this.#perThread, (p) => this.#ofRows(text, p));
  }

  #ofRows(text: string, p: number): string {
    return lines(this.rows, (q) => this.#at(text, p, q));
  }

  #at(text: string, p: number, q: number): string {
    return text.replace(/\$(\w+)/g, `$1_${p}_${q}`).replace(/\b(at|row|live|real)\b/g, `$1_${q}`);
  }

  /** Statements for every unit there is. */
  forUnits(text: (p: number) => string): string {
    return lines(
      this.#perThread,
      (p) => `{ let j = thread + ${p * this.#deal.threads}u; if (j < U) {\n${text(p)}\n} }`,
    );
  }

  header(bindings: readonly Binding[]): string {
    const { activation, recurrentActivation } = this.#form.attributes;
    const { resident, rows } = this.#deal;
    const arrays = Object.entries(this.#half.exchanges).map(
      ([name, { blocks, two }]) =>
        `var<workgroup> ${name}: array<f32, ${(two ? 2 : 1) * rows * blocks * this.#units}>;`,
    );
    const U = this.#units;
    const N = U * this.cell.gates;
    return `
struct Sizes { rows: u32, steps: u32 }
${declared(bindings)}
const U = ${U}u;
const N = ${N}u;
${arrays.join('\n')}
${resident ? `var<workgroup> matrix: array<f32, ${U * N}>;` : ''}
fn R(at: u32) -> f32 { return ${resident ? 'matrix[at]' : 'recurrent[at]'}; }
${activations(activation, recurrentActivation)}

@compute @workgroup_size(${this.#deal.threads})
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {
${resident ? `  for (var i = thread; i < U * N; i += ${this.#deal.threads}u) { matrix[i] = recurrent[i]; }` : ''}
${lines(rows, (q) => `  let row_${q} = min(group.x * ${rows}u + ${q}u, sizes.rows - 1u);`)}
${lines(rows, (q) => `  let live_${q} = group.x * ${rows}u + ${q}u < sizes.rows;`)}`;
  }

  /** What a step begins with: where its rows are, and its numbers by name, `also` among them. */
  stepBegin(also: readonly string[]): string {
    const texts = this.#half.phases.flatMap(({ then, sums }) => [
      then,
      ...sums.map(({ name, from }) => `$${name} ${from}`),
    ]);
    const used = Array.from(texts.join(' ').matchAll(/\$(\w+)/g), ([, name]) => name!);
    const fresh = [...new Set([...used, ...also])].filter((name) => !this.#kept.includes(name));
    const { masked, attributes } = this.#form;
    return `
    let t = ${attributes.goBackwards ? 'sizes.steps - 1u - s' : 's'};
    let turn = s & 1u;
${lines(this.rows, (q) => `    let at_${q} = row_${q} * sizes.steps + t;`)}
${masked ? lines(this.rows, (q) => `    let real_${q} = mask[at_${q}] != 0;`) : ''}
${this.ofAll(fresh.map((name) => `    var $${name} = 0.0;`).join('\n'))}`;
  }

  /** A phase's sums and statements; `last` comes before its exchanges. */
  phase({ sums, then, puts }: Phase, last = ''): string {
    return this.forUnits((p) => {
      const begin = sums.map(({ name, from }) => `$${name} = ${from};`).join('\n');
      const putting = Object.entries(puts)
        .map(([exchange, values]) =>
          values
            .map((value, block) => `${exchange}[${this.#place(exchange, block, 'j', 'write')}] = ${value};`)
            .join('\n'),
        )
        .join('\n');
      const rest = lines(
        this.rows,
        (q) => this.#at(`${then}\n${last}\n`, p, q) + this.#at(putting, p, q).replaceAll('ROW', String(q)),
      );
      return `${this.#ofRows(begin, p)}\n${this.#sumLoop(sums, p)}\n${rest}`;
    });
  }

  #sumLoop(sums: Phase['sums'], p: number): string {
    if (sums.length === 0) return '';
    const vectors = [
      ...new Set(sums.flatMap(({ terms }) => terms.map(({ exchange, block }) => `${exchange} ${block}`))),
    ];
    const named = (exchange: string, block: number, q: number): string => `v_${exchange}_${block}_${q}`;
    const read = vectors.map((vector) => {
      const [exchange, block] = vector.split(' ') as [string, string];
      return lines(this.rows, (q) => {
        const place = this.#place(exchange, Number(block), 'k', 'read').replaceAll('ROW', String(q));
        return `let ${named(exchange, Number(block), q)} = ${exchange}[${place}];`;
      });
    });
    const add = sums.flatMap(({ name, terms }) =>
      terms.map(
        ({ exchange, block, matrix }) =>
          `{ let w = ${matrix};\n${lines(this.rows, (q) => `${name}_${p}_${q} += ${named(exchange, block, q)} * w;`)} }`,
      ),
    );
    return `for (var k = 0u; k < U; k++) {\n${read.join('\n')}\n${add.join('\n')}\n}`;
  }

  /**
   * Where a block of an exchange array has unit `unit` of row ROW. Of two halves a step's forward phase reads what the step
   * before wrote; a backward phase what its own step wrote.
   */
  #place(exchange: string, block: number, unit: string, use: 'read' | 'write'): string {
    const { blocks, two } = this.#half.exchanges[exchange]!;
    const size = this.rows * blocks * this.#units;
    const other = this.#half === this.cell.forward && use === 'write';
    const half = two ? `${other ? '(1u - turn)' : 'turn'} * ${size}u + ` : '';
    return `${half}(ROWu * ${blocks}u + ${block}u) * U + ${unit}`;
  }

  /** Zero states for the first step. */
  zeros(): string {
    const arrays = Object.entries(this.#half.exchanges).map(([name, { blocks, two }]) => {
      const size = (two ? 2 : 1) * this.rows * blocks * this.#units;
      return `  for (var i = thread; i < ${size}u; i += ${this.#deal.threads}u) { ${name}[i] = 0.0; }`;
    });
    return `${arrays.join('\n')}\n  workgroupBarrier();`;
  }
}

/** (B T, N) projected inputs → states: (B, T, U) or (B, U), and what backward needs, (B T, blocks U). */
export function forwardShader(form: RecurrenceForm, limits: Limits): RecurrenceShader {
  const writer = new Writer('forward', form, limits);
  const { attributes } = form;
  const { cell } = writer;
  const commit = commits(form, cell);
  const { phases } = cell.forward;
  const code = `${writer.header(forwardBindings(form))}
${writer.ofAll(`  var $h = 0.0;${cell.carries ? ' var $c = 0.0;' : ''}`)}
${writer.zeros()}
  for (var s = 0u; s < sizes.steps; s++) {
${writer.stepBegin(['newH'])}
${phases.map((phase, i) => `${writer.phase(phase, i === phases.length - 1 ? commit : '')}\n    workgroupBarrier();`).join('\n')}
  }
${attributes.returnSequences ? '' : writer.forUnits((p) => lastStates(writer.rows, p))}
}`;
  return { name: `${attributes.cell} forward`, code, rows: writer.rows };
}

const lastStates = (rows: number, p: number): string =>
  lines(rows, (q) => `if (live_${q}) { output[row_${q} * U + j] = h_${p}_${q}; }`);

/** dLoss/dOutput and what forward kept → dz (B T, N), with transposed recurrent kernels (N, U). */
export function backwardShader(form: RecurrenceForm, limits: Limits): RecurrenceShader {
  const writer = new Writer('backward', form, limits);
  const { attributes } = form;
  const { cell } = writer;
  const begin = begins(form, cell);
  const give = gives(form, cell);
  const { phases } = cell.backward;
  const written = phases.map((phase, i) => {
    const first = i === 0 ? { ...phase, then: `${begin}\n${phase.then}` } : phase;
    const last = i === phases.length - 1;
    return writer.phase(first, last ? give : '') + (last ? '' : '\n    workgroupBarrier();');
  });
  const code = `${writer.header(backwardBindings(form))}
${writer.ofAll(`  var $dh = 0.0;${cell.carries ? ' var $dc = 0.0;' : ''}`)}
${writer.zeros()}
  for (var step = 0u; step < sizes.steps; step++) {
    let s = sizes.steps - 1u - step;
${writer.stepBegin(['d', ...cell.saved])}
${written.join('\n')}
  }
}`;
  return { name: `${attributes.cell} backward`, code, rows: writer.rows };
}
