import { activation, type MakeCell } from './cell.ts';

/** c_t = f c_(t-1) + i g; h_t = o act(c_t): where BlockLSTM does not serve, for masks and other activations. */
export const lstmCell: MakeCell = (eager, attributes, { recurrentKernel: R }) => {
  const act = activation(eager, attributes.activation);
  const gate = activation(eager, attributes.recurrentActivation);
  return {
    forward(x, [h, c]) {
      const [zi, zf, zg, zo] = eager.split(eager.add(x, eager.matMul(h!, R)), 4);
      const [i, f, g, o] = [gate.of(zi!), gate.of(zf!), act.of(zg!), gate.of(zo!)];
      const carry = eager.add(eager.multiply(f, c!), eager.multiply(i, g));
      const seen = act.of(carry);
      return { state: [eager.multiply(o, seen), carry], saved: [i, f, g, o, seen] };
    },
    backward([dh, dc], [h, c], [i, f, g, o, seen]) {
      const dCarry = eager.add(dc!, act.gradient(seen!, eager.multiply(dh!, o!)));
      const dx = eager.concat(
        [
          gate.gradient(i!, eager.multiply(dCarry, g!)),
          gate.gradient(f!, eager.multiply(dCarry, c!)),
          act.gradient(g!, eager.multiply(dCarry, i!)),
          gate.gradient(o!, eager.multiply(dh!, seen!)),
        ],
        1,
      );
      const dState = [eager.matMul(dx, R, { b: true }), eager.multiply(dCarry, f!)];
      return { dx, dState, products: { R: [h!, dx] } };
    },
    weightGradients: ({ R: dR }) => ({ recurrentKernel: dR! }),
  };
};
