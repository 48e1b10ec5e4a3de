/** What the command palette offers: what can be done here and elsewhere, and every place, setting, run, model and data set. */
import ArrowRight from '@lucide/svelte/icons/arrow-right';
import ChartLine from '@lucide/svelte/icons/chart-line';
import Columns2 from '@lucide/svelte/icons/columns-2';
import Database from '@lucide/svelte/icons/database';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Layers from '@lucide/svelte/icons/layers';
import Play from '@lucide/svelte/icons/play';
import Square from '@lucide/svelte/icons/square';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import { screens } from '../screens/screens.ts';
import { datasets } from '../state/datasets.svelte.ts';
import { models } from '../state/models.svelte.ts';
import { router } from '../state/router.svelte.ts';
import { runs } from '../state/runs.svelte.ts';
import { settings, type Theme } from '../state/settings.svelte.ts';
import type { Command } from './command.ts';
import { doneElsewhere, helpPages, trainSettings } from './leads.ts';
import { palette } from './palette.svelte.ts';
import { goKeys } from './shortcuts.ts';

interface Group {
  heading: string;
  commands: readonly Command[];
  /** Shown of it at once; typing finds the others. */
  most: number;
  /** Shown only once something is typed. */
  onlyTyped?: boolean;
}

const THEMES: readonly [Theme, string][] = [
  ['light', 'Light theme'],
  ['dark', 'Dark theme'],
  ['system', 'Theme as the system has it'],
];

function here(): Command[] {
  return palette.actions
    .filter(({ disabled }) => !disabled)
    .map(({ label, icon, shortcut, run }) => ({ id: label, label, icon, shortcut, run }));
}

function places(): Command[] {
  return screens.map(({ name, title, icon }) => ({
    id: name,
    label: title,
    icon,
    shortcut: goKeys(name),
    run: () => router.go(name),
  }));
}

/** What can be done from anywhere. */
function everywhere(): Command[] {
  const active = runs.active.map(({ id }) => id);
  const themes = THEMES.filter(([theme]) => theme !== settings.theme).map(([theme, label]) => ({
    id: theme,
    label,
    icon: SunMoon,
    run: () => settings.set('theme', theme),
  }));
  const stop = { id: 'stop', label: 'Stop all training', icon: Square, run: () => runs.stop(active) };
  const newest = runs.items.slice(0, 2).map(({ id }) => id);
  const compare = () => router.go('compare', [], { runs: newest.join(',') });
  return [
    { id: 'train', label: 'Train a model', icon: Play, run: () => router.go('train') },
    { id: 'data', label: 'Import or generate data', icon: Database, run: () => router.go('data') },
    { id: 'lecture', label: 'Follow the lecture', icon: ArrowRight, run: () => router.go('start') },
    ...(newest.length === 2
      ? [{ id: 'compare', label: 'Compare the two newest runs', icon: Columns2, run: compare }]
      : []),
    ...(active.length > 0 ? [stop] : []),
    ...themes,
    {
      id: 'keys',
      label: 'Keyboard shortcuts',
      icon: Keyboard,
      shortcut: '?',
      run: () => (palette.shortcuts = true),
    },
  ];
}

/** All groups as they are now; reading it in a derived value keeps it so. */
export function commandGroups(): Group[] {
  return [
    { heading: 'Here', commands: here(), most: 30 },
    { heading: 'Go to', commands: places(), most: 12 },
    { heading: 'Actions', commands: everywhere(), most: 12 },
    { heading: 'On other screens', commands: doneElsewhere(), most: 8, onlyTyped: true },
    { heading: 'Settings of a training', commands: trainSettings(), most: 8, onlyTyped: true },
    {
      heading: 'Runs',
      most: 12,
      commands: runs.items.map(({ id, name, model, dataset }) => ({
        id,
        label: name,
        detail: `${model} on ${dataset.name}`,
        icon: ChartLine,
        run: () => router.go('runs', [id]),
      })),
    },
    {
      heading: 'Models',
      most: 12,
      commands: models.items.map(({ name, title }) => ({
        id: name,
        label: title,
        detail: name === title ? undefined : name,
        icon: Layers,
        run: () => router.go('build', [name]),
      })),
    },
    {
      heading: 'Data sets',
      most: 12,
      commands: datasets.items.map(({ name, task }) => ({
        id: name,
        label: name,
        detail: task,
        icon: Database,
        run: () => router.go('data', [name]),
      })),
    },
    { heading: 'Guide', commands: helpPages(), most: 6, onlyTyped: true },
  ];
}
