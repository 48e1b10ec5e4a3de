/**
 * Imports and generations under way. They outlive the screen: leaving it cancels nothing, and what ends while the user is
 * elsewhere does not take him away from there.
 */
import type { GenerateInput, ImportInput } from '../../../shared/contract/data.ts';
import type { Dataset } from '../../../shared/data/dataset.ts';
import { toErrorValue, UnrollError, type ErrorCode, type ErrorValue } from '../../../shared/errors.ts';
import { discardUpload } from '../../exports/bring.ts';
import { sessionToken } from '../../client/token.ts';
import { jobs } from '../../state/jobs.svelte.ts';
import { notify, notifyError, notifyWith } from '../../state/notices.ts';
import { router } from '../../state/router.svelte.ts';
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

/** Whether the page is shown on which data are added. */
const isAdding = (): boolean => router.place.screen === 'data' && router.place.path.length === 0;

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
      } finally {
        discardUpload(sent);
      }
    });
  }

  generate(options: GenerateOptions): Promise<Dataset | null> {
    return this.#run(`Generate ${options.task}`, (task) => jobs.run('data.generate', options, task.started));
  }

  dismiss(task: Import): void {
    this.items = this.items.filter((other) => other !== task);
  }

  /** Takes away what is said of imports that failed. */
  forgetFailed(): void {
    this.items = this.items.filter(({ error }) => error === null);
  }

  async #run(title: string, work: (task: Import) => Promise<Dataset>): Promise<Dataset | null> {
    const task = new Import(title);
    this.items = [task, ...this.items];
    try {
      const dataset = await work(task);
      this.dismiss(task);
      this.forgetFailed();
      tell(dataset);
      return dataset;
    } catch (error) {
      const value = toErrorValue(error);
      if (isAdding() && value.code !== 'cancelled') task.error = value;
      else {
        this.dismiss(task);
        if (value.code === 'cancelled') notify(value.message);
        else notifyError(error);
      }
      return null;
    }
  }
}

/** Says what came in, and shows it where the user waits for it. */
function tell({ name, trainExamples, testExamples }: Dataset): void {
  const words = `${name}: ${formatCount(trainExamples)} training and ${formatCount(testExamples)} test examples`;
  const show = () => router.go('data', [name]);
  if (!isAdding()) return notifyWith(words, 'Open', show);
  notify(words);
  show();
}

export const imports = new Imports();
