import { activation, type MakeCell } from './cell.ts';

/** c_t = i k + c_(t-1) f; h_t = act(h_(t-1) U_o + x_t W_o + c V_o + b_o), c the carry before the step (`old`) or after it. */
export const bookLstmCell: MakeCell = (eager, attributes, { recurrentKernel: R, carryKernel: V }) => {
  const act = activation(eager, attributes.activation);
  const gate = activation(eager, attributes.recurrentActivation);
  const seesOld = attributes.outputSees === 'old';
  return {
    forward(x, [h, c]) {
      const [zi, zf, zk, zo] = eager.split(eager.add(x, eager.matMul(h!, R)), 4);
      const [i, f, k] = [gate.of(zi!), gate.of(zf!), act.of(zk!)];
      const carry = eager.add(eager.multiply(i, k), eager.multiply(c!, f));
      const output = act.of(eager.add(zo!, eager.matMul(seesOld ? c! : carry, V!)));
      return { state: [output, carry], saved: [i, f, k, carry, output] };
    },
    backward([dh, dc], [h, c], [i, f, k, carry, output]) {
      const dOutput = act.gradient(output!, dh!);
      const dSeen = eager.matMul(dOutput, V!, { b: true });
      const dCarry = seesOld ? dc! : eager.add(dc!, dSeen);
      const dx = eager.concat(
        [
          gate.gradient(i!, eager.multiply(dCarry, k!)),
          gate.gradient(f!, eager.multiply(dCarry, c!)),
          act.gradient(k!, eager.multiply(dCarry, i!)),
          dOutput,
        ],
        1,
      );
      const dOld = eager.multiply(dCarry, f!);
      const dState = [eager.matMul(dx, R, { b: true }), seesOld ? eager.add(dOld, dSeen) : dOld];
      return { dx, dState, products: { R: [h!, dx], V: [seesOld ? c! : carry!, dOutput] } };
    },
    weightGradients: ({ R: dR, V: dV }) => ({ recurrentKernel: dR!, carryKernel: dV! }),
  };
};
