/**
 * Reads the one thing NumPy pickles into an object array's .npy file: an array of lists of whole numbers. A pickle is
 * a program for a stack machine; here only the opcodes and the four callables such an array needs exist, so a pickle
 * that wants to run anything else is refused before it can. Written against Python's `pickletools` (protocols 0 to 5)
 * and what NumPy wrote under Python 2 (protocol 2, byte strings) and Python 3 (protocols 2 to 5).
 */

/** The pickle asks for something outside the whitelist. */
export class UnsafePickle extends Error {}
/** The pickle ends too early or makes no sense. */
export class DamagedPickle extends Error {}

type Callable = 'reconstruct' | 'ndarray' | 'dtype' | 'encode';

/** Modules renamed between NumPy versions count as one. */
const CALLABLES: ReadonlyMap<string, Callable> = new Map([
  ['numpy.core.multiarray _reconstruct', 'reconstruct'],
  ['numpy._core.multiarray _reconstruct', 'reconstruct'],
  ['numpy ndarray', 'ndarray'],
  ['numpy dtype', 'dtype'],
  ['_codecs encode', 'encode'],
]);

const BININT1 = 0x4b;
const BININT2 = 0x4d;
const STOP = 0x2e;
const LONGEST_LINE = 1000;

class ObjectArray {
  items: Value[] = [];
}
class Global {
  readonly callable: Callable;
  constructor(callable: Callable) {
    this.callable = callable;
  }
}
/** Values nothing depends on: None, booleans, byte strings, a dtype. */
const OPAQUE = Symbol('opaque');

type Value = number | string | Value[] | ObjectArray | Global | typeof OPAQUE;

/** Sequences may be shared by reference, so a small pickle could name a long one endlessly. */
const MOST_NUMBERS = 1 << 26;

/**
 * @param bytes a pickle, from its first opcode
 * @returns one array of numbers for each element of the object array
 * @throws UnsafePickle, DamagedPickle
 */
export function readPickledLists(bytes: Buffer): Int32Array[] {
  let result: Value;
  try {
    result = new PickleMachine(bytes).run();
  } catch (error) {
    // Reading past the end of the buffer.
    if (error instanceof RangeError)
      throw new DamagedPickle('it ends in the middle of its data', { cause: error });
    throw error;
  }
  if (!(result instanceof ObjectArray)) throw new DamagedPickle('it holds no array');
  let numbers = 0;
  return result.items.map((item, index) => {
    if (!Array.isArray(item)) throw new DamagedPickle(`element ${index} is no list`);
    numbers += item.length;
    if (numbers > MOST_NUMBERS) throw new DamagedPickle(`it holds more than ${MOST_NUMBERS} numbers`);
    return wholeNumbers(item, index);
  });
}

function wholeNumbers(list: readonly Value[], index: number): Int32Array {
  const numbers = new Int32Array(list.length);
  for (let at = 0; at < list.length; at++) {
    const value = list[at];
    if (typeof value !== 'number')
      throw new DamagedPickle(`element ${index} holds something that is no whole number`);
    numbers[at] = value;
    if (numbers[at] !== value)
      throw new DamagedPickle(`element ${index} holds ${value}, out of a word rank's range`);
  }
  return numbers;
}

class PickleMachine {
  readonly #bytes: Buffer;
  readonly #stack: Value[] = [];
  /** The stack's length at each open mark. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, Value>();
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  run(): Value {
    for (;;) {
      this.#numbers();
      const opcode = this.#uint8();
      if (opcode === STOP) return this.#pop();
      this.#step(opcode);
    }
  }

  /** Small numbers are nearly all of a pickle: a run of them is read here without a call for each. */
  #numbers(): void {
    const bytes = this.#bytes;
    const stack = this.#stack;
    let at = this.#at;
    for (; at + 2 < bytes.length; at += 2) {
      if (bytes[at] === BININT1) {
        stack.push(bytes[at + 1] as number);
      } else if (bytes[at] === BININT2) {
        stack.push((bytes[at + 1] as number) | ((bytes[at + 2] as number) << 8));
        at++;
      } else {
        break;
      }
    }
    this.#at = at;
  }

  #step(opcode: number): void {
    const stack = this.#stack;
    switch (opcode) {
      case BININT1:
        return void stack.push(this.#uint8());
      case BININT2:
        return void stack.push(this.#uint16());
      case 0x4a: // BININT
        return void stack.push(this.#uint32() | 0);
      case 0x8a: // LONG1
        return void stack.push(this.#long(this.#uint8()));
      case 0x49: // INT, LONG: decimal digits in a line
      case 0x4c:
        return void stack.push(this.#decimal());

      case 0x5d: // EMPTY_LIST, EMPTY_TUPLE
      case 0x29:
        return void stack.push([]);
      case 0x28: // MARK
        return void this.#marks.push(stack.length);
      case 0x6c: // LIST, TUPLE
      case 0x74:
        return void stack.push(this.#popToMark());
      case 0x85: // TUPLE1, TUPLE2, TUPLE3
      case 0x86:
      case 0x87:
        return void stack.push(this.#popMany(opcode - 0x84));
      case 0x61: // APPEND
        return this.#append(this.#stack.length - 1);
      case 0x65: // APPENDS
        return this.#append(this.#marks.pop());

      case 0x58: // BINUNICODE, SHORT_BINUNICODE, BINUNICODE8
        return void stack.push(this.#text(this.#uint32()));
      case 0x8c:
        return void stack.push(this.#text(this.#uint8()));
      case 0x55: // SHORT_BINSTRING, SHORT_BINBYTES, BINSTRING, BINBYTES
      case 0x43:
        return this.#opaque(this.#uint8());
      case 0x54:
      case 0x42:
        return this.#opaque(this.#uint32());
      case 0x4e: // NONE, NEWTRUE, NEWFALSE
      case 0x88:
      case 0x89:
        return this.#opaque(0);

      case 0x71: // BINPUT, LONG_BINPUT, MEMOIZE
        return this.#remember(this.#uint8());
      case 0x72:
        return this.#remember(this.#uint32());
      case 0x94:
        return this.#remember(this.#memo.size);
      case 0x68: // BINGET, LONG_BINGET
        return this.#recall(this.#uint8());
      case 0x6a:
        return this.#recall(this.#uint32());

      case 0x63: // GLOBAL, STACK_GLOBAL
        return this.#global(this.#line(), this.#line());
      case 0x93: {
        const [module, name] = this.#popMany(2);
        if (typeof module !== 'string' || typeof name !== 'string')
          throw new DamagedPickle('a name is no text');
        return this.#global(module, name);
      }
      case 0x52: // REDUCE
        return this.#call();
      case 0x62: // BUILD
        return this.#build();
      case 0x80: // PROTO, FRAME
        return this.#skip(1);
      case 0x95:
        return this.#skip(8);
      default:
        throw new UnsafePickle(`its pickle uses the operation 0x${opcode.toString(16).padStart(2, '0')}.`);
    }
  }

  #uint8(): number {
    return this.#bytes.readUInt8(this.#at++);
  }

  #uint16(): number {
    return this.#bytes.readUInt16LE((this.#at += 2) - 2);
  }

  #uint32(): number {
    return this.#bytes.readUInt32LE((this.#at += 4) - 4);
  }

  /** A two's complement number of up to six bytes; Python 2 wrote every word rank of a NumPy integer so. */
  #long(length: number): number {
    if (length === 0) return 0;
    if (length > 6) throw new DamagedPickle(`a number is ${length} bytes long`);
    return this.#bytes.readIntLE((this.#at += length) - length, length);
  }

  #decimal(): number {
    const digits = this.#line().replace(/L$/, '');
    if (!/^-?\d{1,15}$/.test(digits)) throw new DamagedPickle('a number is not written in digits');
    return Number(digits);
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0 || end - this.#at > LONGEST_LINE) throw new DamagedPickle('a line does not end');
    return this.#bytes.toString('latin1', this.#at, (this.#at = end + 1) - 1);
  }

  #text(length: number): string {
    this.#skip(length);
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }

  #skip(length: number): void {
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new DamagedPickle('it ends in the middle of its data');
  }

  #opaque(length: number): void {
    this.#skip(length);
    this.#stack.push(OPAQUE);
  }

  #pop(): Value {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) throw new DamagedPickle('a value is missing');
    return this.#stack.pop() as Value;
  }

  #popMany(count: number): Value[] {
    return Array.from({ length: count }, () => this.#pop()).reverse();
  }

  #popToMark(): Value[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw new DamagedPickle('a mark is missing');
    return this.#stack.splice(mark);
  }

  /** Moves everything from position `from` of the stack to the end of the list below it. */
  #append(from: number | undefined): void {
    const stack = this.#stack;
    const lowest = this.#marks.at(-1) ?? 0;
    if (from === undefined || from <= lowest || from > stack.length)
      throw new DamagedPickle('a value is missing');
    const list = stack[from - 1];
    if (!Array.isArray(list)) throw new DamagedPickle('something is appended to what is no list');
    for (let at = from; at < stack.length; at++) list.push(stack[at] as Value);
    stack.length = from;
  }

  #remember(key: number): void {
    this.#memo.set(key, this.#stack.at(-1) ?? OPAQUE);
  }

  #recall(key: number): void {
    const value = this.#memo.get(key);
    if (value === undefined) throw new DamagedPickle('it refers to a value it never held');
    this.#stack.push(value);
  }

  #global(module: string, name: string): void {
    const callable = CALLABLES.get(`${module} ${name}`);
    if (!callable) throw new UnsafePickle(`its pickle asks for ${module}.${name}.`);
    this.#stack.push(new Global(callable));
  }

  /** Calls one of the whitelisted: only an array comes to anything, what the others yield is not looked at. */
  #call(): void {
    const [callable] = this.#popMany(2);
    if (!(callable instanceof Global)) throw new DamagedPickle('something that is no function is called');
    if (callable.callable === 'ndarray') throw new UnsafePickle('its pickle calls numpy.ndarray.');
    this.#stack.push(callable.callable === 'reconstruct' ? new ObjectArray() : OPAQUE);
  }

  /** Gives an array its state `(version, shape, dtype, fortran order, items)`; a dtype's state is not looked at. */
  #build(): void {
    const state = this.#pop();
    const target = this.#stack.at(-1);
    if (target === OPAQUE) return;
    const items = Array.isArray(state) ? state[4] : undefined;
    if (!(target instanceof ObjectArray) || !Array.isArray(items)) {
      throw new DamagedPickle('its array does not hold a list of lists');
    }
    target.items = items;
  }
}
