/**
 * The Python code, run by Keras itself where UNROLL_TEST_PYTHON names a Python with Keras 3; without it nothing here runs,
 * and that is said.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { analyse, requireValid } from '../../../../src/shared/graph/analyse.ts';
import { compileFor, pythonCode } from '../../../../src/shared/graph/code.ts';
import { renameNode } from '../../../../src/shared/graph/edit.ts';
import type { ModelGraph } from '../../../../src/shared/graph/graph.ts';
import { templates } from '../../../../src/shared/graph/templates.ts';
import { Model } from '../../../../src/training/model.ts';
import { ODD_NAMES, twoBranches } from './graphs.ts';
import { soundGraph } from './random-graphs.ts';

const python = process.env.UNROLL_TEST_PYTHON;
if (!python)
  console.warn(
    'SKIPPED: UNROLL_TEST_PYTHON names no Python with Keras 3, so no generated code was run by Keras.',
  );

interface Asked {
  code: string;
  /** By layer: shape and values of each array. */
  weights?: Record<string, [shape: readonly number[], values: number[]][]>;
  input?: unknown;
}
interface Built {
  parameters: number;
  loss: string;
  shapes: Record<string, (number | null)[]>;
  /** Null where it is not finite: an exponential may grow without bound. */
  output?: (number | null)[][];
}

function build(models: readonly Asked[]): Built[] {
  const script = join(import.meta.dirname, 'build_models.py');
  const { status, stdout, stderr } = spawnSync(python!, [script], {
    input: JSON.stringify(models),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Built[];
}

const codeOf = (graph: ModelGraph): string => pythonCode(graph, compileFor(graph));

it.skipIf(!python)(
  'every template has the parameters Keras counts, and its loss',
  { timeout: 180_000 },
  () => {
    const built = build(templates.map(({ graph }) => ({ code: codeOf(graph) })));
    built.forEach(({ parameters, loss }, i) => {
      const { graph, name } = templates[i]!;
      expect([name, parameters, loss]).toEqual([
        name,
        requireValid(graph).parameters,
        compileFor(graph).loss,
      ]);
    });
  },
);

it.skipIf(!python)('Keras builds a model whatever its layers are named', { timeout: 180_000 }, () => {
  const graphs = ODD_NAMES.map((name) => renameNode(twoBranches, 'lstm', name));
  const built = build(graphs.map((graph) => ({ code: codeOf(graph) })));
  const stated = ODD_NAMES.map((name) => name.replaceAll('/', '_'));
  expect(built.map(({ shapes }, i) => shapes[stated[i]!])).toEqual(stated.map(() => [null, 8]));
});

/** The graph with random weights and an input, and what our own layers make of it. */
function example(graph: ModelGraph): Asked & { output: number[][] } {
  const { nodes } = analyse(graph);
  const model = new Model(graph, 7);
  const weights: NonNullable<Asked['weights']> = {};
  for (const { name, variable } of model.weights) {
    variable.assign(tf.randomUniform(variable.shape, -0.7, 0.7, 'float32', name.length));
    const layer = name.slice(0, name.indexOf('/'));
    (weights[layer] ??= []).push([variable.shape, [...variable.dataSync()]]);
  }
  const [, ...shape] = nodes.get('input')!.shape! as number[];
  const ids = graph.nodes[0]!.config.dtype === 'int32';
  const size = 3 * shape.reduce((product, one) => product * one, 1);
  // Some ids are 0, so that masks have something to skip.
  const data = Array.from({ length: size }, (_, i) => (ids ? (i * 7) % 9 : Math.sin(i)));
  const input = tf.tensor(
    ids ? data.map((id) => (id > 5 ? 0 : id)) : data,
    [3, ...shape],
    ids ? 'int32' : 'float32',
  );
  const output = tf.tidy(() => model.run(input, null).output.arraySync());
  const asked = { code: codeOf(graph), weights, input: input.arraySync(), output };
  input.dispose();
  model.dispose();
  return asked;
}

it.skipIf(!python)(
  '200 random models have the parameters and shapes Keras gives them, and the first 50 compute the same',
  { timeout: 180_000 },
  async () => {
    await tf.setBackend('cpu');
    const graphs = fc.sample(soundGraph, { numRuns: 200, seed: 5 });
    const examples = graphs.slice(0, 50).map(example);
    const built = build([...examples, ...graphs.slice(50).map((graph) => ({ code: codeOf(graph) }))]);
    built.forEach(({ parameters, shapes }, i) => {
      const { nodes, parameters: ours } = requireValid(graphs[i]!);
      expect(parameters, codeOf(graphs[i]!)).toBe(ours);
      for (const [name, shape] of Object.entries(shapes))
        expect(shape, `${name} of ${codeOf(graphs[i]!)}`).toEqual(
          (nodes.get(name) ?? nodes.get(name.replace(/_layer$/, '')))?.shape,
        );
    });
    const compared = examples.map(({ output, code }, i) => {
      const pairs = output.flat().map((ours, j) => [ours, built[i]!.output!.flat()[j]!] as const);
      const finite = pairs.filter((pair) => pair.every((value) => value !== null && Number.isFinite(value)));
      for (const [ours, theirs] of finite) expect(Math.abs(ours - theirs), code).toBeLessThan(2e-5);
      return finite.length;
    });
    expect(compared.filter((values) => values > 0).length).toBeGreaterThan(45);
  },
);
