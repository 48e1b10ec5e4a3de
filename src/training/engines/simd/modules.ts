/** Generates the kernels for a layer's sizes at first use and keeps them. */
import { ModuleBuilder, hasRelaxedSimd } from './assembler.ts';
import type { Cell } from '../../ops/recurrent.ts';
import { bookLstm } from './kernels/book-lstm.ts';
import type { CellKernel } from './kernels/cell.ts';
import { declareDropout } from './kernels/dropout.ts';
import { declareGlobalPooling } from './kernels/global-pooling.ts';
import { gru } from './kernels/gru.ts';
import { declareConvolution, type ConvolutionShape } from './kernels/convolution.ts';
import { declareGather, declareInput } from './kernels/input.ts';
import { lstm } from './kernels/lstm.ts';
import { declareRecurrence } from './kernels/recurrence.ts';
import { declareNormalization } from './kernels/normalization.ts';
import { declarePooling, type PoolingShape } from './kernels/pooling.ts';
import { simpleRnn } from './kernels/simple-rnn.ts';
import { declareTokens } from './kernels/tokens.ts';
import {
  declareSumWindows,
  declareTokenConvolution,
  type TokenConvolutionShape,
} from './kernels/token-convolution.ts';
import { declarePenalty } from './kernels/penalty.ts';
import { declareRowUpdate, declareUpdate, type UpdateForm } from './kernels/update.ts';
import type { Pool } from './pool.ts';

export const CELL_KERNELS: Readonly<Record<Cell, CellKernel>> = {
  SimpleRNN: simpleRnn,
  LSTM: lstm,
  GRU: gru,
  BookLSTM: bookLstm,
};

/** A kernel's number in the pool, by name. */
export type Kernels = Record<string, number>;

const words = ({ name, regularized }: UpdateForm): string => `${name}${regularized ? ' regularized' : ''}`;

export class Modules {
  readonly #relaxed = hasRelaxedSimd();
  readonly #wide: boolean;
  readonly #pool: Pool;
  readonly #made = new Map<string, Kernels>();

  /** @param wide V8 joins pairs of vectors */
  constructor(pool: Pool, wide: boolean) {
    this.#wide = wide;
    this.#pool = pool;
  }

  #once(key: string, declare: (module: ModuleBuilder) => void): Kernels {
    let kernels = this.#made.get(key);
    if (!kernels) {
      const module = new ModuleBuilder({ relaxed: this.#relaxed, wide: this.#wide, sharedMemory: true });
      declare(module);
      kernels = this.#pool.add(module, key);
      this.#made.set(key, kernels);
    }
    return kernels;
  }

  /** @param units, inputs rounded up to whole panels. */
  recurrence(cell: Cell, units: number, inputs: number): Kernels {
    return this.#once(`${cell} ${units} ${inputs}`, (module) => {
      declareRecurrence(module, CELL_KERNELS[cell], units);
      declareInput(module, inputs, CELL_KERNELS[cell], units);
    });
  }

  convolution(shape: ConvolutionShape): Kernels {
    const key = `convolution ${Object.values(shape).join(' ')}`;
    return this.#once(key, (module) => declareConvolution(module, shape));
  }

  tokenConvolution(shape: TokenConvolutionShape): Kernels {
    const key = `token convolution ${Object.values(shape).join(' ')}`;
    return this.#once(key, (module) => declareTokenConvolution(module, shape));
  }

  sumWindows(width: number, stride: number): number {
    return this.#once(`sum windows ${width} ${stride}`, (module) => declareSumWindows(module, width, stride))
      .sumWindows!;
  }

  tokens(): Kernels {
    return this.#once('tokens', declareTokens);
  }

  dropout(): number {
    return this.#once('dropout', declareDropout).dropout!;
  }

  pooling(shape: PoolingShape): Kernels {
    return this.#once(`pooling ${Object.values(shape).join(' ')}`, (module) => declarePooling(module, shape));
  }

  /** @param columns rounded up to whole panels. */
  globalPooling(columns: number): Kernels {
    return this.#once(`global pooling ${columns}`, (module) => declareGlobalPooling(module, columns));
  }

  normalization(columns: number, epsilon: number): Kernels {
    return this.#once(`normalization ${columns} ${epsilon}`, (module) =>
      declareNormalization(module, columns, epsilon),
    );
  }

  gather(columns: number, stride: number): number {
    return this.#once(`gather ${columns} ${stride}`, (module) => declareGather(module, columns, stride))
      .gatherRows!;
  }

  penalty(): number {
    return this.#once('penalty', declarePenalty).penalty!;
  }

  update(form: UpdateForm): number {
    return this.#once(words(form), (module) => declareUpdate(module, form))[form.name]!;
  }

  rowUpdate(form: UpdateForm, columns: number, stride: number): number {
    const kernels = this.#once(`${words(form)} ${columns} ${stride}`, (module) => {
      declareUpdate(module, form);
      declareRowUpdate(module, form, columns, stride);
    });
    return kernels[`${form.name}Rows`]!;
  }
}
