/**
 * The contract as functions: `client.call('runs.list', {})`, `client.on('run.progress', listener)`.
 * Names, inputs and outputs are inferred from the contract; what arrives is what main's handlers were checked against.
 */
import type { EventName, EventPayload, Input, MethodName, Output } from '../../shared/contract/index.ts';
import { decodeFrame, encodeFrame, type Frame } from '../../shared/contract/codec.ts';
import { UnrollError } from '../../shared/errors.ts';
import { openTransport, type ConnectionState, type Transport } from './transport.ts';

interface Waiting {
  resolve: (output: never) => void;
  reject: (error: unknown) => void;
}

type Listener = (payload: never) => void;

export class Client {
  readonly #transport: Transport;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #watchers = new Set<(state: ConnectionState) => void>();
  /** Calls made before the first connection stands; they go out with it. */
  #unsent: Uint8Array[] = [];
  #state: ConnectionState = 'connecting';
  #next = 1;

  constructor(transport: Transport) {
    this.#transport = transport;
    transport.receive((bytes) => this.#take(decodeFrame(bytes)));
    transport.watch((state) => this.#change(state));
  }

  /**
   * Calls a method of the contract. Rejects with the error main answered, or with `connection-lost`:
   * nothing is sent again behind the user's back.
   */
  call<M extends MethodName>(method: M, input: Input<M>): Promise<Output<M>> {
    if (this.#state === 'lost' || this.#state === 'refused')
      return Promise.reject(new UnrollError('connection-lost'));
    const id = this.#next++;
    const bytes = encodeFrame({ id, method, input });
    return new Promise<Output<M>>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      if (this.#state === 'open') this.#transport.send(bytes);
      else this.#unsent.push(bytes);
    });
  }

  /** Listens to an event; returns the function that ends it. */
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set<Listener>();
    this.#listeners.set(event, listeners.add(listener as Listener));
    return () => void listeners.delete(listener as Listener);
  }

  /** Hears at once how the connection stands, then every change of it. */
  watch(watcher: (state: ConnectionState) => void): () => void {
    this.#watchers.add(watcher);
    watcher(this.#state);
    return () => void this.#watchers.delete(watcher);
  }

  reconnect(): void {
    this.#transport.reconnect();
  }

  #take(message: Frame): void {
    if ('event' in message) {
      for (const listener of this.#listeners.get(message.event) ?? []) listener(message.payload as never);
      return;
    }
    if ('method' in message) return; // main calls nothing here
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('error' in message) waiting?.reject(UnrollError.fromValue(message.error));
    else waiting?.resolve(message.output as never);
  }

  #change(state: ConnectionState): void {
    this.#state = state;
    if (state === 'open') {
      for (const bytes of this.#unsent) this.#transport.send(bytes);
      this.#unsent = [];
    } else if (state !== 'connecting') {
      this.#unsent = [];
      for (const { reject } of this.#waiting.values()) reject(new UnrollError('connection-lost'));
      this.#waiting.clear();
    }
    for (const watcher of this.#watchers) watcher(state);
  }
}

export const client = new Client(openTransport());
