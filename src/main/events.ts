/** The application's events: typed by the contract, delivered at once and in order. */
import type { EventName, EventPayload } from '../shared/contract/index.ts';

export type Listener<E extends EventName> = (payload: EventPayload<E>) => void;
export type AnyListener = <E extends EventName>(event: E, payload: EventPayload<E>) => void;

export class EventBus {
  readonly #listeners = new Map<EventName, Set<(payload: never) => void>>();
  readonly #anyListeners = new Set<AnyListener>();

  /** Calls `listener` at every `event`; the function returned ends that. */
  on<E extends EventName>(event: E, listener: Listener<E>): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Calls `listener` at every event of any name, as a transport needs it. */
  onAny(listener: AnyListener): () => void {
    this.#anyListeners.add(listener);
    return () => void this.#anyListeners.delete(listener);
  }

  emit<E extends EventName>(event: E, payload: EventPayload<E>): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) (listener as Listener<E>)(payload);
    for (const listener of [...this.#anyListeners]) listener(event, payload);
  }
}
