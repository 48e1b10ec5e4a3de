/** RESULTS.md, written anew from RESULTS.json and ACCURACY.json after every measurement. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Contender } from './contenders.ts';
import { table, type Circumstances } from './report.ts';
import { WORKS } from './works.ts';

export interface Summary {
  engine: string;
  parameters: number;
  /** Medians in seconds over all rounds: of first epochs, and of the later ones. */
  first: number;
  later: number;
  range: [number, number];
  /** How many later epochs there were. */
  epochs: number;
  peakBytes: number;
}
export type WorkMeasurement = Circumstances & { results: Partial<Record<Contender, Summary>> };

interface StepsMeasurement extends Circumstances {
  measured: { title: string; bar: number; aim: number; seconds: Partial<Record<Contender, number>> }[];
}
interface ScalingMeasurement extends Circumstances {
  lines: string[];
}
export interface StartUpMeasurement extends Circumstances {
  /** With bar and aim in seconds. */
  measured: { title: string; bar: number; aim: number; seconds: Partial<Record<Contender, number>> }[];
}
interface Accuracy {
  work: string;
  contender: string;
  seed: number;
  best: number;
  last: number;
}

export interface Results {
  works: Record<string, WorkMeasurement>;
  steps?: StepsMeasurement;
  scaling?: ScalingMeasurement;
  startUp?: StartUpMeasurement;
}

const file = (name: string): URL => new URL(name, import.meta.url);
const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(file(name), 'utf8'));

/** Puts parts of the results in place of those on record and writes both files; gives the text. */
export async function updateResults(parts: Partial<Results>): Promise<string> {
  const before = (await read('RESULTS.json')) as Results;
  const results: Results = { ...before, ...parts, works: { ...before.works, ...parts.works } };
  const accuracy = (await read('ACCURACY.json')) as { results: Accuracy[] };
  const text = resultsText(results, accuracy.results);
  await writeFile(file('RESULTS.json'), `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(file('RESULTS.md'), text);
  return text;
}

/** The page. */
export function resultsText(results: Results, accuracy: readonly Accuracy[]): string {
  const parts = [
    '# Speed of training\n\nSeconds per epoch of 25,000 reviews, the last fifth of them validated: medians of the epochs after the first, whose numbers stand in the column "epochs". Keras with jit_compile=True, its fastest setting here; a peer more than twice as slow as the other is stopped early. Peak memory is of the training process.',
    worksTable(results.works),
    results.steps && stepsTable(results.steps),
    results.startUp && startUpTable(results.startUp),
    results.scaling && scalingText(results.scaling),
    accuracy.length > 0
      ? `## Validation accuracy\n\nTen epochs of the lecture's models, validation on the last 5,000 reviews; details in ACCURACY.md.\n\n${accuracyTable(accuracy)}`
      : undefined,
  ];
  return `${parts.filter((part) => part !== undefined).join('\n\n')}\n`;
}

const circumstancesLine = ({ date, commit, processor, node, command }: Circumstances): string =>
  `${date}, commit ${commit}, ${processor}, Node ${node}: ${command}`;

const PEERS = ['keras', 'pytorch'] as const;
const ALL = ['unroll', ...PEERS] as const;

function worksTable(works: Results['works']): string {
  const rows = WORKS.flatMap((work) => {
    const measured = works[work.name];
    if (!measured?.results.unroll) return [];
    const of = ALL.map((name) => measured.results[name]);
    const later = PEERS.flatMap((name) => measured.results[name]?.later ?? []);
    return [
      [
        work.title,
        ...of.map((one) => one?.later.toFixed(2) ?? '–'),
        later.length ? `${(Math.min(...later) / measured.results.unroll.later).toFixed(1)} x` : '–',
        `${work.bar} x`,
        `${work.aim} x`,
        of.map((one) => one?.epochs ?? 0).join(', '),
        of.map((one) => (one ? (one.peakBytes / 1e6).toFixed(0) : '–')).join(', '),
        `${measured.date}, ${measured.commit}`,
      ],
    ];
  });
  const head = ['work', 'Unroll (s)', 'Keras (s)', 'PyTorch (s)', 'against the fastest peer', 'bar', 'aim'];
  const versions = ALL.flatMap(
    (name) => Object.values(works).findLast(({ results }) => results[name])?.results[name]?.engine ?? [],
  );
  const how = [...new Set(Object.values(works).map(circumstancesLine))].map((line) => `- ${line}`);
  return `${table([...head, 'epochs', 'peak MB', 'measured'], rows)}\n\n- ${versions.join('; ')}\n${how.join('\n')}`;
}

function stepsTable({ measured, ...circumstances }: StepsMeasurement): string {
  const rows = measured.map(({ title, bar, aim, seconds }) => {
    const peers = PEERS.flatMap((name) => seconds[name] ?? []);
    const ratio = peers.length ? `${(Math.min(...peers) / seconds.unroll!).toFixed(1)} x` : '–';
    const shown = ALL.map((name) => (seconds[name] === undefined ? '–' : (1000 * seconds[name]).toFixed(1)));
    return [title, ...shown, ratio, `${bar} x`, `${aim} x`];
  });
  const head = [
    'work',
    'Unroll (ms)',
    'Keras (ms)',
    'PyTorch (ms)',
    'against the fastest peer',
    'bar',
    'aim',
  ];
  return `## Steps\n\n${table(head, rows)}\n\n- ${circumstancesLine(circumstances)}`;
}

function startUpTable({ measured, ...circumstances }: StartUpMeasurement): string {
  const rows = measured.map(({ title, bar, aim, seconds }) => [
    title,
    ...ALL.map((name) => seconds[name]?.toFixed(2) ?? '–'),
    `${bar} s`,
    `${aim} s`,
  ]);
  const head = ['what', 'Unroll (s)', 'Keras (s)', 'PyTorch (s)', 'bar', 'aim'];
  return `## Waiting\n\nMedians from the command typed on; Keras without XLA, whose compilation would take longer.\n\n${table(head, rows)}\n\n- ${circumstancesLine(circumstances)}`;
}

function scalingText({ lines, ...circumstances }: ScalingMeasurement): string {
  return `## Scaling\n\n${lines.join('\n')}\n\n- ${circumstancesLine(circumstances)}`;
}

function accuracyTable(accuracy: readonly Accuracy[]): string {
  const groups = Map.groupBy(accuracy, ({ work, contender }) => `${work}, ${contender}`);
  const rows = [...groups].map(([name, seeds]) => [
    name,
    seeds.map(({ best }) => best.toFixed(4)).join(', '),
    seeds.map(({ last }) => last.toFixed(4)).join(', '),
  ]);
  return table(['model', 'best val_acc, by seed', 'last val_acc, by seed'], rows);
}
