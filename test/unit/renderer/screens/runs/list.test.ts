import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chosenOf,
  drawnOfGroups,
  drawnRuns,
  drawnText,
  leftOutRuns,
  MOST_DRAWN,
} from '../../../../../src/renderer/screens/runs/drawn.ts';
import { wordsFinder } from '../../../../../src/renderer/screens/runs/filter.ts';
import {
  explodedIn,
  groupings,
  groupRuns,
  orderGroups,
  SECTIONS,
  showStatistic,
  statisticsOf,
} from '../../../../../src/renderer/screens/runs/groups.ts';
import { nextOrder, orderRuns } from '../../../../../src/shared/history/order.ts';
import { groupSeries, meanCurve } from '../../../../../src/renderer/screens/runs/spread.ts';
import { groupsCsv, runsCsv } from '../../../../../src/renderer/screens/runs/table-csv.ts';
import { readViews, viewOf } from '../../../../../src/renderer/screens/runs/views.ts';
import { textsOf } from '../../../../../src/shared/history/values.ts';
import { fields, row } from './rows.ts';

const names = (runs: readonly { name: string }[]) => runs.map(({ name }) => name);
const field = (name: string) => fields.find(name)!;
const withAcc = (name: string, val_acc: number | null, more = {}) =>
  row(name, { best: val_acc === null ? {} : { val_acc }, ...more });

describe('fields', () => {
  it('are found by the words of a query', () => {
    const run = row('a', { seed: 3 });
    expect(field('best(val_acc)').of(run)).toBe(0.85);
    expect(field('epoch(val_acc)').show(field('epoch(val_acc)').of(run))).toBe('4');
    expect(field('duration').of(run)).toBe(60);
    expect(fields.find('nothing')).toBeUndefined();
    expect(fields.find('mean(loss)')).toBeUndefined();
  });

  it('know a setting by its last word, that of training before that of a layer', () => {
    const run = row('a', { seed: 3, cell: 'GRU' });
    expect(field('seed').name).toBe('training.seed');
    expect(field('seed').of(run)).toBe(3);
    expect(field('dropout.seed').of(run)).toBe(7);
    expect(field('cell').of(run)).toBe('GRU');
    // What every run has goes before a setting of the same name.
    expect(field('epochs').help).toBe('Epochs done, of those planned');
  });

  it('make columns with the metrics runs are judged by', () => {
    expect(fields.defaultColumns()).toContain('best(val_acc)');
    expect(fields.groups().flatMap((group) => names(group.fields))).toEqual(
      expect.arrayContaining(['status', 'max(loss)', 'training.seed']),
    );
  });
});

describe('finding by words', () => {
  const runs = [
    row('LSTM one', { tags: ['baseline'] }),
    row('simple', { notes: 'too high a learning rate' }),
  ];
  it('asks for every word, wherever it stands, whatever its case', () => {
    expect(names(runs.filter(wordsFinder('lstm BASELINE')))).toEqual(['LSTM one']);
    expect(names(runs.filter(wordsFinder('learning imdb')))).toEqual(['simple']);
    expect(runs.filter(wordsFinder('lstm nowhere'))).toEqual([]);
    expect(runs.filter(wordsFinder('  '))).toHaveLength(2);
  });
});

describe('the order', () => {
  it('puts numbers by size and texts as people do, what has none last either way', () => {
    const runs = [withAcc('run 10', 0.7), withAcc('run 9', null), withAcc('Run 1', 0.9)];
    expect(names(orderRuns(runs, field('name'), false))).toEqual(['Run 1', 'run 9', 'run 10']);
    expect(names(orderRuns(runs, field('best(val_acc)'), true))).toEqual(['Run 1', 'run 10', 'run 9']);
    expect(names(orderRuns(runs, field('best(val_acc)'), false))).toEqual(['run 10', 'Run 1', 'run 9']);
    expect(names(orderRuns(runs, field('tags'), false))).toEqual(names(runs));
  });

  it('leaves equal runs as they were, and loses none', () => {
    const value = fc.option(fc.constantFrom(0.1, 0.2, 0.3));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 20 }), fc.boolean(), (values, descending) => {
        const runs = values.map((acc, index) => withAcc(String(index), acc));
        const ordered = orderRuns(runs, field('best(val_acc)'), descending);
        expect(new Set(ordered)).toEqual(new Set(runs));
        const key = (run: (typeof runs)[number]) => run.metric('best', 'val_acc');
        ordered.slice(1).forEach((run, index) => {
          const [before, own] = [key(ordered[index]!), key(run)];
          if (before === own) expect(runs.indexOf(run)).toBeGreaterThan(runs.indexOf(ordered[index]!));
          else if (before !== null && own !== null) expect(before < own).toBe(!descending);
          else expect(own).toBeNull();
        });
      }),
    );
  });
});

describe('groups', () => {
  const runs = [
    withAcc('a', 0.8, { cell: 'LSTM' }),
    withAcc('b', 0.7, { cell: 'GRU', tags: ['x'] }),
    withAcc('c', 0.9, { cell: 'LSTM', tags: ['x', 'y'] }),
    withAcc('d', null, { cell: null }),
  ];
  const byCell = groupRuns(runs, field('model.cell'));

  it('hold the runs that agree, a run with two tags in both', () => {
    expect(byCell.map(({ label, runs: members }) => [label, names(members)])).toEqual([
      ['LSTM', ['a', 'c']],
      ['GRU', ['b']],
      ['–', ['d']],
    ]);
    expect(groupRuns(runs, field('tags')).map(({ label, runs: { length } }) => [label, length])).toEqual([
      ['–', 2],
      ['x', 2],
      ['y', 1],
    ]);
  });

  it('have a mean, and a spread from two runs on', () => {
    const acc = field('best(val_acc)');
    const found = statisticsOf(byCell[0]!.runs, acc)!;
    expect(found.mean).toBeCloseTo(0.85, 12);
    // Of 0.8 and 0.9, as R's sd gives it.
    expect(found.spread).toBeCloseTo(0.0707106781186548, 12);
    expect(statisticsOf(byCell[1]!.runs, acc)).toEqual({ mean: 0.7, spread: null, count: 1 });
    expect(statisticsOf(byCell[2]!.runs, acc)).toBeNull();
    const wild = withAcc('wild', 0.1, { error: { code: 'training-diverged', message: '', hint: '' } });
    const members = [...byCell[0]!.runs, wild];
    expect(statisticsOf(members, acc)?.mean).toBeCloseTo(0.85, 12);
    expect(statisticsOf(members, field('epochs'))?.count).toBe(3);
    expect(explodedIn({ label: 'LSTM', runs: members })).toBe(1);
    expect(statisticsOf([wild], acc)?.mean).toBe(0.1);
    expect(orderGroups(byCell, acc, false).map(({ label }) => label)).toEqual(['GRU', 'LSTM', '–']);
  });
});

describe('the curve of a group', () => {
  const curve = (x: number[], y: (number | null)[]) => ({ x, series: { loss: y }, seconds: [] });
  it('is the mean at each epoch with the spread around it', () => {
    const mean = meanCurve([curve([1, 2], [1, 2]), curve([1, 2, 3], [3, 2, 5])], 'loss')!;
    expect(mean.y[0]).toBe(2);
    expect(mean.band!.high[0]).toBeCloseTo(2 + Math.SQRT2, 12);
    expect(mean.band!.low[1]).toBe(2);
  });

  it('ends where the first of its runs does, and its label counts the runs it is the mean of', () => {
    const [short, long] = [curve([1, 2], [1, 2]), curve([1, 2, 3], [3, 2, 5])];
    expect(meanCurve([short, long], 'loss')).toMatchObject({ count: 2, x: [1, 2], y: [2, 2] });
    expect(meanCurve([curve([1], [1]), curve([2], [2])], 'loss')).toBeNull();
    // One that continued another has other epochs than most, which go on without it.
    const continued = curve([6, 7], [0, 0]);
    expect(meanCurve([short, continued, long], 'loss')).toMatchObject({ count: 2, apart: 1, x: [1, 2] });
    const drawn = [short, long, curve([], [])].map((curves, index) => ({ run: row(`s${index}`), curves }));
    const [line] = groupSeries(drawn, 'loss', field('model'), 'both');
    expect(line).toMatchObject({ x: [1, 2], endLabel: 'lecture-lstm (2)' });
  });

  it('is not that of a run whose loss exploded, and says so, unless all did', () => {
    const error = { code: 'training-diverged', message: '', hint: '' };
    const stayed = { run: row('stayed'), curves: curve([1, 2], [1, 2]) };
    const wild = { run: row('wild', { error }), curves: curve([1], [1e9]) };
    const [line] = groupSeries([stayed, wild], 'loss', field('model'), 'both');
    expect(line).toMatchObject({
      y: [1, 2],
      endLabel: 'lecture-lstm (1)',
      label: 'lecture-lstm (1) training, 1 left out whose loss exploded',
    });
    expect(groupSeries([wild], 'loss', field('model'), 'both')[0]).toMatchObject({ y: [1e9] });
  });

  it('has a mark where its colour is that of a group before it', () => {
    const drawn = Array.from({ length: 10 }, (_, index) => ({
      run: row(`m${index}`, { model: `model ${index}` }),
      curves: curve([1, 2], [1, 2]),
    }));
    const series = groupSeries(drawn, 'loss', field('model'), 'both');
    expect(series.map(({ colour, mark }) => [colour, mark]).slice(6)).toEqual([
      [7, 0],
      [8, 0],
      [1, 1],
      [2, 1],
    ]);
  });

  it('passes over what is not a number, and is not there without values', () => {
    expect(meanCurve([curve([1, 2], [null, 4]), curve([1], [NaN])], 'loss')).toMatchObject({
      x: [2],
      y: [4],
    });
    expect(meanCurve([curve([1], [null])], 'loss')).toBeNull();
    expect(meanCurve([curve([1], [1])], 'acc')).toBeNull();
  });
});

describe('what is chosen', () => {
  it('is in the list, in the order it was chosen', () => {
    const shown = ['a', 'b', 'c'].map((name) => row(name));
    expect(names(chosenOf(shown, ['c', 'hidden', 'a']))).toEqual(['c', 'a']);
    expect(chosenOf([], ['a'])).toEqual([]);
  });
});

it('shows means of counts with a decimal, of metrics as ever', () => {
  expect(showStatistic(field('epochs'), 2.4)).toBe('2.4');
  expect(showStatistic(field('epochs'), 2)).toBe('2');
  expect(showStatistic(field('best(val_acc)'), 0.85)).toBe('0.8500');
});

describe('what is offered and what a click orders by', () => {
  it('is the days of moments, and ages as one says them', () => {
    const runs = [7, 23, 7].map((day) => row('a', { createdAt: new Date(2026, 10, day, 9).getTime() }));
    expect(textsOf(runs, field('created'))).toEqual(['2026-11-23', '2026-11-07']);
    expect(textsOf(runs, field('age'))).toContain('7d');
  });

  it('has the best first: high accuracies, low losses, texts from A', () => {
    expect(nextOrder(field('best(val_acc)'), undefined)).toBe('-best(val_acc)');
    expect(nextOrder(field('best(loss)'), 'name')).toBe('best(loss)');
    expect(nextOrder(field('best(loss)'), 'best(loss)')).toBe('-best(loss)');
    expect(nextOrder(field('best(loss)'), '-best(loss)')).toBeNull();
    expect(nextOrder(field('name'), undefined)).toBe('name');
  });
});

describe('what is drawn', () => {
  const runs = Array.from({ length: 80 }, (_, index) => row(String(index)));
  const none = new Set<string>();
  it('is the first runs of the list, or the chosen ones of it, and what the eyes say', () => {
    expect(names(drawnRuns(runs, none, new Map(), 3))).toEqual(['0', '1', '2']);
    // One chosen run is drawn with the first ones, wherever it stands and whatever its loss did.
    expect(names(drawnRuns(runs, new Set(['5']), new Map(), 2))).toEqual(['0', '5']);
    expect(names(drawnRuns(runs, new Set(['0']), new Map(), 2))).toEqual(['0', '1']);
    expect(names(drawnRuns(runs, new Set(['5']), new Map(), 0))).toEqual(['5']);
    const wild = row('wild', { error: { code: 'training-diverged', message: '', hint: '' } });
    expect(names(drawnRuns([wild, ...runs], none, new Map(), 2))).toEqual(['0']);
    expect(names(drawnRuns([wild, ...runs], none, new Map([['wild', true]]), 1))).toEqual(['wild']);
    expect(names(drawnRuns([wild], none, new Map(), 1))).toEqual(['wild']);
    expect(names(drawnRuns([wild, ...runs], new Set(['wild']), new Map(), 2))).toEqual(['wild', '0']);
    expect(leftOutRuns([wild, ...runs], new Set(['wild']), new Map(), 2)).toEqual([]);
    expect(names(leftOutRuns([wild, ...runs], none, new Map(), 2))).toEqual(['wild']);
    expect(leftOutRuns([wild, ...runs], new Set(['5', '70']), new Map(), 2)).toEqual([]);
    expect(leftOutRuns([wild, ...runs], none, new Map([['wild', false]]), 2)).toEqual([]);
    expect(leftOutRuns([...runs, wild], none, new Map(), 2)).toEqual([]);
    expect(names(drawnRuns(runs, new Set(['5', '70']), new Map(), 3))).toEqual(['5', '70']);
    expect(
      names(
        drawnRuns(
          runs,
          none,
          new Map([
            ['1', false],
            ['9', true],
          ]),
          2,
        ),
      ),
    ).toEqual(['0', '9']);
    expect(names(drawnRuns(runs.slice(10), new Set(['5', '70']), new Map([['9', true]]), 3))).toEqual(['70']);
    expect(drawnRuns(runs, new Set(names(runs)), new Map(), 3)).toHaveLength(MOST_DRAWN);
  });

  it('is a chosen run before any other, where there are more than are drawn at once', () => {
    const drawn = names(drawnRuns(runs, new Set(['70']), new Map(), 80));
    expect(drawn).toHaveLength(MOST_DRAWN);
    expect(drawn.slice(-2)).toEqual(['48', '70']);
    const opened = new Map(runs.slice(0, 60).map(({ id }) => [id, true]));
    const two = names(drawnRuns(runs, new Set(['70', '75']), opened, 3));
    expect(two).toHaveLength(MOST_DRAWN);
    expect(two.slice(-3)).toEqual(['47', '70', '75']);
    expect(names(drawnRuns(runs, new Set(['70']), new Map([['70', false]]), 2))).toEqual(['0']);
  });

  it('is said as how many of how many', () => {
    expect(drawnText(8, 1200, 1)).toBe('8 of 1,200 runs drawn');
    expect(drawnText(1, 1, 0)).toBe('1 run drawn');
    expect(drawnText(50, 120, 80)).toBe('50 of 120 runs drawn, the first of the 80 chosen');
  });
});

describe('what is drawn of groups', () => {
  it('is as many runs of each, none twice', () => {
    const runs = Array.from({ length: 300 }, (_, index) => row(String(index)));
    const groups = [
      { label: 'a', runs },
      { label: 'b', runs: runs.slice(250) },
    ];
    expect(drawnOfGroups(groups)).toHaveLength(250);
    expect(drawnOfGroups([])).toEqual([]);
  });
});

describe('the list taken away', () => {
  it('has the shown columns with all their digits', () => {
    const runs = [withAcc('a, "quoted"', 0.123456789, { tags: ['x', 'y'] }), withAcc('b', null)];
    const columns = ['name', 'best(val_acc)', 'tags', 'pinned', 'created'].map(field);
    const created = new Date(2026, 10, 5, 12).toISOString();
    expect(runsCsv(runs, columns)).toBe(
      `name,best(val_acc),tags,pinned,created\r\n"a, ""quoted""",0.123456789,x y,false,${created}\r\nb,,,false,${created}\r\n`,
    );
    expect(groupsCsv(groupRuns(runs, field('model')), field('model'), [field('best(val_acc)')])).toBe(
      'model,runs,best(val_acc) mean,best(val_acc) standard deviation\r\nlecture-lstm,2,0.123456789,\r\n',
    );
  });
});

describe('views', () => {
  it('keep filter, order, group and columns, and nothing else', () => {
    const view = viewOf('mine', { filter: 'pinned', sort: '-created', chosen: 'a', q: '' }, ['name', 'tags']);
    expect(view).toEqual({
      name: 'mine',
      query: { filter: 'pinned', sort: '-created', columns: 'name,tags' },
    });
    expect(readViews([view, null, 3, { name: 'half' }, { name: 'odd', query: { q: 1 } }])).toEqual([view]);
    expect(readViews('nonsense')).toEqual([]);
  });
});

describe('what a list can be grouped by', () => {
  const runs = [
    row('a', { seed: 1, model: 'x' }),
    row('b', { seed: 2, model: 'x' }),
    row('c', { seed: 2, model: 'y' }),
  ];

  it('is the usual first, where it gathers runs, then the rest by name; settings that are all the same are left out', () => {
    const counts: Record<string, number> = { 'training.seed': 2, 'model.cell': 1 };
    const found = groupings(fields.groups(), runs, (setting) => counts[setting] ?? 1);
    expect(found.slice(0, 3).map(({ field: { name }, groups, section }) => [name, groups, section])).toEqual([
      ['model', 2, 'Usual'],
      ['training.seed', 2, 'Usual'],
      ['best_epoch', 1, 'More'],
    ]);
    const listed = found.map(({ field: { name } }) => name);
    expect(listed).not.toContain('model.cell');
    expect(listed).not.toContain('name');
    expect(listed).toContain('status');
  });

  it('has what single layers have under a heading of its own, behind all else', () => {
    const found = groupings(fields.groups(), runs, () => 2);
    const sections = found.map(({ section }) => section);
    expect([...new Set(sections)]).toEqual(['Usual', 'More', 'Settings of layers']);
    expect(sections.toSorted((a, b) => SECTIONS.indexOf(a) - SECTIONS.indexOf(b))).toEqual(sections);
    for (const { field, section } of found)
      expect(section === 'Settings of layers').toBe(field.name.startsWith('layers.'));
  });
});
