/** Keeps what is being edited in the workspace, with the journal of its edits: soon after each edit, one write at a time. */
import type { Draft } from '../../../shared/contract/drafts.ts';
import { toErrorValue, type ErrorValue } from '../../../shared/errors.ts';
import type { ModelGraph } from '../../../shared/graph/graph.ts';
import {
  historyOf,
  journalChange,
  journalOf,
  type EditHistory,
  type Journal,
} from '../../../shared/graph/history.ts';
import { client } from '../../client/client.ts';

const AUTOSAVE_MS = 400;

/** A draft as it is to be kept. */
interface Edited {
  /** The user's model it was opened from or saved as; null for one never saved. */
  model: string | null;
  graph: ModelGraph;
  history: EditHistory;
}

const NO_STEPS: Journal = { steps: [], done: 0 };

const freshId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

class DraftKeeper {
  /** Whether all edits are in the workspace. */
  state = $state.raw<'kept' | 'waiting' | 'failed'>('kept');
  error = $state.raw<ErrorValue | null>(null);
  id = freshId();
  #version = 0;
  #stored: Journal = NO_STEPS;
  #next: Edited | null = null;
  #writing: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Whether another window has changed the draft, so that nothing of this one's is kept any more. */
  get overtaken(): boolean {
    return this.state === 'failed' && this.error?.code === 'draft-changed';
  }

  /** Keeps what comes from now on as a new draft, once the last one is written. */
  begin(): Promise<void> {
    return this.#turn(freshId(), 0, NO_STEPS);
  }

  /** Goes on with a stored draft; answers its history. */
  async resume({ id, version, journal }: Draft): Promise<EditHistory> {
    const history = historyOf(journal);
    await this.#turn(id, version, journalOf(history));
    return history;
  }

  async #turn(id: string, version: number, stored: Journal): Promise<void> {
    await this.flush();
    this.id = id;
    this.#version = version;
    this.#stored = stored;
    this.#next = null;
    this.state = 'kept';
    this.error = null;
  }

  /** Notes the newest state; it is written shortly after, together with what follows until then. */
  note(edited: Edited): void {
    this.#next = edited;
    if (this.state === 'kept') this.state = 'waiting';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), AUTOSAVE_MS);
  }

  /** Writes what is not yet written. Never throws: what went wrong is in `error`. */
  flush = async (): Promise<void> => {
    clearTimeout(this.#timer);
    while (this.#writing !== null || this.#next !== null) {
      this.#writing ??= this.#write().finally(() => (this.#writing = null));
      await this.#writing;
      if (this.state === 'failed') return;
    }
  };

  async #write(): Promise<void> {
    const edited = this.#next;
    if (edited === null) return;
    this.#next = null;
    const journal = journalOf(edited.history);
    const { model, graph } = edited;
    const change = {
      ...journalChange(this.#stored, journal),
      steps: [...journalChange(this.#stored, journal).steps],
    };
    try {
      const kept = await client.call('drafts.keep', {
        id: this.id,
        model,
        graph,
        version: this.#version,
        ...change,
      });
      this.#version = kept.version;
      this.#stored = journal;
      this.error = null;
      this.state = this.#next === null ? 'kept' : 'waiting';
    } catch (error) {
      this.#next ??= edited;
      this.error = toErrorValue(error);
      this.state = 'failed';
    }
  }
}

export const draft = new DraftKeeper();

/** The draft worked on last, with its history; null where there is none. */
export async function latestDraft(): Promise<Draft | null> {
  return client.call('drafts.latest', {});
}

/** The draft of a saved model; null where it has not been edited since it was opened first. */
export async function draftOf(model: string): Promise<Draft | null> {
  return client.call('drafts.find', { model });
}
