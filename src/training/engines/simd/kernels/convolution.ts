/**
 * Convolution over time as matrix products on the sequence as it lies in memory: the K inputs a window sees stand behind one
 * another, so the windows are the rows of a matrix that overlap, and nothing is copied apart.
 *
 * Letters: C inputs and F filters, both rounded up to whole panels, K kernel size.
 */
import { i32, type ModuleBuilder } from '../assembler.ts';
import { matrixProduct, transposedProduct } from '../matrix.ts';
import { declareActivation, declareSlopes, type FusedName } from './activation.ts';

export interface ConvolutionShape {
  inputs: number;
  filters: number;
  size: number;
  strides: number;
  dilation: number;
  activation: FusedName;
}

/** Bytes of one entry in the list of segments. */
export const SEGMENT_BYTES = 12;

/** Taps that one product takes: all of them where they stand close together, else one. */
export const tapsTogether = ({ size, dilation }: ConvolutionShape): number => (dilation === 1 ? size : 1);

/**
 * `convolve(x, kernel, y, count, bias)`: the activated outputs of `count` windows from x on.
 * `inputGradient(dz, kernel, dx, count, clear, bytes)`: dx from the first window on, of `count` windows' dz; the bytes from
 * `clear` on are set to zero first.
 * `kernelGradients(list, count, dKernel)`: dKernel (K C, F) += x^T dz over segments [x, dz, windows] (int32 addresses).
 * Kernels come in panels: to `convolve` by tapsTogether, (C, F) each tap; to `inputGradient` each tap's transpose (F, C).
 */
export function declareConvolution(module: ModuleBuilder, shape: ConvolutionShape): void {
  declareForward(module, shape);
  declareSlopes(module, shape.filters, shape.activation, shape.filters);
  declareInputGradient(module, shape);
  declareKernelGradients(module, shape);
}

function declareForward(module: ModuleBuilder, shape: ConvolutionShape): void {
  const { inputs: C, filters: F, size, strides, dilation, activation } = shape;
  const taps = tapsTogether(shape);
  const sides = { n: F, strideA: strides * C, strideC: F };
  matrixProduct(module, 'firstTaps', { ...sides, k: taps * C, start: 'bias' });
  if (taps < size) matrixProduct(module, 'nextTap', { ...sides, k: C, start: 'sum' });
  declareActivation(module, activation);
  module.multiplies('convolve', ([, , , count]) => count! * size * C * F);
  module.function('convolve', ['i32', 'i32', 'i32', 'i32', 'i32'], (f, x, kernel, y, count, bias) => {
    f.call('firstTaps', x, kernel, y, count, bias, 0);
    if (taps < size) {
      const tap = f.local('i32', 1);
      f.repeat(() => {
        f.advance(x, dilation * C * 4);
        f.advance(kernel, C * F * 4);
        f.call('nextTap', x, kernel, y, count, 0, 0);
        f.advance(tap, 1);
        return i32.lt(tap, size);
      });
    }
    if (activation !== 'linear') f.call('activate', y, i32.add(y, i32.mul(count, F * 4)));
  });
}

/** dx is zero where no window reaches: the taps add to it one by one. */
function declareInputGradient(
  module: ModuleBuilder,
  { inputs: C, filters: F, size, strides, dilation }: ConvolutionShape,
): void {
  const sides = { k: F, n: C, strideA: F, strideC: strides * C };
  matrixProduct(module, 'inputTap', { ...sides, start: 'sum' });
  const parameters = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const;
  module.multiplies('inputGradient', ([, , , count]) => count! * size * C * F);
  module.function('inputGradient', parameters, (f, dz, kernel, dx, count, clear, bytes) => {
    f.clear(clear, bytes);
    const tap = f.local('i32', 0);
    f.repeat(() => {
      f.call('inputTap', dz, kernel, dx, count, 0, 0);
      f.advance(kernel, F * C * 4);
      f.advance(dx, dilation * C * 4);
      f.advance(tap, 1);
      return i32.lt(tap, size);
    });
  });
}

function declareKernelGradients(module: ModuleBuilder, shape: ConvolutionShape): void {
  const { inputs: C, filters: F, size, strides, dilation } = shape;
  const taps = tapsTogether(shape);
  transposedProduct(module, 'kernelGradient', taps * C, F, F, strides * C);
  module.multiplies('kernelGradients', ([list, count], memory) => {
    let windows = 0;
    for (let i = 0; i < count!; i++) windows += memory[(list! + i * SEGMENT_BYTES + 8) / 4]!;
    return windows * size * C * F;
  });
  module.function('kernelGradients', ['i32', 'i32', 'i32'], (f, list, count, to) => {
    const [x, dKernel, tap] = [f.local('i32'), f.local('i32'), f.local('i32')];
    f.while(i32.gt(count, 0), () => {
      f.set(x, i32.load(list));
      f.set(dKernel, to);
      f.set(tap, 0);
      f.repeat(() => {
        f.call('kernelGradient', x, i32.load(list, 4), dKernel, i32.load(list, 8));
        f.advance(x, dilation * C * 4);
        f.advance(dKernel, taps * C * F * 4);
        f.advance(tap, taps);
        return i32.lt(tap, size);
      });
      f.advance(list, SEGMENT_BYTES);
      f.set(count, i32.sub(count, 1));
    });
  });
}
