/**
 * The optimizers' updates, fused into one pass over weight, gradient and slots (formulas and epsilons as in Keras 3's
 * optimizers/{rmsprop,adam,sgd}.py). A gradient known by rows (an embedding's) is zero in all other rows; those are updated
 * with zero too, as the dense update would.
 */
import {
  bits,
  f32x4,
  i32,
  v128,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
  type Vector,
} from '../assembler.ts';

type Pointer = Local<'i32'>;

/** The order of the constants every update reads (float32 each). */
export const CONSTANTS = ['learningRate', 'epsilon', 'rate1', 'rate2', 'scale', 'l1', 'twoL2'] as const;

interface Addresses {
  weight: Pointer;
  gradient: Pointer;
  slot0: Pointer;
  slot1: Pointer;
}

type Constant = (name: (typeof CONSTANTS)[number]) => Vector;

/** @param g the gradient with all that is in it */
type Update = (f: FunctionBuilder, at: Addresses, constant: Constant, g: Vector) => void;

const SIGN = v128.constI32(0x80000000 | 0);

/** l1 sign(w) + 2 l2 w, the gradient of what a weight adds to the loss; 0 has no sign. */
function slope(weight: Vector, constant: Constant): Vector {
  const signed = bits.or(bits.and(weight, SIGN), constant('l1'));
  const l1 = bits.and(signed, f32x4.ne(weight, v128.const(0)));
  return f32x4.add(l1, f32x4.mul(weight, constant('twoL2')));
}

/** v <- rho v + (1 - rho) g^2; w <- w - lr g / sqrt(v + epsilon). rate1 = rho, rate2 = 1 - rho. */
const rmsprop: Update = (f, at, constant, g) => {
  const decayed = f32x4.mul(constant('rate1'), v128.load(at.slot0));
  const v = f.local('v128', f32x4.add(decayed, f32x4.mul(constant('rate2'), f32x4.mul(g, g))));
  f.storeVector(at.slot0, v);
  const step = f32x4.div(
    f32x4.mul(constant('learningRate'), g),
    f32x4.sqrt(f32x4.add(v, constant('epsilon'))),
  );
  f.storeVector(at.weight, f32x4.sub(v128.load(at.weight), step));
};

/** m <- m + (g - m)(1 - beta_1); v <- v + (g^2 - v)(1 - beta_2); w <- w - alpha m / (sqrt(v) + epsilon). Rates 1 - beta. */
const adam: Update = (f, at, constant, g) => {
  const m = f.local('v128', v128.load(at.slot0));
  f.set(m, f32x4.add(m, f32x4.mul(f32x4.sub(g, m), constant('rate1'))));
  const v = f.local('v128', v128.load(at.slot1));
  f.set(v, f32x4.add(v, f32x4.mul(f32x4.sub(f32x4.mul(g, g), v), constant('rate2'))));
  f.storeVector(at.slot0, m);
  f.storeVector(at.slot1, v);
  const step = f32x4.div(
    f32x4.mul(m, constant('learningRate')),
    f32x4.add(f32x4.sqrt(v), constant('epsilon')),
  );
  f.storeVector(at.weight, f32x4.sub(v128.load(at.weight), step));
};

/** w <- w - lr g. */
const sgd: Update = (f, at, constant, g) => {
  f.storeVector(at.weight, f32x4.sub(v128.load(at.weight), f32x4.mul(constant('learningRate'), g)));
};

export const UPDATES = { rmsprop, adam, sgd };
export type UpdateName = keyof typeof UPDATES;

export interface UpdateForm {
  name: UpdateName;
  /** Whether the weights add to the loss. */
  regularized: boolean;
}

/**
 * Declares `name(weight, gradient, slot0, slot1, constants, bytes)` over contiguous floats and
 * `nameRows(weight, rowOf, gradient, slot0, slot1, constants, zeros, from, to)`: table rows `from` to `to` of `columns` floats
 * (a multiple of 4); row r takes gradient row rowOf[r] (`stride` floats apart), or `zeros` where that is negative.
 */
export function declareUpdate(module: ModuleBuilder, { name, regularized }: UpdateForm): void {
  module.function(
    name,
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, weight, gradient, slot0, slot1, constants, bytes) => {
      const values = CONSTANTS.map((_, i) => f.local('v128', v128.loadSplat(constants, i * 4)));
      const end = f.local('i32', i32.add(weight, bytes));
      f.while(i32.lt(weight, end), () => {
        const constant: Constant = (of) => values[CONSTANTS.indexOf(of)]!;
        const g = f.local('v128', f32x4.mul(v128.load(gradient), constant('scale')));
        if (regularized) {
          const w = f.local('v128', v128.load(weight));
          f.set(g, f32x4.add(g, slope(w, constant)));
        }
        UPDATES[name](f, { weight, gradient, slot0, slot1 }, constant, g);
        for (const pointer of [weight, gradient, slot0, slot1]) f.advance(pointer, 16);
      });
    },
  );
}

export function declareRowUpdate(
  module: ModuleBuilder,
  { name }: UpdateForm,
  columns: number,
  stride: number,
): void {
  module.function(
    `${name}Rows`,
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, weight, rowOf, gradient, slot0, slot1, constants, zeros, from, to) => {
      const bytes = columns * 4;
      for (const pointer of [weight, slot0, slot1]) f.advance(pointer, i32.mul(from, bytes));
      f.advance(rowOf, i32.mul(from, 4));
      const source = f.local('i32');
      f.while(i32.lt(from, to), () => {
        f.set(source, i32.add(gradient, i32.mul(i32.load(rowOf), stride * 4)));
        f.if(i32.lt(i32.load(rowOf), 0), () => f.set(source, zeros));
        f.call(name, weight, source, slot0, slot1, constants, bytes);
        for (const pointer of [weight, slot0, slot1]) f.advance(pointer, bytes);
        f.advance(rowOf, 4);
        f.advance(from, 1);
      });
    },
  );
}
