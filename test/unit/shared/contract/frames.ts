/** Frames of every shape, for properties and for fuzzing. */
import fc from 'fast-check';
import type { Frame } from '../../../../src/shared/contract/codec.ts';

const typedArray = fc.oneof(
  fc.uint8Array(),
  fc.int8Array(),
  fc.uint16Array(),
  fc.int16Array(),
  fc.uint32Array(),
  fc.int32Array(),
  fc.float32Array(),
  fc.float64Array(),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, NaN, Infinity, -Infinity, -0),
    fc.double(),
    fc.integer(),
    fc.string({ unit: 'binary' }),
    typedArray,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$', 'value', 'at', 'bytes')), tie('value'), {
      maxKeys: 4,
    }),
  ),
}));
export const frame = fc.oneof(
  fc.record({ id: fc.nat(), method: fc.string(), input: value }),
  fc.record({ id: fc.nat(), output: value }),
  fc.record({ event: fc.string(), payload: value }),
) as fc.Arbitrary<Frame>;

/** fast-check's dictionaries may have no prototype; what a value is made of counts here, not where it came from. */
export const plain = (any: unknown): unknown => {
  if (typeof any !== 'object' || any === null || ArrayBuffer.isView(any)) return any;
  if (Array.isArray(any)) return any.map(plain);
  return Object.fromEntries(Object.entries(any).map(([key, item]) => [key, plain(item)]));
};
