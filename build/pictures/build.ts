/** Build: equations, a problem with its repair, branches, a cell unrolled over time, and the templates. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LayerNode, ModelGraph } from '../../src/shared/graph/graph.ts';
import { goTo, type Picture, type Stage } from './picture.ts';

const SIZE = { width: 1240, height: 780 };

const layer = (id: string, type: string, config: LayerNode['config'], ...inputs: string[]): LayerNode => ({
  id,
  type,
  config,
  inputs,
});

/** Two ways of reading a review, joined. */
const branches: ModelGraph = {
  format: 'unroll-model',
  version: 1,
  name: 'two-ways',
  nodes: [
    layer('input', 'Input', { shape: [500], dtype: 'int32' }),
    layer('embedding', 'Embedding', { input_dim: 10000, output_dim: 32 }, 'input'),
    layer('lstm', 'LSTM', { units: 32 }, 'embedding'),
    layer('conv1d', 'Conv1D', { filters: 64, kernel_size: 5, activation: 'relu' }, 'embedding'),
    layer('global_max_pooling1d', 'GlobalMaxPooling1D', {}, 'conv1d'),
    layer('concatenate', 'Concatenate', {}, 'lstm', 'global_max_pooling1d'),
    layer('dense', 'Dense', { units: 1, activation: 'sigmoid' }, 'concatenate'),
  ],
};

/** A recurrent layer behind one that hands on its last output only. */
const broken: ModelGraph = {
  ...branches,
  name: 'two-lstm',
  nodes: [
    ...branches.nodes.slice(0, 3),
    layer('lstm_1', 'LSTM', { units: 16 }, 'lstm'),
    layer('dense', 'Dense', { units: 1, activation: 'sigmoid' }, 'lstm_1'),
  ],
};

async function open({ page, go, served }: Stage, graph: ModelGraph, selected: string): Promise<void> {
  const file = join(served.workspace, 'picture.json');
  writeFileSync(file, JSON.stringify(graph));
  await go('build');
  await page.getByLabel('Model file').setInputFiles(file);
  await page.locator(`[data-node="${selected}"]`).waitFor();
  await page.locator(`[data-node="${selected}"]`).click();
}

async function openTemplate(stage: Stage, model: string, selected: string): Promise<void> {
  await goTo(stage, `build/${model}`);
  await stage.page.locator(`[data-node="${selected}"]`).click();
}

const showText = ({ page }: Stage, tab: string): Promise<void> =>
  page.getByRole('tab', { name: tab }).click();

export const buildPictures: readonly Picture[] = [
  {
    name: 'build-equations',
    theme: 'light',
    size: { ...SIZE, height: 900 },
    shows: 'screen',
    async arrange(stage) {
      await openTemplate(stage, 'lecture-lstm', 'lstm');
      await showText(stage, 'Summary');
      const equations = stage.page.getByRole('region', { name: 'Equations of lstm' });
      await equations.locator('.katex').first().waitFor();
      await equations.scrollIntoViewIfNeeded();
      await equations.getByRole('button').first().click();
    },
  },
  {
    name: 'build-problem',
    theme: 'light',
    size: SIZE,
    shows: 'screen',
    async arrange(stage) {
      await open(stage, broken, 'lstm_1');
      await showText(stage, 'Problems');
    },
  },
  {
    name: 'build-branches',
    theme: 'dark',
    size: SIZE,
    shows: 'screen',
    async arrange(stage) {
      await open(stage, branches, 'concatenate');
      await showText(stage, 'Python');
      await stage.page.locator('[data-node="concatenate"]').press('f');
    },
  },
  {
    name: 'build-unrolled',
    theme: 'light',
    size: SIZE,
    shows: 'screen',
    async arrange(stage) {
      await openTemplate(stage, 'lecture-lstm', 'lstm');
      await showText(stage, 'Unrolled');
    },
  },
  {
    name: 'build-templates',
    theme: 'light',
    size: SIZE,
    shows: 'screen',
    async arrange({ page, go }) {
      await go('build');
      await page.getByRole('button', { name: 'Model', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Begin from a template…' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
];
