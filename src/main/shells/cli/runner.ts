/** What a command file gets to register itself: the program, and the way to run its work in a session. */
import { InvalidArgumentError, type Command } from 'commander';
import type { Session } from './session.ts';

export type Work = (session: Session) => Promise<void>;

export interface Runner {
  program: Command;
  run(work: Work, shell?: 'cli' | 'serve'): Promise<void>;
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

/** Reads a number from an option; its range is the contract's business. */
export function real(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}
