/** Which tokens a batch holds and where, on one thread: this runs once a batch for every entry of its plan. */
import { i32, type ModuleBuilder } from '../assembler.ts';

/**
 * Declares
 * - `countZeros(ids, rows, steps, counts)`: how many zeros stand in front of each row of ids, (rows, steps).
 * - `walkSources(steps, counts, bases, stride, order, to)`: where each entry of a slice stands in its source, step behind step:
 *   position p at step t stands at bases[p] + t stride, or, where `order` is not 0, at order[that].
 * - `numberTokens(sources, ids, rows, vocabulary, slotOf, index, tokens, starts, result)`: numbers the different tokens in the
 *   order met. `sources[r]` says where in `ids` the token of plan row r stands, -1 for a row without one. Gives each row's
 *   slot in `index` (-1 for none), each slot's token in `tokens`, and in `starts` how many rows the slots before and up to
 *   each have; result[0] is the number of slots and result[1] the first id outside the vocabulary plus 1, or 0. `slotOf`
 *   (vocabulary) and `starts` are zeros before.
 * - `groupRows(index, rows, starts, list)`: lists the rows of each slot in ascending order; those of slot s are then
 *   list[starts[s]] … list[starts[s + 1] - 1].
 */
export function declareTokens(module: ModuleBuilder): void {
  declareZeros(module);
  declareWalk(module);
  module.function(
    'numberTokens',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, sources, ids, rows, vocabulary, slotOf, index, tokens, starts, result) => {
      const [source, id, at, slot] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
      const slots = f.local('i32', 0);
      const element = (array: typeof ids, i: typeof id) => i32.add(array, i32.shl(i, 2));
      f.while(i32.gt(rows, 0), () => {
        f.set(source, i32.load(sources));
        f.set(slot, 0);
        f.if(i32.ge(source, 0), () => {
          f.set(id, i32.load(element(ids, source)));
          f.if(
            i32.ltUnsigned(id, vocabulary),
            () => {
              f.set(at, element(slotOf, id));
              f.set(slot, i32.load(at));
              f.if(i32.eqz(slot), () => {
                f.storeInteger(element(tokens, slots), id);
                f.advance(slots, 1);
                f.set(slot, slots);
                f.storeInteger(at, slot);
              });
              f.set(at, i32.sub(element(starts, slot), 4));
              f.storeInteger(at, i32.add(i32.load(at), 1));
            },
            () => f.storeInteger(result, i32.add(id, 1), 4),
          );
        });
        f.storeInteger(index, i32.sub(slot, 1));
        f.advance(sources, 4);
        f.advance(index, 4);
        f.set(rows, i32.sub(rows, 1));
      });
      f.storeInteger(result, slots);
      const sum = f.local('i32', 0);
      f.while(i32.gt(slots, 0), () => {
        f.set(sum, i32.add(sum, i32.load(starts)));
        f.storeInteger(starts, sum);
        f.advance(starts, 4);
        f.set(slots, i32.sub(slots, 1));
      });
      f.storeInteger(starts, sum);
    },
  );
  module.function('groupRows', ['i32', 'i32', 'i32', 'i32'], (f, index, rows, starts, list) => {
    const slot = f.local('i32');
    const at = f.local('i32');
    const place = f.local('i32');
    f.while(i32.gt(rows, 0), () => {
      f.set(rows, i32.sub(rows, 1));
      f.set(slot, i32.load(i32.add(index, i32.shl(rows, 2))));
      f.if(i32.ge(slot, 0), () => {
        f.set(at, i32.add(starts, i32.shl(slot, 2)));
        f.set(place, i32.sub(i32.load(at), 1));
        f.storeInteger(at, place);
        f.storeInteger(i32.add(list, i32.shl(place, 2)), rows);
      });
    });
  });
}

function declareZeros(module: ModuleBuilder): void {
  module.function('countZeros', ['i32', 'i32', 'i32', 'i32'], (f, ids, rows, steps, counts) => {
    const [zeros, at] = [f.local('i32'), f.local('i32')];
    f.while(i32.gt(rows, 0), () => {
      f.set(zeros, 0);
      f.set(at, ids);
      f.while(i32.mul(i32.lt(zeros, steps), i32.eqz(i32.load(at))), () => {
        f.advance(zeros, 1);
        f.advance(at, 4);
      });
      f.storeInteger(counts, zeros);
      f.advance(ids, i32.shl(steps, 2));
      f.advance(counts, 4);
      f.set(rows, i32.sub(rows, 1));
    });
  });
}

function declareWalk(module: ModuleBuilder): void {
  module.function(
    'walkSources',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, steps, counts, bases, stride, order, to) => {
      const offset = f.local('i32', 0);
      const [base, end, source] = [f.local('i32'), f.local('i32'), f.local('i32')];
      f.while(i32.gt(steps, 0), () => {
        f.set(base, bases);
        f.set(end, i32.add(bases, i32.shl(i32.load(counts), 2)));
        f.while(i32.ltUnsigned(base, end), () => {
          f.set(source, i32.add(i32.load(base), offset));
          f.if(i32.eqz(i32.eqz(order)), () => f.set(source, i32.load(i32.add(order, i32.shl(source, 2)))));
          f.storeInteger(to, source);
          f.advance(base, 4);
          f.advance(to, 4);
        });
        f.advance(counts, 4);
        f.advance(offset, stride);
        f.set(steps, i32.sub(steps, 1));
      });
    },
  );
}
