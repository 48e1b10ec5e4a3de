/** How a run's value stands to the baseline's, where that means something. */
import { notComparable, type ComparableRun } from '../../../shared/comparison/comparable.ts';
import type { RunField } from '../../../shared/history/fields.ts';
import type { RunRow } from '../../../shared/history/rows.ts';
import type { SettingValue } from '../../../shared/run-settings.ts';
import { formatChange } from '../../state/format.ts';

export interface Standing {
  /** `+0.0231`; empty where there is none to show. */
  change: string;
  /** The same in words, or why there is none. */
  words: string;
}

const NONE: Standing = { change: '', words: '' };

/** @param setting of a run by its path; null while settings are not here, which leaves the data to go by */
export function standingOf(
  column: RunField,
  run: RunRow,
  baseline: RunRow | undefined,
  setting: ((run: string, path: string) => SettingValue) | null,
): Standing {
  if (column.metric === undefined || baseline === undefined || baseline.id === run.id) return NONE;
  const [own, other] = [column.of(run), column.of(baseline)];
  if (typeof own !== 'number' || typeof other !== 'number') return NONE;
  const named = `the baseline ${baseline.name}${baseline.archived ? ', which is archived' : ''}`;
  const apart = notComparable(comparable(run, setting), comparable(baseline, setting), column.metric);
  if (apart !== null) return { change: '', words: `no difference to ${named}: ${apart}` };
  const change = formatChange(own, other);
  return { change, words: `${change} to ${named}` };
}

function comparable({ id, dataset }: RunRow, setting: Parameters<typeof standingOf>[3]): ComparableRun {
  if (setting === null) return { dataset };
  const of = (name: string) => setting(id, `training.${name}`);
  const training = { loss: of('loss'), validation_split: of('validation_split'), limit: of('limit') };
  return { dataset, training: training as NonNullable<ComparableRun['training']> };
}
