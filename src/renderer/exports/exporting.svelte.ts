/** One run's export: asked for, under way, done or failed. It goes on where its window is closed, and then a notice tells its end. */
import type { Input, JobResult } from '../../shared/contract/index.ts';
import { toErrorValue, UnrollError } from '../../shared/errors.ts';
import { client } from '../client/client.ts';
import { formatBytes, formatMetric } from '../state/format.ts';
import { AskedJob } from '../state/asked-job.svelte.ts';
import { jobs, type JobState } from '../state/jobs.svelte.ts';
import { announce, dismiss } from '../state/notices.ts';
import { settings } from '../state/settings.svelte.ts';

const FOLDER = 'export.folder';

export class Exporting {
  readonly #run: string;
  readonly #job = new AskedJob();
  /** What was asked for last. */
  input = $state.raw<Input<'runs.export'> | null>(null);
  result = $state.raw<JobResult<'runs.export'> | null>(null);
  error = $state.raw<unknown>(null);
  /** Whether the last one was cancelled; it has left nothing behind. */
  cancelled = $state(false);
  running = $state(false);
  /** Whether its window is open, which tells the end itself. */
  #watched = false;

  constructor(run: string) {
    this.#run = run;
  }

  get state(): JobState | undefined {
    return this.#job.state;
  }

  /** Whether the last one was refused since a file of that name is there. */
  get taken(): boolean {
    return this.error instanceof UnrollError && this.error.code === 'file-exists';
  }

  /** The folder used last, or the one downloads go to. */
  async folder(): Promise<string> {
    const used = settings.get(FOLDER);
    return typeof used === 'string' ? used : (await client.call('exports.folder', {})).folder;
  }

  /** Its window is open. Answers with what says that it is closed: what is over then has been seen, and is forgotten. */
  watch(): () => void {
    this.#watched = true;
    dismiss(this.#notice);
    return () => {
      this.#watched = false;
      if (!this.running) this.clear();
    };
  }

  /** @param show opens its window again */
  async run(input: Input<'runs.export'>, folder: string, name: string, show: () => void): Promise<void> {
    this.clear();
    this.input = input;
    this.running = true;
    try {
      this.result = await jobs.run('runs.export', input, (job) => this.#job.started(job));
      await settings.set(FOLDER, folder);
    } catch (error) {
      this.cancelled = error instanceof UnrollError && error.code === 'cancelled';
      if (!this.cancelled) this.error = error;
    } finally {
      this.running = false;
      if (!this.#watched) this.#tell(name, show);
    }
  }

  cancel(): void {
    this.#job.cancel();
  }

  /** As it was before anything was asked. */
  clear(): void {
    this.#job.begin();
    this.input = null;
    this.result = null;
    this.error = null;
    this.cancelled = false;
  }

  get #notice(): string {
    return `export ${this.#run}`;
  }

  #tell(name: string, show: () => void): void {
    if (this.result !== null) {
      announce(this.#notice, `${name} is exported.`, endWords(this.result), 'Show', show);
    } else if (this.error !== null) {
      const { message, hint } = toErrorValue(this.error);
      announce(this.#notice, `${name} was not exported.`, `${message} ${hint}`, 'Show', show, true);
    }
  }
}

/** Where an export lies, how large it is, and how near its predictions are. */
function endWords({ path, files, maxAbsDifference }: JobResult<'runs.export'>): string {
  const size = formatBytes(files.reduce((sum, { bytes }) => sum + bytes, 0));
  return `${path}, ${size}.${maxAbsDifference === null ? '' : ` ${differenceWords(maxAbsDifference)}`}`;
}

/** How near what was written and read back predicts to the run itself. */
export const differenceWords = (difference: number): string =>
  `Read back, it predicts the same: the largest difference in probability is ${difference === 0 ? '0' : formatMetric(difference)}.`;

const byRun = new Map<string, Exporting>();

/** The export of a run, the same whenever its window is opened. */
export function exportingOf(run: string): Exporting {
  const exporting = byRun.get(run) ?? new Exporting(run);
  byRun.set(run, exporting);
  return exporting;
}
