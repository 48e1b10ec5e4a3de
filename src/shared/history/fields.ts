/** What a run has, under the names that columns, filters, groups and orders share. */
import type { FieldKind, QuerySource, Value } from '../query/fields.ts';
import { AGGREGATES, type Aggregate } from '../query/syntax.ts';
import type { SettingValue } from '../run-settings.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatMetric,
  formatSetting,
  NO_VALUE,
} from '../format.ts';
import { firstLine } from '../markdown.ts';
import { formatMoment } from '../moment.ts';
import { divergenceOf } from './divergence.ts';
import type { RunRow } from './rows.ts';
import type { SettingKind } from './settings.ts';

export interface RunField {
  /** As a query writes it: `status`, `best(val_acc)`, `training.seed`. */
  name: string;
  /** What its column is called. */
  title: string;
  help: string;
  kind: FieldKind;
  of: (run: RunRow) => Value;
  /** A value as it is shown. */
  show: (value: Value) => string;
  /** Pixels of its column. */
  width: number;
  /** The metric whose value it is, which can be held against another run's. */
  metric?: string;
}

/** Settings as the fields read them; none are there before they were fetched. */
export interface SettingSource {
  paths: ReadonlyMap<string, SettingKind>;
  value: (run: string, path: string) => SettingValue;
}

const words = (value: Value): string => (value === null || value === '' ? NO_VALUE : String(value));
const flag = (value: Value): string => (value === true ? 'yes' : value === false ? 'no' : NO_VALUE);
const list = (value: Value): string =>
  Array.isArray(value) && value.length > 0 ? value.join(', ') : NO_VALUE;
const numeric = (format: (value: number | null) => string) => (value: Value) =>
  format(typeof value === 'number' ? value : null);
/** Of notes in Markdown, as they read. */
const firstWords = (value: Value): string => (typeof value === 'string' ? words(firstLine(value)) : NO_VALUE);
const moment = numeric((value) => formatMoment(value));

const SHOW: Readonly<Record<FieldKind, (value: Value) => string>> = {
  text: words,
  flag,
  list,
  moment,
  number: numeric(formatCount),
};

type Core = [
  name: string,
  title: string,
  kind: FieldKind,
  width: number,
  of: RunField['of'],
  help: string,
  show?: RunField['show'],
];

const secondsBetween = (from: number | null, to: number | null): number | null =>
  from === null || to === null ? null : (to - from) / 1000;

const CORE: readonly Core[] = [
  ['name', 'Name', 'text', 210, (run) => run.name, 'Name of the run'],
  [
    'status',
    'Status',
    'text',
    96,
    (run) => run.status,
    'queued, running, paused, done, stopped, failed or interrupted',
  ],
  ['model', 'Model', 'text', 150, (run) => run.model, 'Name of the model'],
  ['data', 'Data', 'text', 92, (run) => run.dataset.name, 'Name of the data set'],
  ['epochs', 'Epochs', 'number', 80, (run) => run.epochsDone, 'Epochs done, of those planned'],
  [
    'seconds',
    's/epoch',
    'number',
    100,
    (run) => run.secondsPerEpoch,
    'Seconds an epoch, training and validation',
    numeric(formatDuration),
  ],
  ['created', 'Created', 'moment', 98, (run) => run.createdAt, 'When it was queued'],
  ['started', 'Started', 'moment', 112, (run) => run.startedAt, 'When training began'],
  ['ended', 'Ended', 'moment', 112, (run) => run.endedAt, 'When it ended'],
  ['tags', 'Tags', 'list', 112, (run) => run.tags, 'Tags'],
  ['notes', 'Notes', 'text', 200, (run) => run.notes || null, 'Notes', firstWords],
  [
    'parameters',
    'Parameters',
    'number',
    100,
    (run) => run.parameters,
    'Trained and fixed weights of the model',
  ],
  ['best_epoch', 'Best epoch', 'number', 92, (run) => run.bestEpoch, 'Epoch of the best checkpoint'],
  [
    'memory',
    'Memory',
    'number',
    92,
    (run) => run.peakBytes,
    'The most memory training took, in bytes',
    numeric(formatBytes),
  ],
  [
    'duration',
    'Duration',
    'number',
    96,
    (run) => secondsBetween(run.startedAt, run.endedAt),
    'From start to end, in seconds',
    numeric(formatDuration),
  ],
  [
    'age',
    'Age',
    'number',
    96,
    (run) => secondsBetween(run.createdAt, Date.now()),
    'Since it was queued, in seconds: age < 7d',
    numeric(formatDuration),
  ],
  ['engine', 'Engine', 'text', 84, (run) => run.engine, 'What it was computed by'],
  ['sweep', 'Experiment', 'text', 140, (run) => run.sweep, 'The paired experiment it was queued with'],
  [
    'diverged',
    'Diverged',
    'flag',
    84,
    (run) => divergenceOf(run) !== null,
    'Whether its loss exploded or was no longer finite',
  ],
  ['pinned', 'Pinned', 'flag', 76, (run) => run.pinned, 'Kept on top'],
  ['archived', 'Archived', 'flag', 84, (run) => run.archived, 'Out of the list'],
  ['id', 'Id', 'text', 120, (run) => run.id, 'Id of the run'],
];

const coreFields: ReadonlyMap<string, RunField> = new Map(
  CORE.map(([name, title, kind, width, of, help, show = SHOW[kind]]) => [
    name,
    { name, title, kind, width, of, help, show },
  ]),
);

const METRIC_HELP: Readonly<Record<Aggregate, (metric: string) => string>> = {
  best: (metric) => `The best ${metric} of any epoch`,
  last: (metric) => `${metric} after the last epoch`,
  min: (metric) => `The lowest ${metric} of any epoch`,
  max: (metric) => `The highest ${metric} of any epoch`,
  epoch: (metric) => `The epoch that reached the best ${metric} first`,
};

function metricField(aggregate: Aggregate, metric: string): RunField {
  return {
    name: `${aggregate}(${metric})`,
    title: `${aggregate === 'epoch' ? 'epoch of' : aggregate} ${metric}`,
    help: METRIC_HELP[aggregate](metric),
    kind: 'number',
    of: (run) => run.metric(aggregate, metric),
    show: numeric(aggregate === 'epoch' ? formatCount : formatMetric),
    width: 124,
    ...(aggregate === 'epoch' ? {} : { metric }),
  };
}

/** `learning_rate` for `training.optimizer.learning_rate`, `dense.units` for `layers.dense.units`. */
function settingTitle(path: string): string {
  const parts = path.split('.');
  return parts[0] === 'layers' ? parts.slice(1).join('.') : parts.at(-1)!;
}

function settingField(path: string, kind: SettingKind, { value }: SettingSource): RunField {
  const mixed = (found: SettingValue) => (kind === 'text' && found !== null ? String(found) : found);
  return {
    name: path,
    title: settingTitle(path),
    help: path,
    kind,
    of: (run) => mixed(value(run.id, path)),
    show: (found) => (found === null ? NO_VALUE : kind === 'flag' ? flag(found) : formatSetting(found)),
    width: kind === 'number' ? 104 : 120,
  };
}

/** Settings that share their last word: those of training are meant before those of a layer. */
const MEANT_FIRST = ['model.', 'training.', 'preprocessing.', ''];

function pathFor(name: string, paths: SettingSource['paths']): string | undefined {
  if (paths.has(name)) return name;
  const ending = [...paths.keys()].filter((path) => path.endsWith(`.${name}`));
  for (const start of MEANT_FIRST) {
    const meant = ending.filter((path) => path.startsWith(start));
    if (meant.length > 0) return meant.length === 1 ? meant[0] : undefined;
  }
  return undefined;
}

/** The fields there are, given the workspace's metrics and settings. */
export class RunFields {
  readonly metrics: readonly string[];
  readonly #settings: SettingSource;

  constructor(metrics: readonly string[], settings: SettingSource) {
    this.metrics = metrics;
    this.#settings = settings;
  }

  /** The field of a column, or of a query's word: a setting may be named by its last part, where that is clear. */
  find(name: string): RunField | undefined {
    const core = coreFields.get(name);
    if (core !== undefined) return core;
    const metric = /^(\w+)\((.+)\)$/.exec(name);
    if (metric !== null) {
      const aggregate = AGGREGATES.find((candidate) => candidate === metric[1]);
      return aggregate === undefined ? undefined : metricField(aggregate, metric[2]!);
    }
    const path = pathFor(name, this.#settings.paths);
    return path === undefined
      ? undefined
      : settingField(path, this.#settings.paths.get(path)!, this.#settings);
  }

  /** All that can be a column: what every run has, every metric's aggregates, every setting. */
  groups(): { title: string; fields: RunField[] }[] {
    const metrics = this.metrics.flatMap((metric) =>
      AGGREGATES.map((aggregate) => metricField(aggregate, metric)),
    );
    const settings = [...this.#settings.paths].map(([path, kind]) =>
      settingField(path, kind, this.#settings),
    );
    return [
      { title: 'Run', fields: [...coreFields.values()] },
      { title: 'Metrics', fields: metrics },
      { title: 'Settings', fields: settings },
    ];
  }

  /** The columns of a list nobody has arranged: the metrics runs are judged by stand among them. */
  defaultColumns(): string[] {
    const wanted = ['val_acc', 'val_loss', 'val_mae', 'acc', 'loss', 'mae'];
    const metrics = wanted.filter((metric) => this.metrics.includes(metric)).slice(0, 2);
    const best = metrics.map((metric) => `best(${metric})`);
    return ['name', 'status', 'model', 'data', ...best, 'epochs', 'seconds', 'created', 'tags'];
  }

  /** What a filter is compiled against. */
  get source(): QuerySource<RunRow> {
    return {
      field: (name) => this.find(name),
      fieldNames: () => [...coreFields.keys(), ...this.#settings.paths.keys()],
      metric: (aggregate, name) =>
        this.metrics.includes(name) ? (run) => run.metric(aggregate, name) : undefined,
      metricNames: () => this.metrics,
    };
  }
}
