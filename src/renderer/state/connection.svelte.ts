/** Whether main can be reached, and what it says of itself. */
import type { Output } from '../../shared/contract/index.ts';
import { client } from '../client/client.ts';
import type { ConnectionState } from '../client/transport.ts';

type Info = Output<'application.info'>;
type Engine = Output<'engines.list'>[number];

/** Runs `load` when the connection first stands and again each time it comes back. */
export function whenConnected(load: () => Promise<unknown>): void {
  client.watch((state) => {
    // A load that fails because the connection is lost again is repeated with the next one; others show in their screen.
    if (state === 'open') load().catch(() => undefined);
  });
}

class Connection {
  state = $state.raw<ConnectionState>('connecting');
  info = $state.raw<Info | null>(null);
  engines = $state.raw<Engine[]>([]);
  /** The engine new runs get, for the chip in the top bar. */
  readonly engine = $derived(this.engines.find((engine) => engine.inUse) ?? null);

  /** The graphics adapters that runs on an engine can choose among; `auto` is the settings' engine. */
  devicesOf(engine: string): Engine['devices'] {
    const found = this.engines.find(({ name, inUse }) => (engine === 'auto' ? inUse : name === engine));
    return found?.devices ?? [];
  }

  #looked: Promise<void> | null = null;

  /** Looks for graphics adapters, once: it takes a process of its own, which nobody should wait for at the start. */
  lookForAdapters(): Promise<void> {
    const look = async () => {
      this.engines = await client.call('engines.look', {});
    };
    return (this.#looked ??= look().catch(() => {
      this.#looked = null;
    }));
  }

  constructor() {
    client.watch((state) => (this.state = state));
    whenConnected(async () => {
      [this.info, this.engines] = await Promise.all([
        client.call('application.info', {}),
        client.call('engines.list', {}),
      ]);
    });
  }
}

export const connection = new Connection();
