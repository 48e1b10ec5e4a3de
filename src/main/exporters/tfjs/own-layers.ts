/** The cells tfjs does not have, as the JavaScript file that goes with an exported model. */

/** Activations the cells of the file know. */
export const OWN_ACTIVATIONS = [
  'linear',
  'tanh',
  'sigmoid',
  'relu',
  'relu6',
  'elu',
  'selu',
  'softplus',
  'softsign',
  'hard_sigmoid',
];

export const OWN_LAYERS_FILE = 'unroll-layers.mjs';

export const OWN_LAYERS_TEXT = `/**
 * Cells that TensorFlow.js does not have: GRU as Keras 3 computes it (reset_after), and the lecture's Book LSTM.
 *
 *   import * as tf from '@tensorflow/tfjs';
 *   import { register } from './unroll-layers.mjs';
 *   register(tf);
 *   const model = await tf.loadLayersModel('model.json');
 */
export function register(tf) {
  const activations = {
    linear: (x) => x, tanh: tf.tanh, sigmoid: tf.sigmoid, relu: tf.relu, relu6: tf.relu6, elu: tf.elu, selu: tf.selu,
    softplus: tf.softplus, softsign: (x) => tf.div(x, tf.add(tf.abs(x), 1)),
    hardSigmoid: (x) => tf.clipByValue(tf.add(tf.div(x, 6), 0.5), 0, 1),
  };

  class Cell extends tf.layers.Layer {
    constructor(config) {
      super(config);
      this.config = config;
      this.units = config.units;
      this.act = activations[config.activation];
      this.gate = activations[config.recurrentActivation];
    }

    weight(name, shape) {
      return this.addWeight(name, shape, 'float32', tf.initializers.zeros());
    }

    getConfig() {
      return { ...super.getConfig(), ...this.config };
    }
  }

  /** h_t = z h + (1 - z) tanh(x W_h + b_h + r (h U_h + d_h)): the reset gate acts after the product. */
  class GRUResetAfterCell extends Cell {
    constructor(config) {
      super(config);
      this.stateSize = config.units;
    }

    build(inputShape) {
      this.kernel = this.weight('kernel', [inputShape[inputShape.length - 1], 3 * this.units]);
      this.recurrentKernel = this.weight('recurrent_kernel', [this.units, 3 * this.units]);
      this.bias = this.config.useBias ? this.weight('bias', [2, 3 * this.units]) : null;
      this.built = true;
    }

    call([x, h]) {
      return tf.tidy(() => {
        let projected = tf.matMul(x, this.kernel.read());
        let recurrent = tf.matMul(h, this.recurrentKernel.read());
        if (this.bias) {
          const [b, d] = tf.unstack(this.bias.read());
          projected = tf.add(projected, b);
          recurrent = tf.add(recurrent, d);
        }
        const [xz, xr, xh] = tf.split(projected, 3, 1);
        const [hz, hr, hh] = tf.split(recurrent, 3, 1);
        const z = this.gate(tf.add(xz, hz));
        const candidate = this.act(tf.add(xh, tf.mul(this.gate(tf.add(xr, hr)), hh)));
        const next = tf.add(tf.mul(z, h), tf.mul(tf.sub(1, z), candidate));
        return [next, next];
      });
    }
  }
  GRUResetAfterCell.className = 'GRUResetAfterCell';
  tf.serialization.registerClass(GRUResetAfterCell);

  /** c_t = i k + c f; h_t = act(x W_o + h U_o + c V_o + b_o). */
  class BookLSTMCell extends Cell {
    constructor(config) {
      super(config);
      this.stateSize = [config.units, config.units];
    }

    build(inputShape) {
      this.kernel = this.weight('kernel', [inputShape[inputShape.length - 1], 4 * this.units]);
      this.recurrentKernel = this.weight('recurrent_kernel', [this.units, 4 * this.units]);
      this.carryKernel = this.weight('carry_kernel', [this.units, this.units]);
      this.bias = this.config.useBias ? this.weight('bias', [4 * this.units]) : null;
      this.built = true;
    }

    call([x, h, c]) {
      return tf.tidy(() => {
        let sums = tf.add(tf.matMul(x, this.kernel.read()), tf.matMul(h, this.recurrentKernel.read()));
        if (this.bias) sums = tf.add(sums, this.bias.read());
        const [i, f, k, o] = tf.split(sums, 4, 1);
        const carry = tf.add(tf.mul(this.gate(i), this.act(k)), tf.mul(c, this.gate(f)));
        const seen = this.config.outputSees === 'old' ? c : carry;
        const next = this.act(tf.add(o, tf.matMul(seen, this.carryKernel.read())));
        return [next, next, carry];
      });
    }
  }
  BookLSTMCell.className = 'BookLSTMCell';
  tf.serialization.registerClass(BookLSTMCell);

  /** An RNN that leaves its configuration as it is, so that a Bidirectional can build two of it. */
  class UnrollRNN extends tf.RNN {
    static fromConfig(constructor, config) {
      const cells = { GRUResetAfterCell, BookLSTMCell };
      const { className, config: settings } = config.cell;
      return new constructor({ ...config, cell: new cells[className](settings) });
    }

    getConfig() {
      const cell = { className: this.cell.getClassName(), config: this.cell.getConfig() };
      return { ...super.getConfig(), cell };
    }
  }
  UnrollRNN.className = 'UnrollRNN';
  tf.serialization.registerClass(UnrollRNN);
}
`;
