/** A checkpoint's predictions on a split: loaded where they are kept, made where they are not. */
import type { Predictions } from '../../shared/contract/analysis.ts';
import type { Split } from '../../shared/data/dataset.ts';
import { client } from '../client/client.ts';
import { jobs } from '../state/jobs.svelte.ts';
import { Work } from './work.svelte.ts';

interface Question {
  run: string;
  split: Split;
  checkpoint: 'last' | 'best';
}

export class Evaluation {
  readonly question: Question;
  readonly work = new Work<Predictions>();
  /** Whether it is known if there are kept predictions. */
  looked = $state.raw(false);

  constructor(question: Question) {
    this.question = question;
  }

  /** Shows what is kept, if anything. */
  async look(): Promise<void> {
    const kept = await client.call('analysis.predictions', this.question);
    if (kept) await this.work.ask(() => Promise.resolve(kept));
    this.looked = true;
  }

  async evaluate(): Promise<void> {
    await this.work.ask(async (started) => {
      await jobs.run('runs.evaluate', this.question, started);
      const made = await client.call('analysis.predictions', this.question);
      return made!;
    });
  }
}
