/** What the writers of layers are given, and what recurrent ones give. */
import type { NodeAnalysis } from '../../../shared/graph/analyse.ts';
import type { GraphBuilder } from './builder.ts';

export interface Value {
  name: string;
  mask: string | null;
}

export interface Emitting {
  graph: GraphBuilder;
  id: string;
  type: string;
  config: Readonly<Record<string, unknown>>;
  analysis: NodeAnalysis;
  /** The layer's weights by their names within it. */
  weights: ReadonlyMap<string, Float32Array>;
  inputs: readonly Value[];
}

export interface Recurrent {
  layer: string;
  type: string;
  units: number;
  inputSize: number;
  config: Readonly<Record<string, unknown>>;
  /** By variable name, each in Keras's form. */
  weights: ReadonlyMap<string, Float32Array>;
  backwards: boolean;
}

/** What a recurrent layer gives: the outputs of all steps in the order it read them, (B, T, U), and the last one, (B, U). */
export interface Outputs {
  sequence: string;
  last: string;
}
