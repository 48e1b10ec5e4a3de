/**
 * A whole LSTM in one operation of TensorFlow's, `BlockLSTMV2`, and one for its gradient (tensorflow/core/ops/rnn_ops.cc).
 * Its gates are in Keras's order i, f, c, o; it knows tanh and sigmoid, and no masks.
 */
import type { RecurrentAttributes } from '../../ops/recurrent.ts';
import type { Eager, Handle } from './eager.ts';
import type { LayerInputs, LayerPass } from './layer-pass.ts';

export const fitsBlockLstm = ({ cell, activation, recurrentActivation }: RecurrentAttributes): boolean =>
  cell === 'LSTM' && activation === 'tanh' && recurrentActivation === 'sigmoid';

export function blockLstm(eager: Eager, layer: LayerInputs): LayerPass {
  const { B, T, D, x, attributes } = layer;
  const U = attributes.units;
  const zeroState = eager.zeros([B, U]);
  const noPeephole = eager.zeros([U]);
  const weights = eager.concat([layer.kernel, layer.recurrentKernel], 0);
  const inputs = [
    eager.long(T),
    x,
    zeroState,
    zeroState,
    weights,
    noPeephole,
    noPeephole,
    noPeephole,
    layer.bias,
  ];
  const peephole = eager.flag('use_peephole', false);
  const states = eager.ops('BlockLSTMV2', inputs, [eager.real('cell_clip', 0), peephole], 7);
  const h = states[6]!;
  return {
    output: attributes.returnSequences ? eager.op('Identity', [h]) : lastStep(eager, h, layer),
    backward(dOutput) {
      const dh = attributes.returnSequences ? dOutput : onlyLastStep(eager, dOutput, layer);
      const dc = eager.zeros([T, B, U]);
      const gradients = eager.ops('BlockLSTMGradV2', [...inputs, ...states, dc, dh], [peephole], 8);
      const [dx, dWeights, bias] = [gradients[0]!, gradients[3]!, gradients[7]!];
      return {
        x: dx,
        kernel: eager.slice(dWeights, [0, 0], [D, 4 * U]),
        recurrentKernel: eager.slice(dWeights, [D, 0], [U, 4 * U]),
        bias,
      };
    },
  };
}

function lastStep(eager: Eager, h: Handle, { B, T, attributes }: LayerInputs): Handle {
  const U = attributes.units;
  return eager.reshape(eager.slice(h, [T - 1, 0, 0], [1, B, U]), [B, U]);
}

function onlyLastStep(eager: Eager, dOutput: Handle, { B, T, attributes }: LayerInputs): Handle {
  const U = attributes.units;
  const last = eager.reshape(dOutput, [1, B, U]);
  return T === 1 ? last : eager.concat([eager.zeros([T - 1, B, U]), last], 0);
}
