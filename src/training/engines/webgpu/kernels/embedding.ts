/**
 * An embedding's rows and their gradient. The places of each id are sorted on this side and cut into pieces: one thread adds
 * up a piece, one the pieces of an id, in order, so that no float atomics are needed and the padding's id does not hold up all.
 *
 * Letters: E columns, n places, V vocabulary.
 */
import type { Shader } from '../backend.ts';

/** Places of one id that one thread adds up. */
export const PIECE = 64;

const shader = (name: string, arrays: readonly string[], body: string): Shader => ({
  name,
  code: `
struct Sizes { count: u32, perRow: u32, E: u32 }
${arrays.map((array, i) => `@group(0) @binding(${i}) var<storage, ${array};`).join('\n')}
@group(0) @binding(${arrays.length}) var<uniform> sizes: Sizes;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let at = id.y * sizes.perRow + id.x;
  if (id.x >= sizes.perRow || at >= sizes.count) { return; }
${body}
}`,
});

/** out (n, E) = rows of the table (V, E). */
export const GATHER = shader(
  'embedding',
  ['read> table: array<f32>', 'read> ids: array<i32>', 'read_write> out: array<f32>'],
  '  out[at] = table[u32(ids[at / sizes.E]) * sizes.E + at % sizes.E];',
);

/** pieces (count / E, E): sums of the rows of dy at places[starts[piece]] up to places[starts[piece + 1]]. */
export const SUM_PIECES = shader(
  'embedding gradient, pieces',
  [
    'read> dy: array<f32>',
    'read> places: array<i32>',
    'read> starts: array<i32>',
    'read_write> pieces: array<f32>',
  ],
  `  let piece = at / sizes.E;
  var sum = 0.0;
  for (var i = starts[piece]; i < starts[piece + 1u]; i++) { sum += dy[u32(places[i]) * sizes.E + at % sizes.E]; }
  pieces[at] = sum;`,
);

/** gradient (V, E): sums of the pieces of each id, from pieceOf[id] up to pieceOf[id + 1]. */
export const SUM_IDS = shader(
  'embedding gradient, ids',
  ['read> pieces: array<f32>', 'read> pieceOf: array<i32>', 'read_write> gradient: array<f32>'],
  `  let token = at / sizes.E;
  var sum = 0.0;
  for (var i = pieceOf[token]; i < pieceOf[token + 1u]; i++) { sum += pieces[u32(i) * sizes.E + at % sizes.E]; }
  gradient[at] = sum;`,
);
