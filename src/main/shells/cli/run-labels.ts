/** What a person says of runs: names, tags, notes, and which of them are put aside. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Input } from '../../../shared/contract/index.ts';
import type { Run } from '../../../shared/contract/runs.ts';
import { UnrollError } from '../../../shared/errors.ts';
import type { Runner } from './runner.ts';
import type { Session } from './session.ts';

export function registerLabels(runs: Command, runner: Runner): void {
  registerRename(runs, runner);
  registerTag(runs, runner);
  registerNote(runs, runner);
  registerArchive(runs, runner, true);
  registerArchive(runs, runner, false);
}

function registerRename(runs: Command, { run }: Runner): void {
  runs
    .command('rename')
    .description('give a run another name')
    .argument('<run>', 'its id or name')
    .argument('<name>', 'the new name, which no other run has')
    .action((run_: string, name: string) =>
      run(async ({ application, terminal }) => {
        const renamed = await application.call('runs.edit', { run: run_, name });
        terminal.result(renamed, () => `It is ${renamed.name} now.`);
      }),
    );
}

/** Tags of one option; a comma ends a tag, as on the screen. */
const gather = (text: string, before: string[] = []): string[] => [
  ...before,
  ...text.split(',').flatMap((tag) => tag.trim() || []),
];

/** One change to all runs named, or to none where a name is wrong; each is told as it is then. */
async function change(
  { application, terminal }: Session,
  names: readonly string[],
  changes: Omit<Input<'runs.change'>, 'runs'>,
  say: (run: Run) => string,
): Promise<void> {
  const ids: string[] = [];
  for (const name of names) ids.push((await application.call('runs.show', { run: name })).id);
  await application.call('runs.change', { runs: ids, ...changes });
  for (const id of ids) {
    const changed = await application.call('runs.show', { run: id });
    terminal.result(changed, () => say(changed));
  }
}

function registerTag(runs: Command, { run }: Runner): void {
  runs
    .command('tag')
    .description('add tags to runs, or take them away')
    .argument('<run...>', 'their ids or names')
    .option('--add <tag>', 'a tag to add; may be given several times', gather)
    .option('--remove <tag>', 'a tag to take away; may be given several times', gather)
    .action(
      (
        names: string[],
        { add = [], remove = [] }: { add?: string[]; remove?: string[] },
        command: Command,
      ) => {
        if (add.length + remove.length === 0) command.error('error: Name a tag with --add or --remove.');
        const say = ({ name, tags }: Run) => `${name}: ${tags.join(', ') || 'no tags'}`;
        return run((session) => change(session, names, { addTags: add, removeTags: remove }, say));
      },
    );
}

/** @throws UnrollError `file-missing` */
function readNotes(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8').trimEnd();
  } catch (cause) {
    throw new UnrollError('file-missing', { path }, { cause });
  }
}

function registerNote(runs: Command, { run }: Runner): void {
  runs
    .command('note')
    .description("write a run's notes, in Markdown; without a text they are printed")
    .argument('<run>', 'its id or name')
    .argument('[text]', 'in place of the notes there are; an empty one deletes them')
    .option('--file <file>', 'a file with the text; - is standard input')
    .action((name: string, text: string | undefined, { file }: { file?: string }, command: Command) => {
      if (text !== undefined && file !== undefined)
        command.error('error: Give the notes as a text or as a file, not both.');
      return run(async ({ application, terminal }) => {
        const notes = file === undefined ? text : readNotes(file);
        if (notes === undefined) {
          const shown = await application.call('runs.show', { run: name });
          return terminal.result(shown, () => shown.notes);
        }
        const edited = await application.call('runs.edit', { run: name, notes });
        terminal.result(edited, () => `${notes === '' ? 'Deleted' : 'Wrote'} the notes of ${edited.name}.`);
      });
    });
}

function registerArchive(runs: Command, { run }: Runner, archived: boolean): void {
  runs
    .command(archived ? 'archive' : 'unarchive')
    .description(
      archived
        ? 'out of the list, with everything kept: runs list --archived shows them'
        : 'back into the list',
    )
    .argument('<run...>', 'their ids or names')
    .action((names: string[]) =>
      run((session) =>
        change(
          session,
          names,
          { archived },
          ({ name }) => `${archived ? 'Archived' : 'Brought back'} ${name}.`,
        ),
      ),
    );
}
