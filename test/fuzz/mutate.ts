/** What is done to real files and values to see whether their readers hold. All of it follows from the random numbers given. */
import type { MersenneTwister } from '../../src/shared/random/mersenne-twister.ts';

/** A whole number below `limit`. */
export const below = (random: MersenneTwister, limit: number): number =>
  limit <= 1 ? 0 : random.nextInterval(limit - 1);

export const oneOf = <T>(random: MersenneTwister, list: readonly T[]): T => list[below(random, list.length)]!;

/** Numbers that lengths, offsets and counts go wrong with. */
const ODD_BYTES = [0x00, 0x01, 0x7f, 0x80, 0xff];

/** Bytes overwritten, inserted, taken out, doubled or cut off, in a few places. */
export function mutateBytes(random: MersenneTwister, source: Uint8Array): Uint8Array {
  let bytes = Uint8Array.from(source);
  for (let changes = 1 + below(random, 8); changes > 0; changes--) bytes = mutateOnce(random, bytes);
  return bytes;
}

function mutateOnce(random: MersenneTwister, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const at = below(random, bytes.length);
  const length = 1 + below(random, Math.min(64, bytes.length));
  const part = bytes.subarray(at, at + length);
  switch (below(random, 7)) {
    case 0:
      return bytes.slice(0, at);
    case 1:
      return joined(bytes.subarray(0, at), bytes.subarray(at + length));
    case 2:
      return joined(bytes.subarray(0, at), part, part, bytes.subarray(at + length));
    case 3:
      part.fill(oneOf(random, ODD_BYTES));
      return bytes;
    case 4:
      bytes.copyWithin(at, below(random, bytes.length), below(random, bytes.length));
      return bytes;
    default:
      bytes[at] = random.nextInterval(1) === 0 ? oneOf(random, ODD_BYTES) : below(random, 256);
      return bytes;
  }
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat(parts));
}

const nested = (depth: number): unknown => {
  let value: unknown = 0;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
};

/** Values that stand where others were expected. */
const ODD_VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e308,
    -1e308,
    2 ** 31,
    2 ** 53,
    '',
    'NaN',
    '__proto__',
    'constructor',
    '../x',
    '\0',
  ],
  ...[[], {}, [null], { length: 1e9 }, { class_name: 'LSTM', config: {} }, nested(50), nested(500)],
  'x'.repeat(100_000),
  Array.from({ length: 1000 }, (_, i) => i),
];

/** A value of JSON with a few of its parts taken out, exchanged, doubled or put elsewhere. */
export function mutateJson(random: MersenneTwister, source: unknown): unknown {
  const value = structuredClone(source);
  for (let changes = 1 + below(random, 3); changes > 0; changes--) {
    const places = placesOf(value);
    // A copy: what a later change does to it must not reach the next case.
    const odd = structuredClone(oneOf(random, ODD_VALUES));
    if (places.length === 0) return odd;
    const { holder, key } = oneOf(random, places);
    const other = oneOf(random, places);
    const exchanged = [
      () => (holder[key] = odd),
      () => (holder[key] = structuredClone(other.holder[other.key])),
      () => (Array.isArray(holder) ? holder.splice(Number(key), 1) : delete holder[key]),
      () => (Array.isArray(holder) ? holder.push(structuredClone(holder[Number(key)])) : (holder.extra = 1)),
    ];
    oneOf(random, exchanged)();
  }
  return value;
}

interface Place {
  holder: Record<string, unknown>;
  key: string;
}

function placesOf(root: unknown): Place[] {
  const places: Place[] = [];
  const waiting: unknown[] = [root];
  for (let value = waiting.pop(); waiting.length > 0 || value !== undefined; value = waiting.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    const holder = value as Record<string, unknown>;
    // Long lists are much the same all along.
    for (const key of Object.keys(holder).slice(0, 200)) {
      places.push({ holder, key });
      waiting.push(holder[key]);
    }
  }
  return places;
}
