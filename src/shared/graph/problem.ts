import type { ModelGraph } from './graph.ts';

/** One way to mend a problem: an edit like any other, so that it can be undone. */
export interface Repair {
  /** What the button says: `Turn on return_sequences in lstm`. */
  label: string;
  change: (graph: ModelGraph) => ModelGraph;
}

/** Something wrong with a model, in the field's words. */
export interface Problem {
  /** The node that has it; null: the graph as a whole. */
  node: string | null;
  message: string;
  fix: string;
  /** One-click ways to mend it, the likeliest first; empty where only the user can know. */
  repairs: readonly Repair[];
  /** It does not keep the model from being trained, but is likely not meant. */
  warning?: true;
}
