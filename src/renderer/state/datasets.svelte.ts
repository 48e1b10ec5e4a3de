/** The workspace's data sets. */
import type { Dataset } from '../../shared/data/dataset.ts';
import { client } from '../client/client.ts';
import { Collection } from './collection.svelte.ts';
import { whenConnected } from './connection.svelte.ts';
import { notify } from './notices.ts';

class Datasets extends Collection<Dataset> {
  constructor() {
    super(() => client.call('data.list', {}));
    whenConnected(() => this.load());
    client.on('data.changed', ({ datasets }) => {
      this.items = datasets;
      this.loaded = true;
    });
  }

  find(nameOrId: string): Dataset | undefined {
    return this.items.find(({ id, name }) => name === nameOrId || id === nameOrId);
  }

  async rename(name: string, to: string): Promise<void> {
    const renamed = await client.call('data.rename', { name, to });
    this.items = this.items.map((dataset) => (dataset.id === renamed.id ? renamed : dataset));
  }

  /** Takes a data set away, with Undo. */
  async remove({ id, name }: Dataset): Promise<void> {
    await client.call('data.remove', { name });
    notify(`Data set ${name} deleted`, () => client.call('data.restore', { id }));
  }
}

export const datasets = new Datasets();
