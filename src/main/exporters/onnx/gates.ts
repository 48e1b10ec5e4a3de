/** Weights of recurrent layers as ONNX's operators have them: transposed, with the gates in another order and two biases. */

/** Places of ONNX's gates in Keras's order. LSTM: i, o, f, c out of i, f, c, o; GRU: z, r, h in both. */
const ORDER: Readonly<Record<string, readonly number[]>> = {
  SimpleRNN: [0],
  LSTM: [0, 3, 1, 2],
  GRU: [0, 1, 2],
};

/** (rows, G U) with Keras's gates to (G U, rows) with ONNX's. */
export function gatedKernel(type: string, data: Float32Array, rows: number, units: number): Float32Array {
  const order = ORDER[type]!;
  const width = order.length * units;
  const kernel = new Float32Array(rows * width);
  order.forEach((from, gate) => {
    for (let unit = 0; unit < units; unit++) {
      const to = (gate * units + unit) * rows;
      for (let row = 0; row < rows; row++) kernel[to + row] = data[row * width + from * units + unit]!;
    }
  });
  return kernel;
}

/**
 * The bias of the input and that of the state, behind one another: (2 G U).
 * @param bias (G U) or, for GRU with reset_after, (2, G U); null: zeros
 */
export function gatedBias(type: string, bias: Float32Array | null, units: number): Float32Array {
  const order = ORDER[type]!;
  const width = order.length * units;
  const gated = new Float32Array(2 * width);
  if (!bias) return gated;
  for (let part = 0; part < bias.length / width; part++) {
    order.forEach((from, gate) => {
      const start = part * width + from * units;
      gated.set(bias.subarray(start, start + units), part * width + gate * units);
    });
  }
  return gated;
}
