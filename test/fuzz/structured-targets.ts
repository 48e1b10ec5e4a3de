/** Values of every shape that fast-check draws, written, changed or not, and read again: what is unchanged must be read as it was. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { decodeFrame, encodeFrame } from '../../src/shared/contract/codec.ts';
import { UnrollError } from '../../src/shared/errors.ts';
import { parseQuery } from '../../src/shared/query/parse.ts';
import { printQuery } from '../../src/shared/query/print.ts';
import type { MersenneTwister } from '../../src/shared/random/mersenne-twister.ts';
import { frame, plain } from '../unit/shared/contract/frames.ts';
import { expression } from '../unit/shared/query/expressions.ts';
import { below, mutateBytes } from './mutate.ts';
import { textOf, type Target } from './target.ts';

const LARGEST_SEED = 2 ** 31 - 1;

function drawn<T>(random: MersenneTwister, arbitrary: fc.Arbitrary<T>): T {
  return fc.sample(arbitrary, { seed: below(random, LARGEST_SEED), numRuns: 1 })[0]!;
}

function frames(random: MersenneTwister): void {
  const sent = drawn(random, frame);
  const bytes = encodeFrame(sent);
  if (below(random, 2) === 0) return void decodeFrame(mutateBytes(random, bytes));
  if (!isDeepStrictEqual(decodeFrame(bytes), plain(sent))) throw new Error('not read as it was written');
}

function parsed(text: string): string {
  const read = parseQuery(text);
  if ('problem' in read)
    throw new UnrollError('input-invalid', { what: 'query', reason: read.problem.message });
  return read.expression === null ? '' : printQuery(read.expression);
}

function queries(random: MersenneTwister): void {
  const printed = printQuery(drawn(random, expression));
  if (below(random, 2) === 0) return void parsed(textOf(mutateBytes(random, Buffer.from(printed))));
  if (parsed(printed) !== printed) throw new Error(`read otherwise than printed: ${printed}`);
}

export const structuredTargets: readonly Target[] = [
  { name: 'frames of every shape', prepare: () => frames },
  { name: 'queries of every shape', prepare: () => queries },
];
