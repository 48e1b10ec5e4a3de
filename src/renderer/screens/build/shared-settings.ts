/** The settings several layers have in common, for one form that changes all of them at once. */
import type { LayerNode } from '../../../shared/graph/graph.ts';
import { findLayer } from '../../../shared/layers/index.ts';
import { fieldsOf, type Field } from '../../forms/fields.ts';

const known = new Map<string, readonly Field[]>();

/** A layer's fields; its schema is read once. */
function fieldsOfType(type: string): readonly Field[] {
  const definition = findLayer(type);
  if (definition === null) return [];
  const fields = known.get(type) ?? fieldsOf(definition.schema, definition.parameters);
  known.set(type, fields);
  return fields;
}

/** The fields all types have, with the same control, in the first one's order. */
export function commonFields(types: readonly string[]): readonly Field[] {
  const [first, ...others] = [...new Set(types)].map(fieldsOfType);
  return (first ?? []).filter(({ key, control }) =>
    others.every((fields) => fields.some((field) => field.key === key && field.control === control)),
  );
}

const valueOf = ({ config }: LayerNode, { key, default: standard }: Field): unknown =>
  config[key] ?? standard;

/** Whether the layers chosen have different values of a setting. */
export function differs(nodes: readonly LayerNode[], field: Field): boolean {
  return new Set(nodes.map((node) => JSON.stringify(valueOf(node, field)))).size > 1;
}

/** What is set in the first layer; undefined where it is left to its default. */
export function sharedValue(nodes: readonly LayerNode[], field: Field): unknown {
  return nodes[0]?.config[field.key];
}
