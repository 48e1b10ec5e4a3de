/** `node build/layer-guide.ts`: writes `docs/layers.md` from the catalogue of layers, so that it says what the program does. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACTIVATION_MEANINGS } from '../src/shared/layers/activations.ts';
import { typicalLayer } from '../src/shared/layers/guide.ts';
import { layerDefinitions } from '../src/shared/layers/index.ts';
import type { LayerDefinition } from '../src/shared/layers/layer.ts';
import { root } from './targets.ts';

const sizes = (shape: readonly (number | null)[]): string =>
  `(${shape.map((size) => size ?? 'batch').join(', ')})`;

/** Cells of a table must not hold what parts them. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function parameterTable(definition: LayerDefinition, config: Readonly<Record<string, unknown>>): string[] {
  const rows = Object.entries(definition.parameters).map(
    ([name, { label, help }]) =>
      `| \`${name}\` | ${cell(label)} | \`${cell(JSON.stringify(config[name]) ?? 'none')}\` | ${cell(help)} |`,
  );
  if (rows.length === 0) return [];
  return ['| Parameter | In the form | Here | What it does |', '| --- | --- | --- | --- |', ...rows, ''];
}

function section(definition: LayerDefinition): string[] {
  const { config, inputShapes, shape, weights, parameters } = typicalLayer(definition);
  const equations = definition.equations(config, inputShapes);
  const symbols = definition.symbols?.(config, inputShapes) ?? [];
  const flow = [...inputShapes.map(sizes), ...(shape ? [sizes(shape)] : [])].join(' to ');
  return [
    `## ${definition.title}`,
    '',
    definition.summary,
    '',
    `Shapes: ${flow}. Parameters: ${parameters.toLocaleString('en')}.`,
    '',
    ...equations.flatMap(({ tex, where }) => ['```math', tex, '```', ...(where ? [`*${where}*`] : []), '']),
    ...symbols.map(({ plain, meaning, shape: size }) => `- \`${plain}\` ${sizes(size)}: ${meaning}`),
    ...(symbols.length > 0 ? [''] : []),
    ...weights.map(
      ({ name, shape: size, initializer }) => `- weight \`${name}\` ${sizes(size)}, ${initializer}`,
    ),
    ...(weights.length > 0 ? [''] : []),
    ...parameterTable(definition, config),
    '```python',
    definition.python(config),
    '```',
    '',
    '```r',
    definition.r(config),
    '```',
    '',
  ];
}

/** What the parameters `activation` and `recurrent_activation` can be. */
const activations = (): string[] => [
  '## Activation functions',
  '',
  'What a layer with an activation makes of each value x.',
  '',
  '| Activation | Of x |',
  '| --- | --- |',
  ...Object.entries(ACTIVATION_MEANINGS).map(([name, meaning]) => `| \`${name}\` | ${cell(meaning)} |`),
  '',
];

/** The page of all layers, in the palette's order. */
export function layerGuide(): string {
  return [
    '# Layers and their equations',
    '',
    'Every layer with a typical configuration on a typical input. In Unroll, the same page shows each cell drawn, and the',
    'inspector shows both with the sizes of your own model.',
    '',
    ...layerDefinitions.flatMap(section),
    ...activations(),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

if (import.meta.main) writeFileSync(join(root, 'docs/layers.md'), layerGuide());
