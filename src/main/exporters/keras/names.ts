import { UnrollError } from '../../../shared/errors.ts';
import type { ModelGraph } from '../../../shared/graph/graph.ts';

/** @throws UnrollError `export-unsupported` for a layer's name that Keras refuses */
export function requireKerasNames({ nodes }: ModelGraph, format: string): void {
  const wrong = nodes.find(({ id }) => id.includes('/'));
  if (wrong)
    throw new UnrollError('export-unsupported', {
      layer: wrong.id,
      format,
      reason: 'Keras allows no / in names',
    });
}
