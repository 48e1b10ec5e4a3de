/** Shape rules several layers share, and the words for a shape that does not fit. */
import type { Shape } from '../graph/graph.ts';
import type { ShapeProblem, ShapeResult } from './layer.ts';

/** A shape as Keras prints it: `(None, 500, 32)`. */
export function showShape(shape: Shape): string {
  const sizes = shape.map((size) => size ?? 'None').join(', ');
  return `(${sizes}${shape.length === 1 ? ',' : ''})`;
}

export const fits = (shape: Shape): ShapeResult => ({ ok: true, shape });
export const misfits = (message: string, fix: string, settings?: ShapeProblem['settings']): ShapeResult => ({
  ok: false,
  problem: { message, fix, ...(settings && { settings }) },
});

/** Numbers of one example; a length that is not known counts once. */
export function sizeOf(shape: Shape): number {
  return shape.slice(1).reduce<number>((product, size) => product * (size ?? 1), 1);
}

/** What a layer says that needs (batch, time, features) and receives something else; null when it fits. */
export function sequenceProblem(type: string, input: Shape): ShapeProblem | null {
  if (input.length === 3 && input[2] !== null) return null;
  return {
    message: `${type} reads a sequence of vectors (batch, time, features) but receives ${showShape(input)}.`,
    fix: 'Put an Embedding in front of word ids, or let the layer before return whole sequences.',
    needs: 'sequence',
  };
}

/** The rule of layers that change nothing but values. */
export function sameShape(_config: object, [input]: readonly Shape[]): ShapeResult {
  return fits(input!);
}
