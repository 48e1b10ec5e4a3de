/** What a command file gets to register itself: the program, and the way to run its work in a session. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Maintenance, Session } from './session.ts';

export type Work = (session: Session) => Promise<void>;

export interface Runner {
  program: Command;
  /** Runs work on the workspace's folder without opening the application. */
  maintain(work: (maintenance: Maintenance) => Promise<void>): Promise<void>;
  /** @param interrupted what Ctrl+C says, where it is not that a state is saved */
  run(work: Work, shell?: 'cli' | 'serve', interrupted?: string): Promise<void>;
}

/** Which of a run's weights a command takes; without it the best, as on the screens. */
export function checkpointOption(): Option {
  const words = 'the weights of the best epoch by the monitored metric (where there is one), or of the last';
  return new Option('--checkpoint <which>', `${words} (default: best)`).choices(['best', 'last']);
}

/** Reads a whole number from `least` to `most` from an option. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number ${range}.`);
    }
    return value;
  };
}

/** Reads a number from an option. @param isAllowed its range, which `range` puts in words: `above 0` */
function real(isAllowed: (value: number) => boolean, range: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || !isAllowed(value))
      throw new InvalidArgumentError(`It must be a number ${range}.`);
    return value;
  };
}

export const positive = real((value) => value > 0, 'above 0');
/** A part of a whole that leaves something of it. */
export const share = real((value) => value >= 0 && value < 1, 'from 0 to below 1');
