/** What every reader of models is: it recognises a file and yields the model with its weights; it writes nothing. */
import type { NamedArray } from '../../../shared/checkpoint.ts';
import type { ModelGraph } from '../../../shared/graph/graph.ts';
import type { GraphAnalysis } from '../../../shared/graph/analyse.ts';
import type { Compiled } from '../../../shared/training.ts';
import { UnrollError } from '../../../shared/errors.ts';

/** How a model was compiled, and what its optimizer had kept under `slot/layer/variable`; empty where it was not used yet. */
export interface CompiledState {
  compiled: Compiled;
  slots: NamedArray[];
}

export interface ImportedModel {
  graph: ModelGraph;
  /** Under `layer/variable`, in the graph's order; null where the file has a model but no weights. */
  weights: NamedArray[] | null;
  /** Null where the file does not say, or says what Unroll does not have. */
  compiled: CompiledState | null;
  /** What the file says and the model here does not keep, a sentence each: it has no bearing on predictions. */
  notes: string[];
}

export interface ModelReader {
  /** Whether this looks like a file (or folder) of this format; reads no more than its beginning. */
  match(path: string): Promise<boolean>;
  /** @throws UnrollError of the catalogue; nothing is half-imported */
  read(path: string): Promise<ImportedModel>;
}

/** A model that cannot be taken over, and what to do about it. */
export const refuse = (path: string, reason: string, fix: string): UnrollError =>
  new UnrollError('model-unreadable', { path, reason, fix });

/**
 * Weights as a file lists them for each layer, given the names and shapes that the graph asks for.
 * @param arrays for each layer its arrays in Keras's order
 * @throws UnrollError `model-unreadable` where one is missing, has another shape, or holds what is no number
 */
export function nameWeights(
  path: string,
  analysis: GraphAnalysis,
  arrays: (layer: string) => readonly { shape: readonly number[]; data: Float32Array }[],
): NamedArray[] {
  return analysis.order.flatMap((layer) => {
    const specs = analysis.nodes.get(layer)!.weights;
    if (specs.length === 0) return [];
    const found = arrays(layer);
    if (found.length !== specs.length) {
      const reason = `${layer} has ${found.length} arrays of weights in it where ${specs.length} are due`;
      throw refuse(path, reason, 'Save the whole model again, with its weights.');
    }
    return specs.map(({ name, shape }, i) => {
      const array = found[i]!;
      const full = `${layer}/${name}`;
      if (array.shape.join() !== shape.join()) {
        const reason = `${full} has the shape (${array.shape.join(', ')}) where (${shape.join(', ')}) is due`;
        throw refuse(
          path,
          reason,
          'Save the model again; its weights and its layers do not belong together.',
        );
      }
      if (!array.data.every(Number.isFinite)) {
        const reason = `${full} holds values that are no numbers (NaN or infinity)`;
        throw refuse(path, reason, 'Its training diverged; save the model from before that.');
      }
      return { name: full, shape, data: array.data };
    });
  });
}
