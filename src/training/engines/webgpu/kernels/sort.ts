/**
 * Places sorted by the id at each, those of one id in order: a radix sort, digit by digit from the lowest. It is stable and its
 * atomics are whole numbers, so that the same ids are sorted to the same places every time.
 *
 * A workgroup takes a block of places and each of its threads a digit: `count` finds how often a block has each digit, `begin`
 * where each block's places of a digit go (a single workgroup), and `move` puts them there. Letters: n places, V ids.
 */
import type { Shader } from '../backend.ts';
import { each } from './each.ts';

/** Values of a digit of eight bits, and threads of a workgroup. */
export const DIGITS = 256;
/** Places of a block: four for each thread. */
export const BLOCK = 4 * DIGITS;

const shader = (name: string, arrays: readonly string[], body: string): Shader => ({
  name: `sorting, ${name}`,
  code: `
struct Sizes { n: u32, shift: u32, blocks: u32 }
${arrays.map((array, i) => `@group(0) @binding(${i}) var<storage, ${array}: array<u32>;`).join('\n')}
@group(0) @binding(${arrays.length}) var<uniform> sizes: Sizes;
${body}`,
});

const MAIN = `
@compute @workgroup_size(${DIGITS})
fn main(@builtin(local_invocation_index) thread: u32, @builtin(workgroup_id) group: vec3<u32>) {`;

/** Before the first digit is sorted, the places are in order. */
const placeAt = (isFirst: boolean): string =>
  `fn placeAt(i: u32) -> u32 { return ${isFirst ? 'i' : 'places[i]'}; }
fn digitOf(place: u32) -> u32 { return (ids[place] >> sizes.shift) & ${DIGITS - 1}u; }`;

const sorted = (isFirst: boolean): string[] => ['read> ids', ...(isFirst ? [] : ['read> places'])];

/** counts (blocks, digits). */
export const count = (isFirst: boolean): Shader =>
  shader(
    'count',
    [...sorted(isFirst), 'read_write> counts'],
    `${placeAt(isFirst)}
var<workgroup> found: array<atomic<u32>, ${DIGITS}>;
${MAIN}
  atomicStore(&found[thread], 0u);
  workgroupBarrier();
  let begin = group.x * ${BLOCK}u;
  for (var i = begin + thread; i < min(begin + ${BLOCK}u, sizes.n); i += ${DIGITS}u) {
    atomicAdd(&found[digitOf(placeAt(i))], 1u);
  }
  workgroupBarrier();
  counts[group.x * ${DIGITS}u + thread] = atomicLoad(&found[thread]);
}`,
  );

/** counts (blocks, digits): how many there are of a digit → where those of a block begin. */
export const BEGIN: Shader = shader(
  'begin',
  ['read_write> counts'],
  `
var<workgroup> totals: array<u32, ${DIGITS}>;
${MAIN}
  var total = 0u;
  for (var block = 0u; block < sizes.blocks; block++) { total += counts[block * ${DIGITS}u + thread]; }
  totals[thread] = total;
  workgroupBarrier();
  var at = 0u;
  for (var digit = 0u; digit < thread; digit++) { at += totals[digit]; }
  for (var block = 0u; block < sizes.blocks; block++) {
    let found = counts[block * ${DIGITS}u + thread];
    counts[block * ${DIGITS}u + thread] = at;
    at += found;
  }
}`,
);

/**
 * moved (n): the places, sorted by this digit too. Four digits lie in a word, so that a thread looks at four places at once, and
 * it ends with the last of its digit.
 */
export const move = (isFirst: boolean): Shader =>
  shader(
    'move',
    [...sorted(isFirst), 'read> begins', 'read_write> moved'],
    `${placeAt(isFirst)}
var<workgroup> block: array<u32, ${BLOCK}>;
var<workgroup> digits: array<u32, ${BLOCK / 4}>;
${MAIN}
  let begin = group.x * ${BLOCK}u;
  let length = min(${BLOCK}u, sizes.n - begin);
  var word = 0u;
  for (var i = 4u * thread; i < min(4u * thread + 4u, length); i++) {
    let place = placeAt(begin + i);
    block[i] = place;
    word |= digitOf(place) << (8u * (i % 4u));
  }
  digits[thread] = word;
  workgroupBarrier();
  let mine = group.x * ${DIGITS}u + thread;
  var at = begins[mine];
  var end = sizes.n;
  if (group.x + 1u < sizes.blocks) { end = begins[mine + ${DIGITS}u]; }
  for (var i = 0u; i < (length + 3u) / 4u && at < end; i++) {
    // A byte is zero where the digit is this thread's.
    let apart = digits[i] ^ (thread * 0x01010101u);
    if (((apart - 0x01010101u) & ~apart & 0x80808080u) == 0u) { continue; }
    for (var j = 0u; j < 4u; j++) {
      if (((apart >> (8u * j)) & 255u) == 0u && 4u * i + j < length) {
        moved[at] = block[4u * i + j];
        at++;
      }
    }
  }
}`,
  );

/** firsts (V + 1): where the places of each id begin among those sorted, and the end. A thread looks for one in halves. */
export const FIRSTS = each(
  'sorting, firsts',
  {
    arrays: ['read> ids: array<u32>', 'read> places: array<u32>', 'read_write> firsts: array<u32>'],
    sizes: ['n'],
  },
  `  var low = 0u;
  var high = sizes.n;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (ids[places[middle]] < at) { low = middle + 1u; } else { high = middle; }
  }
  firsts[at] = low;`,
);
