/** Turning sequences: which axis is time, and which way it runs. */
import type { GraphBuilder } from './builder.ts';

/** (B, T, N) to (T, B, N), or back. */
export const timeMajor = (graph: GraphBuilder, x: string): string =>
  graph.add('Transpose', [x], { perm: [1, 0, 2] });

/** (B, T) or (B, T, N) with the last step first. */
export function reverseTime(graph: GraphBuilder, x: string): string {
  const end = graph.ints(-1);
  return graph.add('Slice', [x, end, graph.ints(-(2 ** 31)), graph.ints(1), end]);
}
