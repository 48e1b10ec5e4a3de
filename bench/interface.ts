/**
 * `npm run bench -- interface`: how fast the history of runs is, in a real browser over a real `unroll serve`, on generated
 * workspaces. Times are taken in the page, from the user's action to the frame that shows its result.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { launchBrowser, startServe, type Served } from '../test/e2e/browser.ts';
import { measureHistory, MEASURES, type Measure, type Times } from './interface/history.ts';
import { makeWorkspace } from './interface/workspace.ts';
import { circumstances, median, record, table } from './report.ts';

const USAGE = `Options:
  --runs N      runs of the large workspace (10000); there is a small one of 500 as well
  --epochs N    epochs of each, with four metrics (25)
  --rounds N    pages opened on each (5)
  --keep        print the result without recording it`;

function readOptions() {
  const number = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: process.argv.slice(3),
      options: { runs: number, epochs: number, rounds: number, keep: { type: 'boolean', default: false } },
    });
    const count = (text: string | undefined, otherwise: number): number => {
      const value = text === undefined ? otherwise : Number(text);
      if (!Number.isInteger(value) || value < 1) throw new Error(`${text} is not a positive whole number.`);
      return value;
    };
    const { keep } = values;
    return {
      runs: count(values.runs, 10_000),
      epochs: count(values.epochs, 25),
      rounds: count(values.rounds, 5),
      keep,
    };
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}

async function measureWorkspace(
  browser: Browser,
  runs: number,
  epochs: number,
  rounds: number,
): Promise<Times[]> {
  const folder = await mkdtemp(join(tmpdir(), 'unroll-bench-'));
  let served: Served | undefined;
  try {
    console.error(`making ${runs} runs of ${epochs} epochs`);
    await makeWorkspace(folder, { runs, epochs });
    served = await startServe(folder);
    const times: Times[] = [];
    for (let round = 1; round <= rounds; round++) {
      times.push(await measureHistory(browser, served.address, runs));
      console.error(
        `round ${round}: ${MEASURES.map(({ name }) => `${name} ${times.at(-1)![name].toFixed(0)}`).join(', ')}`,
      );
    }
    return times;
  } finally {
    await served?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const middle = (times: readonly Times[], { name }: Measure): number => median(times.map((one) => one[name]));

const { runs, epochs, rounds, keep } = readOptions();
const browser = await launchBrowser();
try {
  const large = await measureWorkspace(browser, runs, epochs, rounds);
  const small = await measureWorkspace(browser, 500, 10, rounds);
  const points = (runs * epochs * 4).toLocaleString('en-US');
  const rows = MEASURES.map((measure) => [
    measure.title,
    middle(large, measure).toFixed(measure.digits ?? 0),
    middle(small, measure).toFixed(measure.digits ?? 0),
    measure.bar,
  ]);
  const head = ['what', `${runs.toLocaleString('en-US')} runs`, '500 runs', 'bar'];
  const { lines, values } = circumstances('npm run bench --');
  const about = `Medians over ${rounds} pages each, in ${browser.browserType().name()} ${browser.version()}, without a graphics card. The large workspace holds ${points} metric points (${epochs} epochs of four metrics a run), the small one 20,000. Milliseconds from the action to the frame that shows its result; loading from navigation, with an empty cache.`;
  const text = `# Speed of the history\n\n${about}\n\n${lines}\n\n${table(head, rows)}\n`;
  console.log(text);
  if (!keep) await record('INTERFACE', text, { ...values, runs, epochs, large, small });
} finally {
  await browser.close();
}
