/** Evaluation and prediction with a saved checkpoint, in a child of their own, so that they can run beside training. */
import { UnrollError } from '../../shared/errors.ts';
import type { EvaluateJob, FromChild, PredictJob } from '../../shared/protocol.ts';
import type { JobContext } from '../jobs.ts';
import type { Workspace } from '../store/database.ts';
import { TrainingChild } from './child-process.ts';

export type Evaluated = Extract<FromChild, { type: 'evaluated' }>;
export type Predicted = Extract<FromChild, { type: 'predicted' }>;

export class Inference {
  readonly #workspace: Workspace;
  readonly #nodePath: string | undefined;
  readonly #children = new Set<TrainingChild>();

  constructor(workspace: Workspace, nodePath: string | undefined) {
    this.#workspace = workspace;
    this.#nodePath = nodePath;
  }

  /** @throws UnrollError what the child reports, `training-child-died`, `out-of-memory`, `cancelled` */
  async evaluate(job: Omit<EvaluateJob, 'kind' | 'databasePath'>, context: JobContext): Promise<Evaluated> {
    const { databasePath } = this.#workspace;
    const answer = await this.#ask({ kind: 'evaluate', databasePath, ...job }, context);
    if (answer.type !== 'evaluated') throw unexpected(answer);
    return answer;
  }

  /** @throws UnrollError as `evaluate` */
  async predict(job: Omit<PredictJob, 'kind'>, context: JobContext): Promise<Predicted> {
    const answer = await this.#ask({ kind: 'predict', ...job }, context);
    if (answer.type !== 'predicted') throw unexpected(answer);
    return answer;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#children].map((child) => child.end()));
  }

  async #ask(job: EvaluateJob | PredictJob, { signal, progress }: JobContext): Promise<FromChild> {
    const answer = Promise.withResolvers<FromChild>();
    const child = new TrainingChild({
      nodePath: this.#nodePath,
      onMessage(message) {
        if (message.type === 'progress') progress(message.batch / Math.max(1, message.batches), '');
        else if (message.type === 'failed') answer.reject(UnrollError.fromValue(message.error));
        else if (message.type === 'evaluated' || message.type === 'predicted') answer.resolve(message);
      },
      onUnexpectedEnd: ({ error }) => answer.reject(error),
    });
    this.#children.add(child);
    const cancel = () => answer.reject(signal.reason as Error);
    signal.addEventListener('abort', cancel);
    try {
      child.send({ type: 'job', job });
      return await answer.promise;
    } finally {
      signal.removeEventListener('abort', cancel);
      await child.end();
      this.#children.delete(child);
    }
  }
}

const unexpected = ({ type }: FromChild) =>
  new UnrollError('internal', { reason: `the training process answered ${type}.` });
