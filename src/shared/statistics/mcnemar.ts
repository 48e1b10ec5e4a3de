/** McNemar's test: two models on the same examples (McNemar 1947; for classifiers, Dietterich 1998). */
import { chiSquareTail, fairCoinTwoSided } from './distributions.ts';

export interface McNemar {
  /** Examples only the first, and only the second model has right. */
  onlyFirst: number;
  onlySecond: number;
  /** The exact binomial test, two-sided. */
  exactP: number;
  /** With Edwards's continuity correction, (|b - c| - 1)² / (b + c), and its P for one degree of freedom. */
  chiSquare: number;
  chiSquareP: number;
}

/** Below this many disagreements the chi-square form is not to be trusted, and the exact one is told. */
export const ENOUGH_DISAGREEMENTS = 25;

/** Tests whether two models err equally often, from the examples on which exactly one of them is right. */
export function mcnemar(onlyFirst: number, onlySecond: number): McNemar {
  const discordant = onlyFirst + onlySecond;
  const beyond = Math.max(0, Math.abs(onlyFirst - onlySecond) - 1);
  const chiSquare = discordant === 0 ? 0 : beyond ** 2 / discordant;
  return {
    onlyFirst,
    onlySecond,
    exactP: fairCoinTwoSided(onlyFirst, discordant),
    chiSquare,
    chiSquareP: chiSquareTail(chiSquare),
  };
}
