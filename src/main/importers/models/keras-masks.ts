/**
 * Masks as Keras 3 writes them into a functional model: an operation on the ids, given to every layer that skips steps. Here an
 * Embedding with mask_zero makes the mask and layers hand it on, so the file must say just that.
 */
import type { GraphAnalysis } from '../../../shared/graph/analyse.ts';
import type { ModelGraph } from '../../../shared/graph/graph.ts';
import { operands } from './keras-connections.ts';
import { OTHER_LAYERS, type Connected, type Entry } from './keras-entry.ts';
import { refuse } from './model-importer.ts';

/**
 * The layers without the operations on masks, and what those are: the Input whose ids each compares with 0, by the operation's
 * name, and null for one that masks every step.
 */
export function withoutMasks(written: readonly Entry[]): {
  entries: Entry[];
  masks: Map<string, string | null>;
} {
  const masks = new Map<string, string | null>();
  const entries = written.filter((entry) => {
    const mask = maskOf(entry, masks);
    if (mask !== undefined) masks.set(entry.name, mask);
    return mask === undefined;
  });
  return { entries, masks };
}

function maskOf(
  { className, config, inbound }: Entry,
  masks: ReadonlyMap<string, string | null>,
): string | null | undefined {
  const read = operands(inbound);
  if (className === 'NotEqual') {
    const [ids, zero] = read;
    const isMask = read.length === 2 && ids && 'layer' in ids && zero && 'value' in zero && zero.value === 0;
    return isMask ? ids.layer : undefined;
  }
  if (className === 'ZerosLike') return null;
  if (!joins(className, config)) return undefined;
  const known = read.map((one) => ('layer' in one ? masks.get(one.layer) : undefined));
  const made = new Set(known.filter((mask) => mask !== null));
  return made.size === 1 ? [...made][0] : undefined;
}

/**
 * Whether an operation on masks of the same ids gives that mask again: Add asks which steps any of its inputs has, Concatenate
 * asks the same after a detour by its inputs' shapes (keras/src/layers/merging). One of these classes is a layer's too, but no
 * layer reads masks as its inputs.
 */
const joins = (className: string, { axis }: Entry['config']): boolean =>
  className === 'LogicalOr' ||
  (['ExpandDims', 'Concatenate', 'Any'].includes(className) && (axis === -1 || axis === 2));

/** Classes that Keras gives the mask to. */
const SKIPPING = ['SimpleRNN', 'LSTM', 'GRU', 'RNN', 'Bidirectional', 'GlobalAveragePooling1D'];

interface Masked {
  entries: readonly Connected[];
  masks: ReadonlyMap<string, string | null>;
  /** The graph's ids by the file's names. */
  ids: ReadonlyMap<string, string>;
  graph: ModelGraph;
  analysis: GraphAnalysis;
  path: string;
}

/** @throws UnrollError `model-unreadable` for a layer whose mask is not the one its Embedding makes */
export function refuseOtherMasks({ entries, masks, ids, graph, analysis, path }: Masked): void {
  if (masks.size === 0) return;
  const sources = maskSources(graph, analysis);
  for (const { name, className, call } of entries) {
    const { inputs, mask } = call;
    if (mask === null && !SKIPPING.includes(className)) continue;
    const input = mask === null ? null : ids.get(masks.get(mask) ?? '');
    const made = new Set(inputs.flatMap(({ layer }) => [...(sources.get(ids.get(layer)!) ?? [])]));
    const agrees = input === null ? made.size === 0 : made.size === 1 && made.has(String(input));
    if (agrees) continue;
    const reason = `the layer ${name} (${className}) has a mask other than the one its Embedding makes`;
    throw refuse(path, reason, OTHER_LAYERS);
  }
}

/** The Inputs whose ids mask the output of each layer. */
function maskSources(graph: ModelGraph, { order, nodes }: GraphAnalysis): Map<string, Set<string>> {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const sources = new Map<string, Set<string>>();
  for (const id of order) {
    const { type, inputs } = byId.get(id)!;
    const makes = type === 'Embedding' && nodes.get(id)!.masked;
    const handedOn = inputs.flatMap((input) => [...(sources.get(input) ?? [])]);
    sources.set(id, new Set(makes ? inputs : nodes.get(id)!.masked ? handedOn : []));
  }
  return sources;
}
