/** Which layers a layer of a functional model reads, in the two forms Keras wrote it. */
import { isObject, Unknown } from './keras-parameters.ts';

/** Arguments of a call that change nothing when they are None or off. */
const HARMLESS = ['training', 'mask'];

/** What a layer is called with. */
export interface Call {
  /** Names of the layers it reads. */
  inputs: string[];
  /** The operation whose result masks its steps, where Keras 3 wrote one. */
  mask: string | null;
}

/** @throws Unknown for a layer used twice, several outputs of one layer, and other tensors */
export function inboundCall(inbound: unknown): Call {
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
  return { inputs, mask: isTensor(mask) ? fromTensor(mask) : null };
}

const isTensor = (value: unknown): boolean => isObject(value) && value.class_name === '__keras_tensor__';

function fromTensor(tensor: unknown): string {
  const history = isObject(tensor) && isObject(tensor.config) ? tensor.config.keras_history : undefined;
  return fromTuple(history);
}

/**
 * Keras 3 writes the mask that an Embedding makes of ids as an operation of its own: ids that are not 0.
 * @returns the Input whose ids these are; null for any other operation
 */
export function maskedInput(className: string, inbound: unknown): string | null {
  const [node, more] = Array.isArray(inbound) ? (inbound as unknown[]) : [];
  if (className !== 'NotEqual' || more !== undefined || !isObject(node) || !Array.isArray(node.args))
    return null;
  const [tensor, value] = node.args as unknown[];
  return value === 0 && node.args.length === 2 && isTensor(tensor) ? fromTensor(tensor) : null;
}

/** Keras 2 and tfjs: `["embedding", 0, 0, {}]` for each tensor, or one such list alone. */
function fromTuples(node: unknown[]): string[] {
  const tuples = typeof node[0] === 'string' ? [node] : node;
  return tuples.map((tuple) => {
    const kwargs = Array.isArray(tuple) ? (tuple[3] as unknown) : undefined;
    if (isObject(kwargs) && Object.keys(kwargs).some((name) => !HARMLESS.includes(name)))
      throw new Unknown(`it is called with ${Object.keys(kwargs).join(', ')}`);
    return fromTuple(tuple);
  });
}

function fromTuple(tuple: unknown): string {
  const [name, node, tensor] = (Array.isArray(tuple) ? tuple : []) as unknown[];
  if (typeof name !== 'string') throw new Unknown('its connections are not as Keras writes them');
  if (node !== 0 || tensor !== 0)
    throw new Unknown(`it reads the output ${String(tensor)} of the ${String(node)}th use of ${name}`);
  return name;
}
