/** Commands that lead to where a thing is done or set, for who knows its name and not its screen. */
import BookOpen from '@lucide/svelte/icons/book-open';
import { tick } from 'svelte';
import { layerDefinitions } from '../../shared/layers/index.ts';
import { guidePages, LAYERS } from '../screens/help/guide.ts';
import { screens } from '../screens/screens.ts';
import { draft } from '../screens/train/draft.svelte.ts';
import {
  earlyStoppingFields,
  optimizerFields,
  plateauFields,
  preprocessingFields,
  scheduleFields,
} from '../screens/train/settings.ts';
import { notify } from '../state/notices.ts';
import { router } from '../state/router.svelte.ts';
import type { Command } from './command.ts';
import { palette } from './palette.svelte.ts';

/** What is done on a screen, the words it may be looked for by, and which of the screen's own actions do it. */
type Done = readonly [label: string, words: string, actions?: readonly string[]];

const DONE: Readonly<Record<string, readonly Done[]>> = {
  data: [
    ['Delete or rename a data set', 'remove'],
    ['Import series of numbers', 'time series, npz, csv'],
  ],
  build: [
    ['Import a model', 'open keras, h5, tensorflow.js, json'],
    ['Save a model, or its file', 'export json'],
    ['Delete, rename or copy a model', 'remove, duplicate'],
  ],
  runs: [
    ['Export a run', 'save as keras, onnx, tensorflow.js, python, csv', ['Export …']],
    ['Open a run from a file', 'import unroll'],
    ['Delete runs', 'remove', ['Delete']],
    ['Archive runs, or bring them back', 'put aside', ['Archive', 'Bring back']],
    ['Pin runs', 'keep on top', ['Pin', 'Unpin']],
    ['Tag runs', 'label', ['Tags …']],
    ['Rename a run', 'name', ['Rename …']],
    ['Write notes on a run', 'markdown; on its page', ['Open']],
    ['Vary a run: another cell, seeds or a grid', 'sweep, hyperparameters', ['Vary …']],
    ['Continue or resume a run', 'checkpoint, more epochs', ['Resume', 'Continue …']],
    ['Predict a text', 'try a sentence; on a run’s page', ['Open']],
    ['Filter, group and save views of runs', 'query, columns'],
  ],
  compare: [['Save a report of the comparison', 'export html, table, csv']],
  settings: [
    ['Back up the workspace', 'backup, save a copy, export'],
    ['Restore a backup', 'import a workspace'],
    ['Check and repair the workspace', 'health, damaged'],
    ['Report a problem', 'bug, log'],
    ['Install TensorFlow', 'gpu, cuda, engine'],
    ['Choose the engine and the graphics adapter', 'gpu, webgpu, threads, device, speed, benchmark'],
  ],
};

const EARLY_STOPPING = 'Early stopping';
const PLATEAU = 'Reduce the learning rate on a plateau';
/** Further settings of Train, which no schema lists. */
const PARTS: readonly (readonly [label: string, words: string, field: string])[] = [
  ['Optimizer', 'adam, rmsprop, sgd', 'optimizer'],
  ['Loss and metrics', 'binary_crossentropy, accuracy', 'loss'],
  ['Seeds', 'random, several runs', 'Seeds'],
  ['Threads', 'cores', 'Threads'],
  [EARLY_STOPPING, 'callback, patience', EARLY_STOPPING],
  [PLATEAU, 'callback, ReduceLROnPlateau, schedule', PLATEAU],
];

/** Goes to a screen, and to the field of the first of these labels that it has. */
async function lead(screen: string, labels: readonly string[]): Promise<void> {
  router.go(screen);
  await tick();
  requestAnimationFrame(() => {
    const all = [...document.querySelectorAll('label')];
    const found = labels.flatMap((label) => all.filter((one) => one.textContent.trim() === label))[0];
    const folded = found?.closest('details');
    if (folded) folded.open = true;
    found?.scrollIntoView({ block: 'center' });
    (found?.control as HTMLElement | null | undefined)?.focus();
  });
}

/** Does it to what is chosen on the screen that is shown, or leads to where it is done. */
function act(screen: string, actions: readonly string[]): unknown {
  const { place } = router;
  if (actions.length === 0) return router.go(screen);
  if (place.screen === screen) {
    const own = palette.actions.find(({ label, disabled }) => actions.includes(label) && disabled !== true);
    if (own !== undefined) return own.run();
    if (place.path.length > 0) return notify('It is done on this page.');
  } else router.go(screen);
  notify('Choose a run in the table first.');
}

/** What can be done on other screens. */
export function doneElsewhere(): Command[] {
  return screens.flatMap(({ name, title, icon }) =>
    (DONE[name] ?? []).map(([label, words, actions = []]) => ({
      id: `${name} ${label}`,
      label,
      detail: `on ${title}: ${words}`,
      icon,
      run: () => act(name, actions),
    })),
  );
}

/** Every setting of a training, by its name in Keras. */
export function trainSettings(): Command[] {
  const icon = screens.find(({ name }) => name === 'train')?.icon;
  const fields = [
    ...preprocessingFields,
    ...scheduleFields,
    ...optimizerFields(draft.training.optimizer.name),
  ].map(({ label, help }) => [label, help, label] as const);
  const stopping = earlyStoppingFields
    .filter(({ key }) => key !== 'monitor')
    .map(({ label, help }) => [label, help, EARLY_STOPPING] as const);
  const reducing = plateauFields
    .filter(({ key }) => ['factor', 'cooldown', 'min_lr'].includes(key))
    .map(({ label, help }) => [label, help, PLATEAU] as const);
  return [...fields, ...stopping, ...reducing, ...PARTS].map(([label, words, part]) => ({
    id: label,
    label,
    detail: words,
    icon,
    // The fields of a callback are there only where it is on.
    run: () => lead('train', [label, part]),
  }));
}

/** The pages of the guide and of every layer. */
export function helpPages(): Command[] {
  const pages = guidePages.map(({ name, title }) => ({ title, path: [name] }));
  const layers = layerDefinitions.map(({ title, type }) => ({ title, path: [LAYERS, type] }));
  return [...pages, ...layers].map(({ title, path }) => ({
    id: path.join('/'),
    label: title,
    icon: BookOpen,
    run: () => router.go('help', path),
  }));
}
