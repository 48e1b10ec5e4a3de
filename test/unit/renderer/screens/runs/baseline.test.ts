import { describe, expect, it } from 'vitest';
import { standingOf } from '../../../../../src/renderer/screens/runs/baseline.ts';
import { fields, row } from './rows.ts';

const accuracy = fields.find('best(val_acc)')!;
const baseline = row('base', { best: { val_acc: 0.8 } });
const better = { best: { val_acc: 0.85 } };

describe('the difference to the baseline', () => {
  it('is the value less the baseline’s', () => {
    expect(standingOf(accuracy, row('own', better), baseline, null)).toEqual({
      change: '+0.0500',
      words: '+0.0500 to the baseline base',
    });
  });

  it('says that the baseline is archived, where its row is not in sight', () => {
    const { words } = standingOf(accuracy, row('own', better), { ...baseline, archived: true }, null);
    expect(words).toBe('+0.0500 to the baseline base, which is archived');
  });

  it('is none on other data, and on other validation examples as soon as settings are known', () => {
    const elsewhere = row('own', { ...better, dataset: { id: 'e', name: 'tickets', hash: 'other' } });
    expect(standingOf(accuracy, elsewhere, baseline, null)).toEqual({
      change: '',
      words: 'no difference to the baseline base: other data',
    });
    const split = (id: string, path: string) =>
      path === 'training.validation_split' && id === 'own' ? 0.5 : 0.2;
    expect(standingOf(accuracy, row('own', better), baseline, split).words).toContain(
      'other validation examples',
    );
  });

  it('is none for the baseline itself, without a value, and for what is no metric', () => {
    const none = { change: '', words: '' };
    expect(standingOf(accuracy, baseline, baseline, null)).toEqual(none);
    expect(standingOf(accuracy, row('own', { best: {} }), baseline, null)).toEqual(none);
    expect(standingOf(fields.find('epochs')!, row('own'), baseline, null)).toEqual(none);
    expect(standingOf(fields.find('epoch(val_acc)')!, row('own'), baseline, null)).toEqual(none);
    expect(standingOf(accuracy, row('own'), undefined, null)).toEqual(none);
  });
});
