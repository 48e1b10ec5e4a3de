/** Imports and generations under way. They outlive the screen: leaving it cancels nothing. */
import type { GenerateInput, ImportInput } from '../../../shared/contract/data.ts';
import type { Dataset } from '../../../shared/data/dataset.ts';
import { toErrorValue, UnrollError, type ErrorCode, type ErrorValue } from '../../../shared/errors.ts';
import { sessionToken } from '../../client/token.ts';
import { jobs } from '../../state/jobs.svelte.ts';
import { notify } from '../../state/notices.ts';
import { formatCount, formatBytes } from '../../state/format.ts';

export type ImportOptions = Omit<Partial<ImportInput>, 'path'>;
/** What the generated tasks take; what is left out has the contract's default. */
type GenerateOptions = Partial<GenerateInput> & Pick<GenerateInput, 'task'>;

/** One import or generation from its start until it is done or dismissed. */
export class Import {
  readonly title: string;
  /** Share of the file that was sent, while it is. */
  sent = $state.raw<number | null>(null);
  #detail = $state.raw('');
  #job = $state.raw<string | null>(null);
  error = $state.raw<ErrorValue | null>(null);
  readonly abort = new AbortController();
  readonly #state = $derived(this.#job === null ? undefined : jobs.get(this.#job));
  readonly progress = $derived(this.#job === null ? this.sent : (this.#state?.progress ?? null));
  readonly detail = $derived(this.#job === null ? this.#detail : (this.#state?.detail ?? ''));

  constructor(title: string) {
    this.title = title;
  }

  sending(sent: number, bytes: number): void {
    this.sent = bytes === 0 ? null : sent / bytes;
    this.#detail = `Sending ${formatBytes(sent)} of ${formatBytes(bytes)}`;
  }

  started = (job: string): void => {
    this.#job = job;
    if (this.abort.signal.aborted) void jobs.cancel(job);
  };

  cancel(): void {
    this.abort.abort();
    if (this.#job !== null) void jobs.cancel(this.#job);
  }
}

/** Sends a file the browser holds to main and answers its path there. */
function upload(file: File, task: Import): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `upload?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('authorization', `Bearer ${sessionToken()}`);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded }) => task.sending(loaded, file.size);
    request.onload = () => {
      const answer = request.response as {
        path?: string;
        code?: ErrorCode;
        message?: string;
        hint?: string;
      } | null;
      if (request.status === 200 && answer?.path !== undefined) resolve(answer.path);
      else if (answer?.code !== undefined) reject(UnrollError.fromValue(answer as ErrorValue));
      else reject(new UnrollError('internal', { reason: `the file could not be sent (${request.status})` }));
    };
    request.onerror = () => reject(new UnrollError('file-missing', { path: file.name }));
    request.onabort = () => reject(new UnrollError('cancelled', { what: task.title }));
    task.abort.signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

class Imports {
  items = $state.raw<readonly Import[]>([]);

  /** Imports a file by its path on this machine. Answers the data set, or null where it failed or was cancelled. */
  fromPath(path: string, options: ImportOptions): Promise<Dataset | null> {
    const name = path.split(/[\\/]/).at(-1) ?? path;
    return this.#run(`Import ${name}`, (task) => jobs.run('data.import', { ...options, path }, task.started));
  }

  /** Imports a file that was dropped or chosen: by its path where the shell can tell it, else its bytes are sent. */
  fromFile(file: File, options: ImportOptions): Promise<Dataset | null> {
    const path = window.unroll?.pathOf?.(file);
    if (path !== undefined && path !== '') return this.fromPath(path, options);
    return this.#run(`Import ${file.name}`, async (task) => {
      const sent = await upload(file, task);
      try {
        return await jobs.run('data.import', { ...options, path: sent }, task.started);
      } catch (error) {
        // The user knows the file by its name; where it was sent to is none of theirs.
        const value = toErrorValue(error);
        throw UnrollError.fromValue({ ...value, message: value.message.replaceAll(sent, file.name) });
      }
    });
  }

  generate(options: GenerateOptions): Promise<Dataset | null> {
    return this.#run(`Generate ${options.task}`, (task) => jobs.run('data.generate', options, task.started));
  }

  dismiss(task: Import): void {
    this.items = this.items.filter((other) => other !== task);
  }

  async #run(title: string, work: (task: Import) => Promise<Dataset>): Promise<Dataset | null> {
    const task = new Import(title);
    this.items = [task, ...this.items];
    try {
      const dataset = await work(task);
      this.dismiss(task);
      notify(
        `${dataset.name}: ${formatCount(dataset.trainExamples)} training and ${formatCount(dataset.testExamples)} test examples`,
      );
      return dataset;
    } catch (error) {
      const value = toErrorValue(error);
      if (value.code === 'cancelled') {
        this.dismiss(task);
        notify(value.message);
      } else task.error = value;
      return null;
    }
  }
}

export const imports = new Imports();
