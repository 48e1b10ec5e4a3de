/**
 * `npm run bench -- interface`: how fast the history of runs is, in a real browser over a real `unroll serve`, on generated
 * workspaces. Times are taken in the page, from the user's action to the frame that shows its result. Each size is put on
 * record as soon as it is measured, beside what is known of the other.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { DATABASE_FILE } from '../src/main/store/database.ts';
import { launchBrowser, startServe, type Served } from '../test/e2e/browser.ts';
import { measureHistory, MEASURES, type Times } from './interface/history.ts';
import { makeWorkspace, type WorkspaceSize } from './interface/workspace.ts';
import { circumstances, median, record, table, type Circumstances } from './report.ts';

const SIZES = {
  large: { runs: 10_000, epochs: 25 },
  small: { runs: 500, epochs: 10 },
} as const satisfies Record<string, WorkspaceSize>;
type SizeName = keyof typeof SIZES;

interface Measurement extends Circumstances, WorkspaceSize {
  browser: string;
  /** One a page. */
  rounds: Times[];
}
type Measurements = Partial<Record<SizeName, Measurement>>;

const USAGE = `Options:
  --size NAME       large (10,000 runs of 25 epochs) or small (500 of 10); both where not given
  --rounds N        pages opened on each (5)
  --workspace DIR   made there where it does not exist, and kept; for one size
  --keep            print the result without recording it`;

function usage(reason: string): never {
  console.error(`${reason}\n${USAGE}`);
  process.exit(2);
}

function readOptions() {
  const text = { type: 'string' } as const;
  const options = {
    size: text,
    rounds: text,
    workspace: text,
    keep: { type: 'boolean', default: false },
  } as const;
  try {
    const { values } = parseArgs({ args: process.argv.slice(3), options });
    const rounds = Number(values.rounds ?? 5);
    if (!Number.isInteger(rounds) || rounds < 1) usage(`${values.rounds} is not a positive whole number.`);
    if (values.size !== undefined && !Object.hasOwn(SIZES, values.size))
      usage(`There is no size ${values.size}.`);
    const sizes = values.size === undefined ? (['large', 'small'] as const) : [values.size as SizeName];
    if (values.workspace !== undefined && sizes.length > 1) usage('A workspace is of one size.');
    return { sizes, rounds, workspace: values.workspace, keep: values.keep };
  } catch (error) {
    return usage((error as Error).message);
  }
}

/** Times on each of some pages, opened one after the other on one server. */
async function measurePages(folder: string, { runs }: WorkspaceSize, rounds: number): Promise<Times[]> {
  let served: Served | undefined;
  try {
    served = await startServe(folder);
    const times: Times[] = [];
    for (let round = 1; round <= rounds; round++) {
      times.push(await measureHistory(browser, served.address, runs));
      const words = MEASURES.map(({ name }) => `${name} ${times.at(-1)![name].toFixed(0)}`);
      console.error(`round ${round}: ${words.join(', ')}`);
    }
    return times;
  } finally {
    await served?.stop();
  }
}

async function measureSize(size: WorkspaceSize, rounds: number, workspace?: string): Promise<Times[]> {
  const folder = workspace ?? (await mkdtemp(join(tmpdir(), 'unroll-bench-')));
  try {
    if (!existsSync(join(folder, DATABASE_FILE))) {
      console.error(`making ${size.runs} runs of ${size.epochs} epochs`);
      await makeWorkspace(folder, size);
    }
    return await measurePages(folder, size, rounds);
  } finally {
    if (workspace === undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function readRecord(): Promise<Measurements> {
  const file = new URL('INTERFACE.json', import.meta.url);
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Measurements) : {};
}

function reportText(measurements: Measurements): string {
  const known = Object.values(measurements);
  const rows = MEASURES.map(({ name, title, bar, digits = 0 }) => [
    title,
    ...known.flatMap(({ rounds }) => {
      const times = rounds.map((times) => times[name]);
      return [median(times).toFixed(digits), Math.max(...times).toFixed(digits)];
    }),
    bar,
  ]);
  const head = known.flatMap(({ runs }) => [`${runs.toLocaleString('en-US')} runs`, 'worst']);
  const lines = known.map(
    ({ runs, epochs, rounds, browser, date, commit, processor, node, command }) =>
      `- ${runs.toLocaleString('en-US')} runs of ${epochs} epochs of four metrics, ${(runs * epochs * 4).toLocaleString('en-US')} points; ${rounds.length} pages in ${browser}; ${date}, commit ${commit}, ${processor}, Node ${node}: ${command}`,
  );
  const about =
    'Medians and worst values over the pages, in a browser without a graphics card. From the action to the frame that shows its result; loading from navigation, with an empty cache.';
  return `# Speed of the history\n\n${about}\n\n${table(['what', ...head, 'bar'], rows)}\n\n${lines.join('\n')}\n`;
}

const { sizes, rounds, workspace, keep } = readOptions();
const browser: Browser = await launchBrowser();
try {
  let measurements = keep ? {} : await readRecord();
  for (const name of sizes) {
    const size = SIZES[name];
    const times = await measureSize(size, rounds, workspace);
    const { values } = circumstances('npm run bench --');
    const program = `${browser.browserType().name()} ${browser.version()}`;
    measurements = { ...measurements, [name]: { ...values, ...size, browser: program, rounds: times } };
    if (!keep) await record('INTERFACE', reportText(measurements), measurements);
  }
  console.log(reportText(measurements));
} finally {
  await browser.close();
}
