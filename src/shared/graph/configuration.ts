/** What is wrong with a layer's parameters, in words. */
import type { z } from 'zod';
import { issueWords } from '../issue-words.ts';
import type { LayerDefinition } from '../layers/layer.ts';
import type { LayerNode, ModelGraph } from './graph.ts';
import type { Problem, Repair } from './problem.ts';
import { setting } from './repairs.ts';

/** @param issue the first thing the layer's schema found */
export function configurationProblem(
  node: LayerNode,
  definition: LayerDefinition,
  issue: z.core.$ZodIssue,
): Problem {
  const { type, parameters } = definition;
  const name = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(parameters).join(', ');
    const unknown = issue.keys.join(', ');
    const fix = known ? `Remove it; ${type} knows ${known}.` : `Remove it; ${type} has no parameters.`;
    const message = `${type} has no parameter ${[name, unknown].filter(Boolean).join('.')}.`;
    return {
      node: node.id,
      message,
      fix,
      repairs: issue.path.length === 0 ? [forgetting(node, issue.keys)] : [],
    };
  }
  const repairs = standardValue(node, definition, String(issue.path[0] ?? ''));
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined'))
    return { node: node.id, message: `${name} of ${type} is missing.`, fix: `Set ${name}.`, repairs };
  const message = `${name} of ${type} ${issueWords(issue)}.`;
  return { node: node.id, message, fix: fixFor(issue, name || 'its parameters'), repairs };
}

/** What to do about a value, to follow what it must be. */
function fixFor(issue: z.core.$ZodIssue, name: string): string {
  const isNumber = 'origin' in issue && (issue.origin === 'number' || issue.origin === 'int');
  if (isNumber && issue.code === 'too_big') return `Choose a smaller value for ${name}.`;
  if (isNumber && issue.code === 'too_small') return `Choose a larger value for ${name}.`;
  return `Give ${name} such a value.`;
}

/** Takes settings away that the layer does not know. */
function forgetting({ id }: LayerNode, names: readonly string[]): Repair {
  const known = (config: LayerNode['config']): LayerNode['config'] =>
    Object.fromEntries(Object.entries(config).filter(([name]) => !names.includes(name)));
  return {
    label: `Remove ${names.join(' and ')} from ${id}`,
    change: (graph: ModelGraph) => ({
      ...graph,
      nodes: graph.nodes.map((node) => (node.id === id ? { ...node, config: known(node.config) } : node)),
    }),
  };
}

/** The default, or where Keras has none, what a new layer begins with. */
function standardValue(
  { id, config }: LayerNode,
  { schema, start }: LayerDefinition,
  name: string,
): Repair[] {
  const { [name]: _wrong, ...others } = config;
  const isFine = (value: LayerNode['config']): boolean =>
    schema.safeParse(value).error?.issues.every(({ path }) => path[0] !== name) ?? true;
  if (isFine(others)) return [setting(id, { [name]: undefined })];
  return start && name in start ? [setting(id, { [name]: start[name] })] : [];
}
