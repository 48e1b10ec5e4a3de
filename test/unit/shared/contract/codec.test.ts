import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeFrame, encodeFrame } from '../../../../src/shared/contract/codec.ts';
import { UnrollError } from '../../../../src/shared/errors.ts';
import { frame, plain } from './frames.ts';

test('a frame is read as it was written, typed arrays and special numbers included', () => {
  fc.assert(
    fc.property(frame, (sent) => {
      expect(decodeFrame(encodeFrame(sent))).toStrictEqual(plain(sent));
    }),
  );
});

test('a frame is read from the middle of a larger buffer', () => {
  fc.assert(
    fc.property(frame, fc.nat(17), (sent, offset) => {
      const bytes = encodeFrame(sent);
      const larger = new Uint8Array(bytes.length + offset + 5);
      larger.set(bytes, offset);
      expect(decodeFrame(larger.subarray(offset, offset + bytes.length))).toStrictEqual(plain(sent));
    }),
  );
});

test('a Node Buffer arrives as the Uint8Array it is', () => {
  const sent = { id: 1, output: Buffer.from('abc') };
  expect(decodeFrame(encodeFrame(sent))).toStrictEqual({ id: 1, output: new Uint8Array([97, 98, 99]) });
});

test('any other bytes are refused with one clear error, never anything worse', () => {
  const text = (json: string) => {
    const bytes = new TextEncoder().encode(`....${json}`);
    new DataView(bytes.buffer).setUint32(0, bytes.length - 4, true);
    return bytes;
  };
  const bad = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    frame.map((sent) => encodeFrame(sent).slice(0, 5)),
    fc.json().map(text),
    fc.constantFrom(
      text('{"id":1,"output":{"$":"Float64Array","at":0,"bytes":64}}'),
      text('{"id":1,"output":{"$":"Float64Array","at":-8,"bytes":8}}'),
      text('{"id":1,"output":{"$":"constructor","at":0,"bytes":0}}'),
      text('{"id":1,"output":{"$":"number","value":"toString"}}'),
      text(`{"id":1,"output":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
    ),
  );
  fc.assert(
    fc.property(bad, (bytes) => {
      try {
        decodeFrame(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(UnrollError);
        expect((error as UnrollError).code).toBe('input-invalid');
      }
    }),
    { numRuns: 500 },
  );
  expect(() => decodeFrame(text('{"id":1,"output":{"$":"Float64Array","at":0,"bytes":64}}'))).toThrow(
    'outside the frame',
  );
});
