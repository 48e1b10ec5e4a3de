/** Pieces as bytes: little-endian arrays, as every machine Unroll runs on has them in memory. */
import type { Dataset, Piece } from './dataset.ts';

/** The columns of a stored piece. */
export interface PieceBytes {
  data: Uint8Array;
  offsets: Uint8Array;
  labels: Uint8Array;
}

/** The bytes of an array, without copying. */
export function bytesOf(array: Int32Array | Float32Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** A stored piece as typed arrays; `kind` says whether its values are ranks (int32) or numbers (float32). */
export function decodePiece({ data, offsets, labels }: PieceBytes, kind: Dataset['kind']): Piece {
  return {
    values: kind === 'tokens' ? new Int32Array(ownBuffer(data)) : new Float32Array(ownBuffer(data)),
    offsets: new Uint32Array(ownBuffer(offsets)),
    labels: new Float32Array(ownBuffer(labels)),
  };
}

/** A buffer that holds exactly these bytes from its start, as a typed array needs them; copied only where it must be. */
function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  const whole = byteOffset === 0 && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer;
  return whole ? buffer : new Uint8Array(bytes).buffer;
}
