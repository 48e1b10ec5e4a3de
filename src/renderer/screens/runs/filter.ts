/** Which runs the list shows. */
import type { RunStatus } from '../../../shared/contract/runs.ts';
import type { RunRow } from '../../state/run-rows.ts';

export interface RunFilter {
  /** Words that must all occur in the name, model, data, tags or notes. */
  text: string;
  status: RunStatus | 'active' | 'all';
  archived: boolean;
}

function haystack(run: RunRow): string {
  return [run.name, run.model, run.dataset.name, run.status, run.engine, ...run.tags, run.notes]
    .join('\n')
    .toLowerCase();
}

export function filterRuns(runs: readonly RunRow[], { text, status, archived }: RunFilter): RunRow[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return runs.filter((run) => {
    if (run.archived !== archived) return false;
    if (status === 'active' && !['queued', 'running', 'paused'].includes(run.status)) return false;
    if (status !== 'active' && status !== 'all' && run.status !== status) return false;
    const all = haystack(run);
    return words.every((word) => all.includes(word));
  });
}
