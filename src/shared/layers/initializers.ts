/** Keras 3's initializers by name. `uniform` is Keras's short name of `random_uniform` and Embedding's default. */
import { z } from 'zod';

export const INITIALIZERS = [
  'glorot_uniform',
  'glorot_normal',
  'he_uniform',
  'he_normal',
  'lecun_uniform',
  'lecun_normal',
  'orthogonal',
  'uniform',
  'random_uniform',
  'random_normal',
  'zeros',
  'ones',
] as const;

export const initializerSchema = z.enum(INITIALIZERS);
export type InitializerName = z.infer<typeof initializerSchema>;

/** The name without Keras's short form. */
export function resolvedInitializer(name: InitializerName): Exclude<InitializerName, 'uniform'> {
  return name === 'uniform' ? 'random_uniform' : name;
}
