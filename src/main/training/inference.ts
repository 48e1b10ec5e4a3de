/**
 * Evaluation and prediction with a saved checkpoint, in children of their own, so that they can run beside training.
 * One child stays ready between predictions, since most of a short prediction's time is its start.
 */
import { UnrollError } from '../../shared/errors.ts';
import type { EvaluateJob, FlowJob, FromChild, PredictJob } from '../../shared/protocol.ts';
import type { JobContext } from '../jobs.ts';
import type { Workspace } from '../store/database.ts';
import { TrainingChild } from './child-process.ts';

export type Evaluated = Extract<FromChild, { type: 'evaluated' }>;
export type Predicted = Extract<FromChild, { type: 'predicted' }>;
export type Flowed = Extract<FromChild, { type: 'flowed' }>;

/** How long a child without work is kept. */
const KEPT_READY_MS = 5 * 60_000;

export class Inference {
  readonly #workspace: Workspace;
  /** The Node that children run on, where it is not the one that runs this process. */
  readonly nodePath: string | undefined;
  readonly #children = new Set<InferenceChild>();
  #ready: InferenceChild | null = null;
  #release: NodeJS.Timeout | null = null;

  constructor(workspace: Workspace, nodePath: string | undefined) {
    this.#workspace = workspace;
    this.nodePath = nodePath;
  }

  /** @throws UnrollError what the child reports, `training-child-died`, `out-of-memory`, `cancelled` */
  async evaluate(job: Omit<EvaluateJob, 'kind' | 'databasePath'>, context: JobContext): Promise<Evaluated> {
    const { databasePath } = this.#workspace;
    const child = this.#start();
    try {
      const answer = await child.ask({ kind: 'evaluate', databasePath, ...job }, context);
      if (answer.type !== 'evaluated') throw unexpected(answer);
      return answer;
    } finally {
      await this.#end(child);
    }
  }

  /** @throws UnrollError as `evaluate` */
  async predict(job: Omit<PredictJob, 'kind'>, context: JobContext): Promise<Predicted> {
    const answer = await this.#askReady({ kind: 'predict', ...job }, context);
    if (answer.type !== 'predicted') throw unexpected(answer);
    return answer;
  }

  /** Gradient and memory through time on a few examples. @throws UnrollError as `evaluate` */
  async flow(job: Omit<FlowJob, 'kind'>, context: JobContext): Promise<Flowed> {
    const answer = await this.#askReady({ kind: 'flow', ...job }, context);
    if (answer.type !== 'flowed') throw unexpected(answer);
    return answer;
  }

  async #askReady(job: PredictJob | FlowJob, context: JobContext): Promise<FromChild> {
    const child = this.#takeReady() ?? this.#start();
    try {
      const answer = await child.ask(job, context);
      this.#keepReady(child);
      return answer;
    } finally {
      if (this.#ready !== child) await this.#end(child);
    }
  }

  async close(): Promise<void> {
    if (this.#release) clearTimeout(this.#release);
    await Promise.all([...this.#children].map((child) => child.end()));
  }

  #start(): InferenceChild {
    const child = new InferenceChild(this.nodePath);
    this.#children.add(child);
    return child;
  }

  async #end(child: InferenceChild): Promise<void> {
    await child.end();
    this.#children.delete(child);
  }

  #takeReady(): InferenceChild | null {
    const child = this.#ready;
    this.#ready = null;
    if (this.#release) clearTimeout(this.#release);
    if (child?.alive) return child;
    if (child) this.#children.delete(child);
    return null;
  }

  #keepReady(child: InferenceChild): void {
    if (this.#ready) return;
    this.#ready = child;
    this.#release = setTimeout(() => {
      this.#ready = null;
      void this.#end(child);
    }, KEPT_READY_MS);
    this.#release.unref();
  }
}

const ANSWERS: ReadonlySet<FromChild['type']> = new Set(['evaluated', 'predicted', 'flowed']);

/** A child that answers one question at a time. */
class InferenceChild {
  readonly #child: TrainingChild;
  #answer: PromiseWithResolvers<FromChild> | null = null;
  #progress: JobContext['progress'] = () => undefined;
  alive = true;

  constructor(nodePath: string | undefined) {
    this.#child = new TrainingChild({
      nodePath,
      onMessage: (message) => this.#receive(message),
      onUnexpectedEnd: ({ error }) => {
        this.alive = false;
        this.#answer?.reject(error);
      },
    });
  }

  async ask(job: EvaluateJob | PredictJob | FlowJob, { signal, progress }: JobContext): Promise<FromChild> {
    const answer = Promise.withResolvers<FromChild>();
    const cancel = () => answer.reject(signal.reason as Error);
    this.#answer = answer;
    this.#progress = progress;
    signal.addEventListener('abort', cancel);
    try {
      signal.throwIfAborted();
      this.#child.send({ type: 'job', job });
      return await answer.promise;
    } finally {
      signal.removeEventListener('abort', cancel);
      this.#answer = null;
    }
  }

  async end(): Promise<void> {
    this.alive = false;
    await this.#child.end();
  }

  #receive(message: FromChild): void {
    if (message.type === 'progress') this.#progress(message.batch / Math.max(1, message.batches), '');
    else if (message.type === 'failed') this.#answer?.reject(UnrollError.fromValue(message.error));
    else if (ANSWERS.has(message.type)) this.#answer?.resolve(message);
  }
}

const unexpected = ({ type }: FromChild) =>
  new UnrollError('internal', { reason: `the training process answered ${type}.` });
