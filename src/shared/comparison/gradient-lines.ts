/** The lines that show how the gradient reaches back through time: the same on the screen, in pictures and in reports. */
import type { Flow, LayerFlow } from '../contract/analysis.ts';
import type { Figure, FigureLine } from '../figures/figure.ts';
import { normsBySteps, stateNames, type Measure, type StateName } from './reach.ts';

/** Which gradients are drawn. */
export type Drawn = StateName | 'both';

type Named = Pick<LayerFlow, 'name' | 'cell' | 'cellNorms'>;

/** The gradients drawn of a layer; one without a cell state has that by its hidden state always. */
const statesDrawn = (layer: Named, drawn: Drawn): StateName[] =>
  stateNames(layer).filter((state, _, all) => drawn === 'both' || drawn === state || all.length === 1);

/** What says which of a layer's gradients a line is. */
export const stateEnding = (layer: Named, state: StateName): string => (layer.cellNorms ? ` ${state}` : '');

/** `dLoss/dh`, `dLoss/dh and dLoss/dc`: what is drawn of layers. */
export function gradientNames(layers: readonly Named[], drawn: Drawn): string {
  const states = new Set(layers.flatMap((layer) => statesDrawn(layer, drawn)));
  return [...states]
    .toSorted((a, b) => Number(a === 'c') - Number(b === 'c'))
    .map((state) => `dLoss/d${state}`)
    .join(' and ');
}

/** A line a recurrent layer and state; layers above the first are dashed where a run has several, cell states dotted. */
export function gradientLines(
  flow: Flow,
  run: string,
  drawn: Drawn,
  measure: Measure,
): Omit<FigureLine, 'colour'>[] {
  return flow.layers.flatMap((layer, i) =>
    statesDrawn(layer, drawn).map((state) => {
      const { steps, middle, low, high } = normsBySteps(flow, layer, state, measure);
      const named = flow.layers.length > 1 ? `${run} ${layer.name}` : `${run} (${layer.cell})`;
      return {
        label: named + stateEnding(layer, state),
        dashed: i > 0,
        dotted: state === 'c',
        x: steps,
        y: middle,
        ...(flow.examples.length > 1 ? { band: { low, high } } : {}),
      };
    }),
  );
}

/** Title and axes of the chart of these lines. @param looked at as many examples each */
export function gradientAxes(
  looked: readonly { flow: Flow }[],
  drawn: Drawn,
  measure: Measure,
): Pick<Figure, 'title' | 'x' | 'y'> {
  const gradient = gradientNames(
    looked.flatMap(({ flow }) => flow.layers),
    drawn,
  );
  const examples = looked[0]?.flow.examples.length ?? 0;
  const share = measure === 'share' ? ' as a share of the last step’s' : '';
  return {
    title: `Norm of ${gradient}${share}${examples > 1 ? `, middle of ${examples} examples` : ''}`,
    x: { title: 'step, counted from the last', whole: true },
    y: { title: measure === 'share' ? 'share of the last norm' : `norm of ${gradient}`, logarithmic: true },
  };
}

/** What the lines tell, and what they do not. */
export const GRADIENT_MEANS =
  'The norm of dLoss/dh at each step says how much the loss would change with the hidden state there, that of dLoss/dc with an LSTM’s cell state, which its forget gate hands on and by which it remembers. Where both have died before the first word, nothing that stands there can be learnt. An example that is already right has a small loss and so small norms everywhere: the share of the last step’s norm can be compared, the norm itself cannot.';

export const GRADIENT_DRAWN =
  'dLoss/dc is dotted, layers above the first are dashed, and half of the examples lie within the tint.';

export const GRADIENT_OTHER_DATA =
  'They were trained on different data: each is shown on its own test examples, so only how far the gradient reaches can be compared, not its size at a word.';
