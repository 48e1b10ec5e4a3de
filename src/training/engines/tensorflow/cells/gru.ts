import type { Eager, Handle } from '../eager.ts';
import { activation, type MakeCell } from './cell.ts';

/** h_t = z h_(t-1) + (1 - z) g, the reset gate behind the recurrent product (Keras's default, cuDNN's form) or before it. */
export const gruCell: MakeCell = (eager, attributes, weights) =>
  attributes.resetAfter ? resetAfter(eager, attributes, weights) : resetBefore(eager, attributes, weights);

/** z h + (1 - z) g, written g + z (h - g). */
const blend = (eager: Eager, z: Handle, h: Handle, g: Handle): Handle =>
  eager.add(g, eager.multiply(z, eager.op('Sub', [h, g])));

/** What reaches z and g before their activations, and h directly, from dh. */
function blendGradient(eager: Eager, dh: Handle, [z, h, g]: [Handle, Handle, Handle]) {
  const direct = eager.multiply(dh, z);
  return {
    direct,
    dz: eager.multiply(dh, eager.op('Sub', [h, g])),
    dg: eager.op('Sub', [dh, direct]),
  };
}

const resetAfter: MakeCell = (eager, attributes, { recurrentKernel: R, recurrentBias }) => {
  const act = activation(eager, attributes.activation);
  const gate = activation(eager, attributes.recurrentActivation);
  return {
    forward(x, [h]) {
      const [xz, xr, xg] = eager.split(x, 3);
      const [hz, hr, hg] = eager.split(eager.add(eager.matMul(h!, R), recurrentBias!), 3);
      const [z, r] = [gate.of(eager.add(xz!, hz!)), gate.of(eager.add(xr!, hr!))];
      const g = act.of(eager.add(xg!, eager.multiply(r, hg!)));
      return { state: [blend(eager, z, h!, g)], saved: [z, r, g, hg!] };
    },
    backward([dh], [h], [z, r, g, hg]) {
      const { direct, dz, dg } = blendGradient(eager, dh!, [z!, h!, g!]);
      const dCandidate = act.gradient(g!, dg);
      const dGates = [gate.gradient(z!, dz), gate.gradient(r!, eager.multiply(dCandidate, hg!))];
      const dx = eager.concat([...dGates, dCandidate], 1);
      const dRecurrent = eager.concat([...dGates, eager.multiply(dCandidate, r!)], 1);
      const dState = [eager.add(direct, eager.matMul(dRecurrent, R, { b: true }))];
      return { dx, dRecurrent, dState, products: { R: [h!, dRecurrent] } };
    },
    weightGradients: ({ R: dR }) => ({ recurrentKernel: dR! }),
  };
};

const resetBefore: MakeCell = (eager, attributes, { recurrentKernel }) => {
  const act = activation(eager, attributes.activation);
  const gate = activation(eager, attributes.recurrentActivation);
  const U = attributes.units;
  const gatesR = eager.slice(recurrentKernel, [0, 0], [U, 2 * U]);
  const candidateR = eager.slice(recurrentKernel, [0, 2 * U], [U, U]);
  return {
    forward(x, [h]) {
      const [xz, xr, xg] = eager.split(x, 3);
      const [hz, hr] = eager.split(eager.matMul(h!, gatesR), 2);
      const [z, r] = [gate.of(eager.add(xz!, hz!)), gate.of(eager.add(xr!, hr!))];
      const reset = eager.multiply(r, h!);
      const g = act.of(eager.add(xg!, eager.matMul(reset, candidateR)));
      return { state: [blend(eager, z, h!, g)], saved: [z, r, g, reset] };
    },
    backward([dh], [h], [z, r, g, reset]) {
      const { direct, dz, dg } = blendGradient(eager, dh!, [z!, h!, g!]);
      const dCandidate = act.gradient(g!, dg);
      const dReset = eager.matMul(dCandidate, candidateR, { b: true });
      const dGates = eager.concat([gate.gradient(z!, dz), gate.gradient(r!, eager.multiply(dReset, h!))], 1);
      const through = eager.add(eager.multiply(dReset, r!), eager.matMul(dGates, gatesR, { b: true }));
      const products = {
        gates: [h!, dGates] as [Handle, Handle],
        candidate: [reset!, dCandidate] as [Handle, Handle],
      };
      return { dx: eager.concat([dGates, dCandidate], 1), dState: [eager.add(direct, through)], products };
    },
    weightGradients: ({ gates, candidate }) => ({ recurrentKernel: eager.concat([gates!, candidate!], 1) }),
  };
};
