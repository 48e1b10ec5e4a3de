/**
 * Masks as Keras 3 writes them into a functional model: an operation on the ids, given to every layer that skips steps. Here an
 * Embedding with mask_zero makes the mask and layers hand it on, so the file must say just that.
 */
import type { GraphAnalysis } from '../../../shared/graph/analyse.ts';
import type { ModelGraph } from '../../../shared/graph/graph.ts';
import { maskedInput } from './keras-connections.ts';
import { OTHER_LAYERS, type Connected, type Entry } from './keras-entry.ts';
import { refuse } from './model-importer.ts';

/** The layers, and what the file has of masks: the Input whose ids each operation compares with 0, by the operation's name. */
export function withoutMasks(written: readonly Entry[]): { entries: Entry[]; masks: Map<string, string> } {
  const masks = new Map<string, string>();
  const entries = written.filter(({ className, name, inbound }) => {
    const input = maskedInput(className, inbound);
    if (input !== null) masks.set(name, input);
    return input === null;
  });
  return { entries, masks };
}

/** Classes that Keras gives the mask to. */
const SKIPPING = ['SimpleRNN', 'LSTM', 'GRU', 'RNN', 'Bidirectional', 'GlobalAveragePooling1D'];

interface Masked {
  entries: readonly Connected[];
  masks: ReadonlyMap<string, string>;
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
