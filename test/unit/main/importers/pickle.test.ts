import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLists, readNumbers } from '../../../../src/main/importers/npy.ts';
import { DamagedPickle, readPickledLists, UnsafePickle } from '../../../../src/main/importers/pickle.ts';
import { readZip } from '../../../../src/main/importers/zip.ts';
import { UnrollError } from '../../../../src/shared/errors.ts';
import { fixtures } from './reading.ts';

/** `numpy.core.multiarray._reconstruct(numpy.ndarray, (0,), b'b')` and the state of an object array of these items. */
function pickleOf(items: Buffer[]): Buffer {
  const text = (words: string) => Buffer.from(words, 'latin1');
  return Buffer.concat([
    text('\x80\x03cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R'),
    text('(K\x01K\x00\x85cnumpy\ndtype\nX\x02\x00\x00\x00O8\x89\x88\x87R\x89]('),
    ...items,
    text('etb.'),
  ]);
}

function listOf(numbers: number[]): Buffer {
  const opcodes = numbers.map((number) => {
    if (number >= 0 && number < 256) return Buffer.of(0x4b, number);
    if (number >= 0 && number < 65536) return Buffer.of(0x4d, number & 255, number >> 8);
    const four = Buffer.alloc(5, 'J');
    four.writeInt32LE(number, 1);
    return four;
  });
  return Buffer.concat([Buffer.from(']('), ...opcodes, Buffer.from('e')]);
}

const lists = fc.array(fc.array(fc.oneof(fc.nat(255), fc.nat(65535), fc.integer()), { maxLength: 20 }), {
  maxLength: 9,
});
const readings = (bytes: Buffer) => readPickledLists(bytes).map((list) => [...list]);

describe('the pickle reader', () => {
  it('reads lists of any whole numbers of 32 bits', () => {
    fc.assert(
      fc.property(lists, (own) => {
        expect(readings(pickleOf(own.map(listOf)))).toEqual(own);
      }),
    );
  });

  it('reads numbers in every form Python writes them', () => {
    const forms = Buffer.from(
      '](K\x07M\x01\x02J\xff\xff\xff\xff\x8a\x00\x8a\x02\x00\x80I12\nL34L\ne',
      'latin1',
    );
    expect(readings(pickleOf([forms]))).toEqual([[7, 513, -1, 0, -32768, 12, 34]]);
  });

  it('refuses every pickle that ends too early', () => {
    const whole = pickleOf([[1, 300, 70000], [], [5]].map(listOf));
    for (let length = 0; length < whole.length; length++) {
      expect(() => readPickledLists(whole.subarray(0, length))).toThrow(DamagedPickle);
    }
  });

  it('refuses any bytes with one of its own errors, or reads them: nothing else can happen', () => {
    const whole = pickleOf([[1, 300, 70000], [2]].map(listOf));
    const opcodes = [...Buffer.from('(]ltaeKMJNXCUqhcR\x93b\x85\x86\x87\x94.\x8a\x95\x80jrIL', 'latin1')];
    const change = fc.tuple(fc.nat(whole.length - 1), fc.oneof(fc.nat(255), fc.constantFrom(...opcodes)));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          readPickledLists(bytes);
        } catch (error) {
          expect(error instanceof DamagedPickle || error instanceof UnsafePickle).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['a function of another module', 'cos\nsystem\n(X\x02\x00\x00\x00lstR.'],
    ['a function named by two strings', '\x8c\x02os\x8c\x06system\x93.'],
    ['a builtin', 'cbuiltins\neval\n.'],
    ['an instance', '(ios\nsystem\n.'],
    ['an object of a class', 'cnumpy\nndarray\n)\x81.'],
    ['a persistent name', 'P1\n.'],
    ['an extension', '\x82\x01.'],
    ['a call of the array class', 'cnumpy\nndarray\n)R.'],
  ])('refuses %s', (_, pickle) => {
    expect(() => readPickledLists(Buffer.from(pickle, 'latin1'))).toThrow(UnsafePickle);
  });

  it.each([
    ['a number too large for a rank', '\x8a\x05\x00\x00\x00\x00\x01'],
    ['a word', 'X\x01\x00\x00\x00a'],
    ['a list in a list', ']'],
  ])('refuses a list holding %s', (_, value) => {
    const list = Buffer.from(`](${value}e`, 'latin1');
    expect(() => readPickledLists(pickleOf([list]))).toThrow(DamagedPickle);
  });

  it('refuses a name that is no text', () => {
    const pickle = Buffer.from('](NeX\x01\x00\x00\x00a\x93.', 'latin1');
    expect(() => readPickledLists(pickle)).toThrow(DamagedPickle);
  });

  it('refuses a list that holds itself, and one named too often', () => {
    expect(() => readPickledLists(pickleOf([Buffer.from(']q\x00h\x00a', 'latin1')]))).toThrow(DamagedPickle);
    const long = Buffer.concat([listOf(new Array(30000).fill(1)), Buffer.from('q\x00', 'latin1')]);
    const again = Buffer.alloc(2 * 3000, Buffer.from('h\x00', 'latin1'));
    expect(() => readPickledLists(pickleOf([long, again]))).toThrow(DamagedPickle);
  });
});

describe('an .npy array', () => {
  const file = (bytes: Buffer) => ({ path: 'some.npz', entry: 'y_train.npy', bytes });
  const read = async (entry: string) => {
    const entries = await readZip(join(fixtures, 'protocol3.npz'), [entry]);
    return entries.get(entry) as Buffer;
  };

  it('of numbers is read whatever its version', async () => {
    const bytes = await read('y_train.npy');
    const numbers = Array.from({ length: 20 }, (_, index) => index % 2);
    expect(readNumbers(file(bytes))).toEqual(numbers);
    const header = bytes.subarray(10, 10 + bytes.readUInt16LE(8));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(header.length);
    const second = Buffer.concat([Buffer.from('\x93NUMPY\x02\x00', 'latin1'), length, bytes.subarray(10)]);
    expect(readNumbers(file(second))).toEqual(numbers);
  });

  it('cut off or changed is refused in the words of the catalogue', async () => {
    const [numbers, sequences] = [await read('y_train.npy'), await read('x_train.npy')];
    for (const length of [0, 5, 9, 40, numbers.length - 1]) {
      expect(() => readNumbers(file(numbers.subarray(0, length)))).toThrow(UnrollError);
    }
    expect(() => readLists(file(numbers))).toThrow(expect.objectContaining({ code: 'file-malformed' }));
    expect(() => readNumbers(file(sequences))).toThrow(expect.objectContaining({ code: 'file-malformed' }));
    expect(() => readNumbers(file(readFileSync(join(fixtures, 'expected.json'))))).toThrow(UnrollError);
  });

  it('with fewer sequences than it announces is refused', async () => {
    const bytes = await read('x_train.npy');
    bytes[bytes.indexOf('(20,)') + 1] = '3'.charCodeAt(0);
    expect(() => readLists(file(bytes))).toThrow(expect.objectContaining({ code: 'file-damaged' }));
  });
});
