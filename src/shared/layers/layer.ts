/**
 * What a layer is to the whole application. Palette, inspector form, validation, shapes, parameter counts,
 * summary, equations, R and Python code and the exporters' mapping all derive from one definition per file.
 */
import type { z } from 'zod';
import type { Shape } from '../graph/graph.ts';
import type { Constraint } from './constraints.ts';
import type { CellDrawing } from './drawing.ts';
import type { Regularizer } from './regularizers.ts';

export type LayerFamily =
  'input' | 'embedding' | 'recurrent' | 'dense' | 'convolution' | 'shape' | 'regularise' | 'merge';

/** One trainable or fixed array of a layer, in Keras's own order. */
export interface WeightSpec {
  /** Keras's variable name: `kernel`, `recurrent_kernel`, `bias`, `embeddings`, `gamma`, … */
  name: string;
  shape: readonly number[];
  /** Keras initializer name, already resolved from the config. `unit_forget` is zeros with ones for the forget gate. */
  initializer: string;
  /** What it adds to the loss. */
  regularizer?: Regularizer;
  /** What holds of it after every update. */
  constraint?: Constraint;
}

/** One line of mathematics: TeX with the layer's real sizes, and the same in plain text. */
export interface Equation {
  tex: string;
  plain: string;
  /** What this line gives, or what holds for its symbols: `forget gate`. */
  where?: string;
  /** What the drawing of the cell calls its pieces that belong to this line. */
  part?: string;
}

/** A symbol of the equations with what it is and its real size. */
export interface SymbolMeaning {
  tex: string;
  plain: string;
  meaning: string;
  shape: readonly number[];
}

/** How a recurrent layer goes along the steps: once, or once in each direction with weights of its own. */
export interface Walk {
  /** `LSTM`. */
  cell: string;
  /** What is handed from step to step, as in the equations: `h`, `c`. */
  states: readonly string[];
  /** From the last step to the first. */
  backwards: boolean;
  /** Whether the output of every step is handed on, or that of the last one walked. */
  sequences: boolean;
}

/** What a layer says when its inputs do not fit; words in the field's terms and what would fix it. */
export interface ShapeProblem {
  message: string;
  fix: string;
  /** What it should receive, where that is what is wrong: (batch, time, features), or word ids; or a layer that goes forwards. */
  needs?: 'sequence' | 'ids' | 'forwards';
  /** Settings of the layer itself that would mend it. */
  settings?: Readonly<Record<string, unknown>>;
}

export type ShapeResult = { ok: true; shape: Shape } | { ok: false; problem: ShapeProblem };

/** How one parameter is shown in the inspector; types, ranges and defaults come from the zod schema. */
export interface ParameterHelp {
  label: string;
  help: string;
  /** Shown in the node card's one line (`units 32 · tanh`). */
  prominent?: boolean;
  /** Under "More" in the inspector. */
  advanced?: boolean;
  control?: 'integer' | 'number' | 'boolean' | 'choice' | 'text' | 'layer' | 'shape' | 'axes';
  choices?: readonly string[];
  min?: number;
  max?: number;
}

export interface LayerDefinition<P extends object = Record<string, unknown>> {
  /** Keras class name, the key in graphs. */
  type: string;
  /** Keras's automatic name: `simple_rnn`, then `simple_rnn_1`. */
  baseName: string;
  /** What the palette calls it. */
  title: string;
  family: LayerFamily;
  /** One sentence for the palette and the documentation page. */
  summary: string;
  /** Keras's parameters by their names with Keras's defaults. */
  schema: z.ZodType<P>;
  /** What a new layer begins with, above all the parameters that Keras asks for. */
  start?: Readonly<Record<string, unknown>>;
  parameters: { readonly [K in keyof P]: ParameterHelp };
  /** How many inputs it takes: Input 0, merges 2 or more, all others 1. */
  inputs: { min: number; max: number };
  /** Output shape for the input shapes given, or what is wrong. */
  shape(config: P, inputs: readonly Shape[]): ShapeResult;
  /** Weights for the input shapes given (which `shape` accepted). */
  weights(config: P, inputs: readonly Shape[]): readonly WeightSpec[];
  /** Whether it hands a mask on (`pass`), makes one (`make`), uses it and ends it (`use`), or drops it (`drop`). */
  mask(config: P): 'pass' | 'make' | 'use' | 'drop';
  /** Multiplications and additions for one example, for the estimate below the canvas. */
  multiplyAdds(config: P, inputs: readonly Shape[]): number;
  /** Numbers of one example that training keeps for the backward pass, besides the output; none where it is not said. */
  kept?(config: P, inputs: readonly Shape[]): number;
  /**
   * Numbers of one example that a graphics adapter holds for a while as well: what passes between the kernels of the layer,
   * as measured. None where it is not said.
   */
  passing?(config: P, inputs: readonly Shape[]): number;
  equations(config: P, inputs: readonly Shape[]): readonly Equation[];
  /** The symbols of the equations that have a size, in the order they are met. */
  symbols?(config: P, inputs: readonly Shape[]): readonly SymbolMeaning[];
  /** One step of a recurrent layer's cell. */
  drawing?(config: P): CellDrawing;
  /** How a recurrent layer goes along the steps. */
  walks?(config: P): readonly Walk[];
  /** The Keras constructor call in Python, without the functional call: `layers.LSTM(32)`. Only non-defaults appear. */
  python(config: P): string;
  /** The keras3 call in R: `layer_lstm(units = 32)`. */
  r(config: P): string;
}
