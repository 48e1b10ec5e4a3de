/** A layer in a file of Keras's, and what to do with one that is not in the catalogue. */
import type { Config } from './keras-parameters.ts';

export const OTHER_LAYERS = 'Rebuild it from layers of the catalogue, or predict with it where it was made.';

/** A layer as the file describes it. */
export interface Entry {
  className: string;
  config: Config;
  /** The name connections use. */
  name: string;
  inbound: unknown;
  /** The shape Keras 3 built it with. */
  built: unknown;
}
