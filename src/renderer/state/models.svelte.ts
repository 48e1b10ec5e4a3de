/** Built-in and saved models. */
import type { ModelEntry } from '../../shared/contract/models.ts';
import type { ModelGraph } from '../../shared/graph/graph.ts';
import { client } from '../client/client.ts';
import { Collection } from './collection.svelte.ts';
import { whenConnected } from './connection.svelte.ts';
import { notify } from './notices.ts';

class Models extends Collection<ModelEntry> {
  constructor() {
    super(() => client.call('models.list', {}));
    whenConnected(() => this.load());
    client.on('models.changed', () => void this.load());
  }

  find(name: string): ModelEntry | undefined {
    return this.items.find((model) => model.name === name);
  }

  async save(name: string, graph: ModelGraph): Promise<ModelEntry> {
    const saved = await client.call('models.save', { name, graph });
    await this.load();
    return saved;
  }

  /** Takes a model of the user's own away, with Undo. */
  async remove(name: string): Promise<void> {
    await client.call('models.remove', { name });
    notify(`Model ${name} deleted`, () => client.call('models.restore', { name }));
  }
}

export const models = new Models();
