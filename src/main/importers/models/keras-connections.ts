/** Which layers a layer of a model reads, in the forms Keras wrote it. */
import type { Call, Connected, Entry, Tensor } from './keras-entry.ts';
import { outputsOf, RECURRENT } from './keras-outputs.ts';
import { Unknown } from './keras-parameters.ts';
import { isObject } from './keras-values.ts';

/** Arguments of a call that change nothing when they are None or off. */
const HARMLESS = ['training', 'mask'];

/** @throws Unknown for a layer used twice, and other tensors */
function inboundCall(inbound: unknown): Call {
  if (!Array.isArray(inbound) || inbound.length === 0) return { inputs: [], mask: null };
  if (inbound.length > 1) throw new Unknown('it is used in several places with the same weights');
  const [node] = inbound as unknown[];
  if (isObject(node)) return fromCall(node.args, node.kwargs);
  if (Array.isArray(node)) return { inputs: fromTuples(node), mask: null };
  throw new Unknown('its connections are not as Keras writes them');
}

/** Keras 3: the arguments of the layer's call. */
function fromCall(args: unknown, kwargs: unknown): Call {
  const { mask, ...rest } = isObject(kwargs) ? kwargs : {};
  const others = Object.entries(isTensor(mask) ? rest : { ...rest, mask: mask ?? null });
  const used = others.find(
    ([name, value]) => !(HARMLESS.includes(name) && (value === null || value === false)),
  );
  if (used) throw new Unknown(`it is called with ${used[0]}`);
  if (!Array.isArray(args) || args.length !== 1) throw new Unknown('it is called with more than its input');
  const inputs = [args[0]].flat().map(fromTensor);
  return { inputs, mask: isTensor(mask) ? fromTensor(mask).layer : null };
}

const isTensor = (value: unknown): boolean => isObject(value) && value.class_name === '__keras_tensor__';

const historyOf = (tensor: unknown): unknown =>
  isObject(tensor) && isObject(tensor.config) ? tensor.config.keras_history : undefined;

const fromTensor = (tensor: unknown): Tensor => fromTuple(historyOf(tensor));

/** What the one call of a Keras 3 operation is given: tensors, also in a list of them, and other values. */
export function operands(inbound: unknown): (Tensor | { value: unknown })[] {
  const [node, more] = Array.isArray(inbound) ? (inbound as unknown[]) : [];
  if (more !== undefined || !isObject(node) || !Array.isArray(node.args)) return [];
  return node.args
    .flat()
    .map((value: unknown) => (isTensor(value) ? tensorOf(historyOf(value)) : null) ?? { value });
}

/** Keras 2 and tfjs: `["embedding", 0, 0, {}]` for each tensor, or one such list alone. */
function fromTuples(node: unknown[]): Tensor[] {
  const tuples = typeof node[0] === 'string' ? [node] : node;
  return tuples.map((tuple) => {
    const kwargs = Array.isArray(tuple) ? (tuple[3] as unknown) : undefined;
    if (isObject(kwargs) && Object.keys(kwargs).some((name) => !HARMLESS.includes(name)))
      throw new Unknown(`it is called with ${Object.keys(kwargs).join(', ')}`);
    return fromTuple(tuple);
  });
}

function fromTuple(tuple: unknown): Tensor {
  const found = tensorOf(tuple);
  if (!found) throw new Unknown('its connections are not as Keras writes them');
  if (found.use !== 0) throw new Unknown(`it reads the ${String(found.use)}th use of ${found.layer}`);
  return found;
}

function tensorOf(tuple: unknown): (Tensor & { use: unknown }) | null {
  const [layer, use, output] = (Array.isArray(tuple) ? tuple : []) as unknown[];
  return typeof layer === 'string' && Number.isInteger(output)
    ? { layer, use, output: Number(output) }
    : null;
}

/** A layer of a functional model with what it reads. @throws Unknown */
export function connected(entry: Entry): Connected {
  const call = inboundCall(entry.inbound);
  wantNoState(entry, call);
  return { ...entry, call, half: null };
}

/** A layer of a Sequential reads all outputs of the one before it. @throws Unknown */
export function chained(entry: Entry, before: Entry | undefined): Connected {
  const inputs = before ? outputsOf(before).map((_, output) => ({ layer: before.name, output })) : [];
  const call = { inputs, mask: null };
  wantNoState(entry, call);
  return { ...entry, call, half: null };
}

/** Keras takes what a recurrent layer reads behind its input as the state it begins with. */
function wantNoState({ className }: Entry, { inputs }: Call): void {
  if (inputs.length > 1 && [...RECURRENT, 'Bidirectional'].includes(className))
    throw new Unknown('it is called with initial_state');
}

/** The outputs of a functional model, from what its file says of them. */
export function modelOutputs(output_layers: unknown): Tensor[] {
  const list = Array.isArray(output_layers) ? (output_layers as unknown[]) : [];
  const tuples = typeof list[0] === 'string' ? [list] : list;
  return tuples.flatMap((tuple) => tensorOf(tuple) ?? []);
}
