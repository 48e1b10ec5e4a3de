import { expect, it } from 'vitest';
import { chooseCheckpoint, writeCheckpoint } from '../../../../src/main/store/checkpoints.ts';
import { createRun } from '../../../../src/main/store/runs.ts';
import { insertSmallDataset, newRun, temporaryWorkspace } from '../workspace.ts';

it('the best checkpoint is taken where none is asked for, and the last while there is no best', async () => {
  const { db } = temporaryWorkspace();
  const { id } = createRun(db, newRun(await insertSmallDataset(db)));
  const missing = expect.objectContaining({ code: 'checkpoint-missing' });
  expect(() => chooseCheckpoint(db, id, undefined)).toThrow(missing);
  writeCheckpoint(db, id, 'last', { data: Uint8Array.of(1), epoch: 3, batch: 2 });
  expect(chooseCheckpoint(db, id, undefined)).toEqual({ which: 'last', epoch: 3 });
  expect(() => chooseCheckpoint(db, id, 'best')).toThrow(missing);
  writeCheckpoint(db, id, 'best', { data: Uint8Array.of(2), epoch: 1, batch: 0 });
  expect(chooseCheckpoint(db, id, undefined)).toEqual({ which: 'best', epoch: 1 });
  expect(chooseCheckpoint(db, id, 'last')).toEqual({ which: 'last', epoch: 3 });
});
