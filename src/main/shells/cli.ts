/** The command line: the same services as the screens, over the same contract. Each command has its file in `cli/`. */
import { Command, CommanderError } from 'commander';
import { registerCompare } from './cli/compare.ts';
import { registerContinue } from './cli/continue.ts';
import { registerData } from './cli/data.ts';
import { registerDemo } from './cli/demo.ts';
import { registerEngines } from './cli/engines.ts';
import { registerEvaluate } from './cli/evaluate.ts';
import { registerExport } from './cli/export.ts';
import { registerGradient } from './cli/gradient.ts';
import { registerModels } from './cli/models.ts';
import { registerPredict } from './cli/predict.ts';
import type { Runner } from './cli/runner.ts';
import { registerRuns } from './cli/runs.ts';
import { registerServe } from './cli/serve.ts';
import { EXIT, runInSession, runMaintenance } from './cli/session.ts';
import { registerSweep } from './cli/sweep.ts';
import { failureLine, Terminal } from './cli/terminal.ts';
import { registerTrace } from './cli/trace.ts';
import { registerResume, registerTrain } from './cli/train.ts';
import { registerWorkspace } from './cli/workspace.ts';
import { applicationVersion } from '../machine.ts';
import { defaultWorkspace } from './workspace-folder.ts';

function createProgram(exit: (code: number) => void): Command {
  const program = new Command('unroll')
    .description('Build, train, keep, compare and export recurrent neural networks.')
    .version(applicationVersion, '--version', 'what version this is')
    .option(
      '--workspace <dir>',
      "folder of data, models and runs (default: the user's data folder, or UNROLL_WORKSPACE)",
    )
    .option('--json', 'print one JSON object a line', false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      outputError: (words, write) => write(program.opts<{ json: boolean }>().json ? usageLine(words) : words),
    })
    .exitOverride();
  const surroundings = () => {
    const { workspace = defaultWorkspace(), json } = program.opts<{ workspace?: string; json: boolean }>();
    return { folder: workspace, terminal: new Terminal(json) };
  };
  const runner: Runner = {
    program,
    async run(work, shell = 'cli', interrupted) {
      const { folder, terminal } = surroundings();
      exit(await runInSession(terminal, folder, shell, work, interrupted));
    },
    async maintain(work) {
      exit(await runMaintenance(surroundings(), work));
    },
  };
  const commands = [
    registerEngines,
    registerData,
    registerModels,
    registerTrain,
    registerSweep,
    registerResume,
    registerContinue,
    registerRuns,
    registerEvaluate,
    registerCompare,
    registerTrace,
    registerGradient,
    registerPredict,
    registerExport,
    registerServe,
    registerDemo,
    registerWorkspace,
  ];
  for (const register of commands) register(runner);
  return program;
}

/** What commander says of wrong usage, `error: …`, as `--json` has every failure. */
function usageLine(words: string): string {
  const message = words
    .replace(/^error: /, '')
    .trim()
    .replaceAll('\n', ' ');
  return `${failureLine({ code: 'wrong-usage', message, hint: 'unroll help COMMAND has all options.' })}\n`;
}

/** `help models import` is of both words; commander's own is of the first. */
function wholeHelp(words: readonly string[]): readonly string[] {
  const at = words.indexOf('help');
  const isFirst = words
    .slice(0, Math.max(0, at))
    .every((word, i) => word.startsWith('--') || words[i - 1] === '--workspace');
  return at >= 0 && isFirst && words.length > at + 2 ? [...words.toSpliced(at, 1), '--help'] : words;
}

async function main(): Promise<number> {
  let code: number = EXIT.done;
  try {
    await createProgram((given) => (code = given)).parseAsync(wholeHelp(process.argv.slice(2)), {
      from: 'user',
    });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  }
}

// A reader that has seen enough (`unroll runs list | head -1`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.done);
});
const code = await main();
process.stdout.write('', () => process.exit(code));
