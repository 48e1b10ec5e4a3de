/**
 * What the history shows: which runs, in what order, grouped by what, in which columns. All of it is kept in the address,
 * so that back and forward work and a view can be linked; the columns also in the workspace.
 */
import { compileFilter, unknownInFilter } from '../../../shared/history/filter.ts';
import { nextOrder, orderRuns } from '../../../shared/history/order.ts';
import type { CompiledQuery } from '../../../shared/query/evaluate.ts';
import type { Query } from '../../state/place.ts';
import { router } from '../../state/router.svelte.ts';
import type { RunRow } from '../../../shared/history/rows.ts';
import { runSettings } from '../../state/run-settings.svelte.ts';
import { isActive, runs } from '../../state/runs.svelte.ts';
import { settings } from '../../state/settings.svelte.ts';
import { RunFields, type RunField } from '../../../shared/history/fields.ts';
import { wordsFinder } from './filter.ts';
import { groupRuns, orderGroups, type RunGroup } from './groups.ts';

/** A line of the table: a run, or the head of a group. */
export type Line =
  { kind: 'run'; key: string; run: RunRow } | { kind: 'group'; key: string; group: RunGroup };

interface Order {
  name: string;
  descending: boolean;
}

const MATCHES_ALL = () => true;

function readOrder(text: string | undefined): Order | null {
  if (text === undefined) return null;
  return { name: text.replace(/^-/, ''), descending: text.startsWith('-') };
}

class History {
  readonly query = $derived(router.place.query);
  readonly #unsettled = $derived(!runSettings.loaded && runSettings.error === null);
  readonly fields = $derived(
    new RunFields(runs.metricNames, {
      paths: runSettings.paths,
      value: (run, path) => runSettings.value(run, path),
    }),
  );
  readonly words = $derived(this.query['q'] ?? '');
  readonly filter = $derived(this.query['filter'] ?? '');
  readonly archived = $derived(this.query['archived'] === 'yes');
  readonly order = $derived(readOrder(this.query['sort']));
  readonly baseline = $derived(asText(settings.get('runs.baseline')));

  readonly columnNames: readonly string[] = $derived.by(() => {
    const named = this.query['columns']?.split(',') ?? asNames(settings.get('runs.columns'));
    return named ?? this.fields.defaultColumns();
  });
  /** Names that nothing has, as in a link of another workspace, are passed over, and so is one field under two names. */
  readonly columns: readonly RunField[] = $derived.by(() => {
    const found = this.columnNames.flatMap((name) => this.fields.find(name) ?? []);
    return [...new Map(found.map((field) => [field.name, field])).values()];
  });
  readonly groupField = $derived(
    this.query['group'] === undefined ? undefined : this.fields.find(this.query['group']),
  );

  /** What stands in the filter's field while it cannot be read, and the filter it was typed over. */
  #typed = $state.raw<{ text: string; over: string } | null>(null);
  /** The text in the filter's field. */
  readonly text = $derived(this.#typed?.over === this.filter ? this.#typed.text : this.filter);
  readonly #tested = $derived(this.check(this.text));
  /** What is wrong with that text. */
  readonly typing = $derived('problem' in this.#tested && !this.#unsettled ? this.#tested.problem : null);
  readonly #test = $derived(this.check(this.filter));
  /** What is wrong with the filter of the address; one typed here gets there only when it is right. */
  readonly problem = $derived('problem' in this.#test ? this.#test.problem : null);
  /** Settings are asked for that are still on their way. */
  readonly waiting = $derived(
    this.#unsettled &&
      (this.problem !== null ||
        this.columns.length < this.columnNames.length ||
        (this.query['group'] !== undefined && this.groupField === undefined)),
  );

  readonly #kept = $derived(runs.items.filter((run) => run.archived === this.archived));
  readonly #matching = $derived.by(() => {
    const matches = 'matches' in this.#test ? this.#test.matches : MATCHES_ALL;
    const hasWords = wordsFinder(this.words);
    return this.#kept.filter((run) => matches(run) && hasWords(run));
  });
  /** The runs shown, in order; live, pinned and baseline runs first where no order was asked for. */
  readonly shown: readonly RunRow[] = $derived.by(() => {
    const field = this.order === null ? undefined : this.fields.find(this.order.name);
    if (this.order !== null && field !== undefined)
      return orderRuns(this.#matching, field, this.order.descending);
    const first = (run: RunRow) => isActive(run) || run.pinned || run.id === this.baseline;
    return [...this.#matching.filter(first), ...this.#matching.filter((run) => !first(run))];
  });
  readonly groups: readonly RunGroup[] | null = $derived.by(() => {
    if (this.groupField === undefined) return null;
    const groups = groupRuns(this.shown, this.groupField);
    const field = this.order === null ? undefined : this.fields.find(this.order.name);
    return this.order === null || field?.kind !== 'number'
      ? groups
      : orderGroups(groups, field, this.order.descending);
  });
  /** Labels of the groups that are open. */
  #open = $state.raw<ReadonlySet<string>>(new Set());
  readonly lines: readonly Line[] = $derived.by(() => {
    const lineOf = (run: RunRow): Line => ({ kind: 'run', key: run.id, run });
    if (this.groups === null) return this.shown.map(lineOf);
    return this.groups.flatMap((group) => [
      { kind: 'group' as const, key: `group ${group.label}`, group },
      ...(this.#open.has(group.label) ? group.runs.map(lineOf) : []),
    ]);
  });

  /** Why the filter finds nothing, where it asks for what no run has. */
  readonly unknown = $derived(unknownInFilter(this.filter, this.#kept, this.fields));
  /** Whether anything narrows the list. */
  readonly filtered = $derived(this.words !== '' || this.filter !== '');

  /** A filter as a test of runs, or what is wrong with it. */
  check(text: string): CompiledQuery<RunRow> {
    return compileFilter(text, this.fields);
  }

  /** Takes what is typed as the filter as soon as it can be read; until then the one before stays in force. */
  type(text: string): void {
    const filter = 'matches' in this.check(text) ? text.trim() : this.filter;
    this.#typed = { text, over: filter };
    if (filter !== this.filter) this.set({ filter });
  }

  isOpen(label: string): boolean {
    return this.#open.has(label);
  }

  toggleGroup(label: string): void {
    const open = new Set(this.#open);
    if (!open.delete(label)) open.add(label);
    this.#open = open;
  }

  set(changes: Query): void {
    router.setQuery(changes);
  }

  /** Orders by a column: once as is best for it, again the other way round, a third time not at all. */
  orderBy(field: RunField): void {
    this.set({ sort: nextOrder(field, this.query['sort']) });
  }

  /** Chooses the columns; the name stays the first of them. */
  setColumns(names: readonly string[]): void {
    settings.set('runs.columns', names);
    this.set({ columns: null });
  }

  setBaseline(run: string | null): void {
    settings.set('runs.baseline', run);
  }
}

function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function asNames(value: unknown): readonly string[] | null {
  return Array.isArray(value) && value.every((name) => typeof name === 'string') && value.length > 0
    ? (value as string[])
    : null;
}

export const history = new History();
