import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readModelFile } from '../../../../src/shared/graph/model-file.ts';
import { templates } from '../../../../src/shared/graph/templates.ts';
import { UnrollError } from '../../../../src/shared/errors.ts';
import { graphOf, node, twoBranches } from './graphs.ts';
import { longModel } from './long-model.ts';

function refusal(text: string): string {
  try {
    readModelFile(text, 'model.json');
  } catch (error) {
    if (!(error instanceof UnrollError)) throw error;
    expect(error.code).toBe('model-invalid');
    return `${error.message} ${error.hint}`;
  }
  throw new Error('it was read');
}

describe('a model file', () => {
  it('gives back what was saved', () => {
    for (const graph of [twoBranches, ...templates.map((template) => template.graph)])
      expect(readModelFile(JSON.stringify(graph), 'model.json')).toEqual(graph);
  });

  it.each([
    ['that is not JSON', '{"format":', 'not JSON'],
    ['of another kind', '{"class_name":"Sequential"}', 'not an Unroll model file'],
    ['that is null', 'null', 'not an Unroll model file'],
    ['of a newer version', JSON.stringify({ ...twoBranches, version: 2 }), 'newer Unroll'],
    ['of no version', JSON.stringify({ ...twoBranches, version: undefined }), 'version'],
    [
      'with a layer unknown here',
      JSON.stringify(graphOf(node('x', 'Conv9D', {}))),
      'layer x has the unknown type Conv9D',
    ],
    [
      'with a circle',
      JSON.stringify(graphOf(node('a', 'Flatten', {}, 'b'), node('b', 'Flatten', {}, 'a'))),
      'circle',
    ],
    [
      'with a layer that reads itself',
      JSON.stringify(graphOf(node('a', 'Flatten', {}, 'a'))),
      'its layers read one another in a circle',
    ],
    [
      'with two layers of a name',
      JSON.stringify(graphOf(node('a', 'Flatten', {}), node('a', 'Flatten', {}))),
      'two of its layers are named a',
    ],
    ['without layers', JSON.stringify({ ...twoBranches, nodes: 3 }), 'nodes'],
  ])('%s is refused in words', (_, text, words) => {
    expect(refusal(text)).toContain(words);
  });

  it('with too many layers is refused before they are looked at', () => {
    const nodes = Array.from({ length: 10_000 }, () => null);
    expect(refusal(JSON.stringify({ ...twoBranches, nodes }))).toContain(
      '10000 layers, at most 2000 are read',
    );
  });

  it('with as many layers as are read is read in a moment', () => {
    const began = performance.now();
    expect(readModelFile(JSON.stringify(longModel(2000)), 'model.json').nodes).toHaveLength(2000);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('of any content is read or refused, never half', () => {
    const whole = JSON.stringify(twoBranches);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.nat(whole.length - 1).map((end) => whole.slice(0, end)),
        ),
        (text) => {
          expect(refusal(text)).not.toBe('');
        },
      ),
    );
  });
});
