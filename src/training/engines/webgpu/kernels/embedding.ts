/**
 * An embedding's rows and their gradient. The places of each id are sorted (kernels/sort.ts) and all of them cut into pieces: one
 * thread adds up a piece, one the pieces of an id, in order, so that no float atomics are needed and the padding's id does not
 * hold up all.
 *
 * Letters: E columns, n places, V vocabulary.
 */
import { each } from './each.ts';

/** Places that one thread adds up. */
export const PIECE = 64;

const sizes = ['E'];

/** out (n, E) = rows of the table (V, E). */
export const GATHER = each(
  'embedding',
  { arrays: ['read> table: array<f32>', 'read> ids: array<i32>', 'read_write> out: array<f32>'], sizes },
  '  out[at] = table[u32(ids[at / sizes.E]) * sizes.E + at % sizes.E];',
);

/**
 * pieces (n / PIECE, E): sums of the rows of dy at the sorted places of a piece. Only for pieces of one id, which are those that
 * are used: the rows of the others are added up id by id.
 */
export const SUM_PIECES = each(
  'embedding gradient, pieces',
  {
    arrays: [
      'read> dy: array<f32>',
      'read> ids: array<i32>',
      'read> places: array<u32>',
      'read_write> pieces: array<f32>',
    ],
    sizes,
  },
  `  let begin = (at / sizes.E) * ${PIECE}u;
  let end = begin + ${PIECE}u;
  if (ids[places[begin]] != ids[places[end - 1u]]) { return; }
  var sum = 0.0;
  for (var i = begin; i < end; i++) { sum += dy[places[i] * sizes.E + at % sizes.E]; }
  pieces[at] = sum;`,
);

/** gradient (V, E): of each id the rows of dy up to its first whole piece, its pieces, and the rows behind the last. */
export const SUM_IDS = each(
  'embedding gradient, ids',
  {
    arrays: [
      'read> dy: array<f32>',
      'read> places: array<u32>',
      'read> firsts: array<u32>',
      'read> pieces: array<f32>',
      'read_write> gradient: array<f32>',
    ],
    sizes,
  },
  `  let token = at / sizes.E;
  let column = at % sizes.E;
  let end = firsts[token + 1u];
  var i = firsts[token];
  let firstPiece = (i + ${PIECE - 1}u) / ${PIECE}u;
  let endPiece = end / ${PIECE}u;
  var sum = 0.0;
  for (; i < min(end, firstPiece * ${PIECE}u); i++) { sum += dy[places[i] * sizes.E + column]; }
  for (var piece = firstPiece; piece < endPiece; piece++) { sum += pieces[piece * sizes.E + column]; }
  for (i = max(i, endPiece * ${PIECE}u); i < end; i++) { sum += dy[places[i] * sizes.E + column]; }
  gradient[at] = sum;`,
);
