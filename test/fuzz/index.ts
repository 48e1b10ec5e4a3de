/**
 * `npm run fuzz [-- --long] [--target NAME…] [--from CASE] [--cases N]`: every reader of what comes from elsewhere on mutated
 * real files and values, 1,000 cases each, or 100,000 with `--long`. A line a reader; fails where a case crashes, hangs over two
 * seconds, throws what is no clear word, or memory grows beyond its bound. A case follows from its number alone.
 */
import { parseArgs } from 'node:util';
import { fuzz, MOST_GROWN_BYTES, MOST_MS } from './fuzz.ts';
import { targets } from './targets.ts';

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    target: { type: 'string', multiple: true },
    from: { type: 'string', default: '0' },
    cases: { type: 'string' },
  },
});
const cases = Number(values.cases ?? (values.long ? 100_000 : 1000));
for (const { name } of targets.filter((one) => values.target?.includes(one.name) ?? true)) {
  const began = performance.now();
  const { faults, refused, slowestMs, grownBytes } = await fuzz(name, cases, Number(values.from));
  const failed = faults.length > 0 || slowestMs > MOST_MS || grownBytes > MOST_GROWN_BYTES;
  if (failed) process.exitCode = 1;
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const figures = [
    `${cases.toLocaleString('en')} cases in ${seconds} s`,
    `${refused.toLocaleString('en')} refused`,
    `slowest ${slowestMs.toFixed(0)} ms`,
    `memory grew ${(grownBytes / 2 ** 20).toFixed(0)} MiB`,
    `${faults.length} faults`,
  ];
  console.log(`${failed ? 'FAIL' : 'ok  '} ${name}: ${figures.join(', ')}`);
  for (const { number, reason } of faults.slice(0, 3)) console.log(`  case ${number}: ${reason}`);
}
