import { Option } from 'commander';
import { EXPORT_FORMATS } from '../../../shared/contract/runs.ts';
import type { ExportFormat } from '../../exporters/exporter.ts';
import { checkpointOption, type Runner } from './runner.ts';
import { finishJob } from './session.ts';

interface ExportOptions {
  format: ExportFormat;
  out: string;
  checkpoint?: 'last' | 'best';
  data: boolean;
  replace: boolean;
}

export function registerExport({ program, run }: Runner): void {
  program
    .command('export')
    .description('a run as a file other software reads, verified by reading it back, or as code')
    .argument('<run>', 'its id or name')
    .addOption(
      new Option('--format <format>', 'what is written').choices(EXPORT_FORMATS).makeOptionMandatory(),
    )
    .requiredOption('--out <path>', 'the file, or for tfjs the folder, to write')
    .addOption(checkpointOption())
    .option('--data', 'with the formats run, python and r: the examples of the data set too', false)
    .option('--replace', 'in the place of a file that is there, or of a folder that is such an export', false)
    .action((name: string, { format, out, checkpoint, data, replace }: ExportOptions) =>
      run(
        async (session) => {
          const input = { run: name, format, path: out, checkpoint, data, replace };
          const exported = await finishJob(session, 'runs.export', input);
          const { path, maxAbsDifference, check } = exported;
          const proof =
            maxAbsDifference === null
              ? `Not verified: ${check}.`
              : `Verified: ${check}; predictions differ by at most ${maxAbsDifference.toExponential(1)}.`;
          const weights =
            format === 'run'
              ? ''
              : ` with the ${exported.checkpoint.which} weights, after epoch ${exported.checkpoint.epoch}`;
          session.terminal.result(exported, () => `Wrote ${path}${weights}. ${proof}`);
        },
        'cli',
        'Interrupted; nothing was written.',
      ),
    );
}
