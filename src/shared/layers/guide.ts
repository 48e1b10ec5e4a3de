/** A layer as the guide shows it: with a typical configuration, on a typical input. */
import type { NodeAnalysis } from '../graph/analyse.ts';
import type { Shape } from '../graph/graph.ts';
import type { LayerDefinition } from './layer.ts';

/** Of 500 steps with 32 features each, as after the lecture's embedding; what takes no sequences has its own. */
const SEQUENCE: Shape = [null, 500, 32];
const OTHER_INPUTS: Readonly<Record<string, Shape>> = { Embedding: [null, 500], Dense: [null, 32] };

/** The layer on a typical input, as `analyse` gives it in a model. */
export function typicalLayer(definition: LayerDefinition): NodeAnalysis {
  const config = definition.schema.parse(definition.start ?? {});
  const shape = OTHER_INPUTS[definition.type] ?? SEQUENCE;
  const inputShapes = Array.from({ length: definition.inputs.min }, () => shape);
  const result = definition.shape(config, inputShapes);
  const weights = definition.weights(config, inputShapes);
  return {
    definition,
    config,
    inputShapes,
    shape: result.ok ? result.shape : null,
    weights,
    parameters: weights.reduce(
      (sum, { shape: size }) => sum + size.reduce((product, n) => product * n, 1),
      0,
    ),
    multiplyAdds: definition.multiplyAdds(config, inputShapes),
    masked: false,
  };
}
