/** Where windows of a few steps lie on a sequence, for convolution and pooling, as Keras counts and pads them. */

export interface WindowConfig {
  /** Steps a window sees, its dilation left out. */
  size: number;
  strides: number;
  padding: 'valid' | 'same' | 'causal';
  dilation: number;
}

export interface Windows {
  /** How many there are. */
  steps: number;
  /** Steps of padding in front of the sequence; behind it, as many as the last window needs. */
  front: number;
  back: number;
}

/** The windows on T steps. `same` splits the padding, the smaller half in front; `causal` puts all of it in front. */
export function windowsOn(T: number, { size, strides, padding, dilation }: WindowConfig): Windows {
  const span = (size - 1) * dilation + 1;
  if (padding === 'valid') return { steps: Math.floor((T - span) / strides) + 1, front: 0, back: 0 };
  const steps = Math.ceil(T / strides);
  const needed = Math.max(0, (steps - 1) * strides + span - T);
  const front = padding === 'causal' ? span - 1 : Math.floor(needed / 2);
  return { steps, front, back: Math.max(0, needed - front) };
}
