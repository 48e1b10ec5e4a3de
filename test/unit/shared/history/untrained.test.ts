import { expect, it } from 'vitest';
import { untrainedText } from '../../../../src/shared/history/untrained.ts';

it('promises values only of runs that are still to train, and else names the way on', () => {
  expect(untrainedText([{ status: 'queued' }])).toBe('Possible after the first epoch.');
  expect(untrainedText([{ status: 'failed' }, { status: 'paused' }])).toContain('after the first epoch');
  expect(untrainedText([{ status: 'failed' }])).toMatch(/failed before its first epoch .* new run/);
  expect(untrainedText([{ status: 'stopped' }])).toMatch(/was stopped before .* Resume it/);
  expect(untrainedText([{ status: 'interrupted' }])).toMatch(/was interrupted before .* Resume it/);
  expect(untrainedText([{ status: 'failed' }, { status: 'stopped' }])).toMatch(/^All of these runs ended/);
});
