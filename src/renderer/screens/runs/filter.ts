/** Which runs the list shows. */
import type { Run, RunStatus } from '../../../shared/contract/runs.ts';

export interface RunFilter {
  /** Words that must all occur in the name, model, data, tags or notes. */
  text: string;
  status: RunStatus | 'active' | 'all';
  archived: boolean;
}

function haystack(run: Run): string {
  return [run.name, run.model, run.dataset.name, run.status, run.engine, ...run.tags, run.notes]
    .join('\n')
    .toLowerCase();
}

export function filterRuns(runs: readonly Run[], { text, status, archived }: RunFilter): Run[] {
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
