/**
 * Keras 3's regularizers of weights (keras/src/regularizers) in short, as a setting holds them: `l2 0.01`, `l1 0.001`, or
 * both, `l1 0.001 l2 0.01`. What they give is added to the loss: l1 times the sum of |w|, l2 times the sum of w².
 */
import { z } from 'zod';

export interface Regularizer {
  l1: number;
  l2: number;
}

/** A number of a setting in short, none below 0. */
export const NUMBER = String.raw`(\d+(?:\.\d+)?(?:e[-+]?\d+)?)`;
const SHORT = new RegExp(String.raw`^\s*(?:l1\s+${NUMBER})?\s*(?:l2\s+${NUMBER})?\s*$`, 'i');

/** Null for what says none. */
export function readRegularizer(short: string): Regularizer | null {
  const [, l1, l2] = SHORT.exec(short) ?? [];
  if (l1 === undefined && l2 === undefined) return null;
  const read = { l1: Number(l1 ?? 0), l2: Number(l2 ?? 0) };
  return Number.isFinite(read.l1) && Number.isFinite(read.l2) ? read : null;
}

/** Without the part that is 0; `l2 0` where both are. */
export function writeRegularizer({ l1, l2 }: Regularizer): string {
  const parts = [...(l1 > 0 ? [`l1 ${l1}`] : []), ...(l2 > 0 || l1 === 0 ? [`l2 ${l2}`] : [])];
  return parts.join(' ');
}

export const regularizerSchema = z
  .string()
  .refine((short) => readRegularizer(short) !== null, 'write l2 0.01, l1 0.01, or both: l1 0.01 l2 0.01')
  .nullable()
  .default(null);

/** `keras.regularizers.L2(0.01)`. */
export function pythonRegularizer(short: string): string {
  const { l1, l2 } = readRegularizer(short)!;
  if (l1 === 0) return `keras.regularizers.L2(${l2})`;
  return l2 === 0 ? `keras.regularizers.L1(${l1})` : `keras.regularizers.L1L2(l1=${l1}, l2=${l2})`;
}

/** `regularizer_l2(0.01)`. */
export function rRegularizer(short: string): string {
  const { l1, l2 } = readRegularizer(short)!;
  if (l1 === 0) return `regularizer_l2(${l2})`;
  return l2 === 0 ? `regularizer_l1(${l1})` : `regularizer_l1_l2(l1 = ${l1}, l2 = ${l2})`;
}
