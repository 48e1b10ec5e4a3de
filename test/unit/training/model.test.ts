import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { requireValid } from '../../../src/shared/graph/analyse.ts';
import { Model } from '../../../src/training/model.ts';
import { soundGraph } from '../shared/graph/random-graphs.ts';

it('any sound graph, built and run, has the parameters and the output its analysis says', async () => {
  await tf.setBackend('cpu');
  fc.assert(
    fc.property(soundGraph, (graph) => {
      const { nodes, output, parameters } = requireValid(graph);
      const [, ...shape] = nodes.get('input')!.shape!;
      const built = new Model(graph, 1);
      expect(built.parameters).toBe(parameters);
      const specs = [...nodes].flatMap(([id, { weights }]) =>
        weights.map((spec) => [`${id}/${spec.name}`, spec.shape]),
      );
      expect(built.weights.map(({ name, variable }) => [name, variable.shape])).toEqual(specs);
      const given = tf.ones(
        [2, ...(shape as number[])],
        graph.nodes[0]!.config.dtype === 'int32' ? 'int32' : 'float32',
      );
      const { output: result } = built.run(given, null);
      expect(result.shape).toEqual([2, ...nodes.get(output!)!.shape!.slice(1)]);
      tf.dispose([given, result]);
      built.dispose();
    }),
    { numRuns: 100 },
  );
});
