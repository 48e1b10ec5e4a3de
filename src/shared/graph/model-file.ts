/** Reading a model from a JSON file: all of it is understood, or nothing is taken. */
import { UnrollError } from '../errors.ts';
import { complaint } from '../issue-words.ts';
import { findLayer, layerDefinitions } from '../layers/index.ts';
import { modelGraphSchema, type ModelGraph } from './graph.ts';
import { nodesById, topologicalOrder } from './order.ts';

const refuse = (name: string, reason: string, fix: string): UnrollError =>
  new UnrollError('model-invalid', { name, reason, fix });

/**
 * @param name what to call the file in a message
 * @throws UnrollError `model-invalid` for text that is no model, a newer format, too many or unknown layers, two of a
 * name, or a circle
 */
export function readModelFile(text: string, name: string): ModelGraph {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw refuse(name, 'it is not JSON', 'Give a model saved by Unroll, or a built-in model by name.');
  }
  const { format, version, nodes } = (content ?? {}) as Record<string, unknown>;
  if (format !== 'unroll-model')
    throw refuse(name, 'it is not an Unroll model file', 'Save a model in Unroll and use that file.');
  if (typeof version === 'number' && version > 1)
    throw refuse(name, `it has format ${version}, this Unroll reads 1`, 'Open it with a newer Unroll.');
  if (Array.isArray(nodes) && nodes.length > 2000)
    throw refuse(name, `it has ${nodes.length} layers, at most 2000 are read`, 'Use a smaller model.');
  const parsed = modelGraphSchema.safeParse(content);
  if (!parsed.success) {
    const { path, reason } = complaint(parsed.error);
    throw refuse(name, `${path}: ${reason.replace(/\.$/, '')}`, 'Correct the file and try again.');
  }
  const unknown = parsed.data.nodes.find(({ type }) => !findLayer(type));
  if (unknown) {
    const known = layerDefinitions.map(({ type }) => type).join(', ');
    throw refuse(name, `layer ${unknown.id} has the unknown type ${unknown.type}`, `Use one of ${known}.`);
  }
  const byId = nodesById(parsed.data);
  const twice = parsed.data.nodes.find((node) => byId.get(node.id) !== node);
  if (twice) throw refuse(name, `two of its layers are named ${twice.id}`, 'Rename one of them.');
  if (topologicalOrder(byId).length < byId.size)
    throw refuse(name, 'its layers read one another in a circle', 'Remove one connection of the circle.');
  return parsed.data;
}
