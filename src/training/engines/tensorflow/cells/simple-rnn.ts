import { activation, type MakeCell } from './cell.ts';

/** h_t = act(x_t W + b + h_(t-1) R). */
export const simpleRnnCell: MakeCell = (eager, attributes, { recurrentKernel: R }) => {
  const act = activation(eager, attributes.activation);
  return {
    forward(x, [h]) {
      const next = act.of(eager.add(x, eager.matMul(h!, R)));
      return { state: [next], saved: [next] };
    },
    backward([dh], [h], [next]) {
      const dx = act.gradient(next!, dh!);
      return { dx, dState: [eager.matMul(dx, R, { b: true })], products: { R: [h!, dx] } };
    },
    weightGradients: ({ R: dR }) => ({ recurrentKernel: dR! }),
  };
};
