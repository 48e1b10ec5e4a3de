/** Putting a workspace right: what can be read is kept, what is damaged goes back to an earlier state or is given up. */
import { join } from 'node:path';
import type { CheckProblem, Repair } from '../../shared/contract/workspace.ts';
import { UnrollError } from '../../shared/errors.ts';
import type { JobContext } from '../jobs.ts';
import { replace, requireQuiet, setAside, stagedBeside } from './backup.ts';
import { checkWorkspace, CONTENT, damagedRows, TEXTS, unlikeJson, wordsFor } from './check.ts';
import { transaction, type WritableDb, type Workspace } from './database.ts';
import { intactCheckpoint } from './intact-checkpoint.ts';
import { summariseAnew } from './run-metrics.ts';
import { salvage } from './salvage.ts';

/**
 * Nothing happens to a workspace that is whole. Otherwise it is copied as it is, then repaired.
 * @throws UnrollError `workspace-in-use`, `workspace-full`, `cancelled`
 */
export async function repairWorkspace(workspace: Workspace, job: JobContext): Promise<Repair> {
  const problems = await checkWorkspace(workspace.db, job);
  if (problems.length === 0) return { actions: [], left: [], before: null };
  refuseWhileTraining(workspace);
  const before = await setAside(workspace, 'before-repair', job);
  const actions = problems.some(isOfPages) ? await rebuild(workspace) : [];
  actions.push(
    ...transaction(workspace.db, () => [
      ...repairContent(workspace.db),
      ...repairTexts(workspace.db),
      ...repairEpochs(workspace.db),
    ]),
  );
  return { actions, left: await checkWorkspace(workspace.db, job), before };
}

/** Where even the runs cannot be read, nobody trains one. */
function refuseWhileTraining(workspace: Workspace): void {
  try {
    requireQuiet(workspace);
  } catch (error) {
    if (error instanceof UnrollError) throw error;
  }
}

const isOfPages = ({ kind }: CheckProblem): boolean => kind === 'pages' || kind === 'references';

/** Makes the database anew from the rows that can be read. */
async function rebuild(workspace: Workspace): Promise<string[]> {
  const salvaged = await stagedBeside(join(workspace.path, 'rebuilt'), async (stage) => {
    const lost = salvage(workspace.db, stage);
    await replace(workspace, stage);
    return lost;
  });
  const lost = salvaged.map(({ table, lost: rows }) =>
    rows === null ? `Some rows of ${table} could not be read.` : `${rows} rows of ${table} are lost.`,
  );
  return ['The database was written anew from what could be read.', ...lost];
}

/** Examples and words cannot be had from anywhere else: they stay as they are, for the data set to be imported again. */
const KEPT: readonly string[] = ['dataset_pieces', 'vocabularies'];

function repairContent(db: WritableDb): string[] {
  const actions: string[] = [];
  for (const content of CONTENT.filter(({ table }) => !KEPT.includes(table))) {
    const { table, key } = content;
    const place = key.map((column) => `${column} = @${column}`).join(' AND ');
    for (const row of damagedRows(db, content)) {
      if (!row) continue;
      const words = wordsFor(db, content, row);
      if (table === 'checkpoints' && row.which === 'last' && wentBack(db, String(row.run_id))) {
        actions.push(`${words} was replaced by the one before.`);
        continue;
      }
      db.prepare(`DELETE FROM ${table} WHERE ${place}`).run(row);
      actions.push(`${words} was removed.`);
    }
  }
  return actions;
}

/** Of these tables a row can be spared; a run, a model or a data set is for its owner to remove. */
const SPARED: readonly string[] = ['epoch_metrics', 'batch_metrics', 'drafts', 'draft_steps', 'settings'];

function repairTexts(db: WritableDb): string[] {
  return SPARED.flatMap((table) => {
    const { changes } = db.prepare(`DELETE FROM ${table} WHERE ${unlikeJson(TEXTS[table]!)}`).run();
    return changes === 0 ? [] : [`${changes} rows of ${table} that held no JSON were removed.`];
  });
}

function wentBack(db: WritableDb, run: string): boolean {
  try {
    return intactCheckpoint(db, run) !== null;
  } catch {
    return false;
  }
}

/** A run has the epochs that are stored without a gap, and no more than its checkpoint holds. */
function repairEpochs(db: WritableDb): string[] {
  const sql = `SELECT id, name, epochs_done AS done,
      (SELECT epoch FROM checkpoints WHERE run_id = runs.id AND which = 'last') AS saved FROM runs`;
  const runs = db.prepare<[], { id: string; name: string; done: number; saved: number | null }>(sql).all();
  const epochsOf = db.prepare('SELECT epoch FROM epoch_metrics WHERE run_id = ? ORDER BY epoch').pluck();
  const actions: string[] = [];
  for (const { id, name, done, saved } of runs) {
    const epochs = epochsOf.all(id) as number[];
    const has = saved ?? epochs.at(-1) ?? done;
    const later = epochs.filter((epoch) => epoch > has);
    if (later.length === 0 && has === done) continue;
    db.prepare('DELETE FROM epoch_metrics WHERE run_id = ? AND epoch > ?').run(id, has);
    db.prepare('UPDATE runs SET epochs_done = ? WHERE id = ?').run(has, id);
    summariseAnew(db, id);
    actions.push(`The run ${name} now has ${has} epochs, as its checkpoint says.`);
  }
  return actions;
}
