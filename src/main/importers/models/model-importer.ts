/** What every reader of models is: it recognises a file and yields the model with its weights; it writes nothing. */
import type { NamedArray } from '../../../shared/checkpoint.ts';
import type { ModelGraph } from '../../../shared/graph/graph.ts';
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
  /** What of the file is not kept or is written otherwise here, a sentence each: it has no bearing on predictions. */
  notes: string[];
}

export interface ModelReader {
  /** Whether this looks like a file (or folder) of this format; reads no more than its beginning. */
  match(path: string): Promise<boolean>;
  /** @throws UnrollError of the catalogue; nothing is half-imported */
  read(path: string): Promise<ImportedModel>;
}

/** A model beyond a limit. @param reason names the limit. @param fix for another reason than a large model */
export const tooLarge = (
  path: string,
  reason: string,
  fix = 'Save it without its optimizer (`include_optimizer=False`), or use a smaller model.',
): UnrollError => new UnrollError('file-too-large', { path, reason, fix });

/** A model that cannot be taken over, and what to do about it. */
export const refuse = (path: string, reason: string, fix: string): UnrollError =>
  new UnrollError('model-unreadable', { path, reason, fix });
