/** What can be done with runs; toolbar, context menu and command palette offer the same list. */
import Archive from '@lucide/svelte/icons/archive';
import ArchiveRestore from '@lucide/svelte/icons/archive-restore';
import ArrowRight from '@lucide/svelte/icons/arrow-right';
import Columns2 from '@lucide/svelte/icons/columns-2';
import Download from '@lucide/svelte/icons/download';
import FastForward from '@lucide/svelte/icons/fast-forward';
import Flag from '@lucide/svelte/icons/flag';
import GitFork from '@lucide/svelte/icons/git-fork';
import Pause from '@lucide/svelte/icons/pause';
import Pencil from '@lucide/svelte/icons/pencil';
import Pin from '@lucide/svelte/icons/pin';
import Play from '@lucide/svelte/icons/play';
import Square from '@lucide/svelte/icons/square';
import Tag from '@lucide/svelte/icons/tag';
import Trash2 from '@lucide/svelte/icons/trash-2';
import type { RunRow } from '../../../shared/history/rows.ts';
import type { Action } from '../../components/menu.ts';
import { router } from '../../state/router.svelte.ts';
import { canPause, canResume, isActive, runs } from '../../state/runs.svelte.ts';
import { asked } from './asked.svelte.ts';
import { history } from './history.svelte.ts';

const MOST_COMPARED = 8;
const ids = (chosen: readonly RunRow[]): string[] => chosen.map(({ id }) => id);

function compareAction(chosen: readonly RunRow[]): Action {
  const fits = chosen.length >= 2 && chosen.length <= MOST_COMPARED;
  const label = chosen.length > MOST_COMPARED ? `Compare (at most ${MOST_COMPARED})` : 'Compare';
  return {
    label,
    icon: Columns2,
    disabled: !fits,
    run: () => router.go('compare', [], { runs: ids(chosen).join(',') }),
  };
}

/** All actions, those that do not fit the chosen runs disabled. The order is the toolbar's and the menu's. */
export function runActions(chosen: readonly RunRow[]): Action[] {
  const pausable = ids(chosen.filter(canPause));
  const resumable = ids(chosen.filter(canResume));
  const stoppable = ids(chosen.filter(isActive));
  const archived = chosen.length > 0 && chosen.every((run) => run.archived);
  const pinned = chosen.length > 0 && chosen.every((run) => run.pinned);
  const baseline = chosen.length === 1 && chosen[0]?.id === history.baseline;
  return [
    compareAction(chosen),
    {
      label: 'Pause',
      icon: Pause,
      disabled: pausable.length === 0,
      separated: true,
      run: () => runs.pause(pausable),
    },
    { label: 'Resume', icon: Play, disabled: resumable.length === 0, run: () => runs.resume(resumable) },
    { label: 'Stop', icon: Square, disabled: stoppable.length === 0, run: () => runs.stop(stoppable) },
    {
      label: pinned ? 'Unpin' : 'Pin',
      icon: Pin,
      disabled: chosen.length === 0,
      separated: true,
      run: () => runs.pin(ids(chosen), !pinned),
    },
    {
      label: baseline ? 'No baseline' : 'Set as baseline',
      icon: Flag,
      disabled: chosen.length !== 1,
      run: () => history.setBaseline(baseline ? null : (chosen[0]?.id ?? null)),
    },
    {
      label: archived ? 'Bring back' : 'Archive',
      icon: archived ? ArchiveRestore : Archive,
      disabled: chosen.length === 0,
      run: () => runs.archive(ids(chosen), !archived),
    },
    {
      label: 'Delete',
      icon: Trash2,
      danger: true,
      shortcut: 'Del',
      disabled: chosen.length === 0,
      run: () => runs.remove(ids(chosen)),
    },
  ];
}

/** What one run is taken further by, with a window or a page of its own. @param run none where not one is chosen */
export function takenFurther(run: RunRow | undefined): Action[] {
  const disabled = run === undefined;
  return [
    { label: 'Vary …', icon: GitFork, disabled, run: () => run && asked.vary(run.id) },
    {
      label: 'Continue …',
      icon: FastForward,
      disabled: run === undefined || run.epochsDone === 0,
      run: () => run && router.go('runs', [run.id], { tab: 'checkpoints' }),
    },
    {
      label: 'Export …',
      icon: Download,
      disabled: run === undefined || run.epochsDone === 0,
      run: () => run && asked.export(run.id),
    },
  ];
}

/** What the table offers of runs beside `runActions`. */
export function tableActions(chosen: readonly RunRow[]): Action[] {
  const run = chosen.length === 1 ? chosen[0] : undefined;
  const disabled = run === undefined;
  const [first, ...others] = takenFurther(run);
  return [
    {
      label: 'Open',
      icon: ArrowRight,
      shortcut: 'Enter',
      disabled,
      run: () => run && router.go('runs', [run.id]),
    },
    {
      label: 'Rename …',
      icon: Pencil,
      shortcut: 'F2',
      disabled,
      run: () => run && asked.rename(run.id),
    },
    { label: 'Tags …', icon: Tag, disabled: chosen.length === 0, run: () => asked.tag() },
    { ...first!, separated: true },
    ...others,
  ];
}
