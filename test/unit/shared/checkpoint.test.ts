import { describe, expect, it } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from '../../../src/shared/checkpoint.ts';

const checkpoint: Checkpoint = {
  position: {
    epoch: 1,
    batch: 7,
    iterations: 107,
    learningRate: 0.001,
    sums: { loss: 3.5 },
    examples: 112,
    seconds: 0.25,
    callbacks: { early_stopping: { best: 0.5, wait: 1 } },
  },
  weights: [
    { name: 'dense/kernel', shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-30, 6) },
    { name: 'dense/bias', shape: [0], data: new Float32Array(0) },
  ],
  slots: [{ name: 'velocity/dense/kernel', shape: [1], data: Float32Array.of(-0) }],
};

describe('a checkpoint', () => {
  it('comes back bit for bit', () => {
    expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toEqual(checkpoint);
  });

  it('comes back from a Node Buffer at any address, as messages and the database hand it over', () => {
    const encoded = encodeCheckpoint(checkpoint);
    for (const offset of [0, 1, 2, 3]) {
      const memory = Buffer.alloc(encoded.length + offset);
      memory.set(encoded, offset);
      expect(decodeCheckpoint(memory.subarray(offset))).toEqual(checkpoint);
    }
  });

  it('cut off anywhere, or with bytes left over, is refused', () => {
    const encoded = encodeCheckpoint(checkpoint);
    for (let length = 0; length < encoded.length; length++) {
      expect(() => decodeCheckpoint(encoded.slice(0, length))).toThrow(
        expect.objectContaining({ code: 'file-damaged' }),
      );
    }
    expect(() => decodeCheckpoint(Uint8Array.of(...encoded, 0, 0, 0, 0))).toThrow(
      expect.objectContaining({ code: 'file-damaged' }),
    );
  });
});
