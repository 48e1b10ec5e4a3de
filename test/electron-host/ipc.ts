/** Messages between pages and the main process, copied as Electron copies them. */
import { EventEmitter } from 'node:events';

type Handler = (event: object, ...values: unknown[]) => unknown;

export class IpcMain extends EventEmitter {
  readonly #handlers = new Map<string, Handler>();

  handle(channel: string, handler: Handler): void {
    if (this.#handlers.has(channel))
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.#handlers.set(channel, handler);
  }

  handles(channel: string): boolean {
    return this.#handlers.has(channel);
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }

  async answer(channel: string, event: object, values: unknown[]): Promise<unknown> {
    const handler = this.#handlers.get(channel);
    if (!handler) throw new Error(`No handler registered for '${channel}'`);
    return await handler(event, ...values);
  }
}

export const ipcMain = new IpcMain();

/** The other ends of `pack` and `unpack` in `world.ts`. A Buffer would say `toJSON` first, so bytes are looked up in their holder. */
export function pack(values: unknown[]): string {
  return JSON.stringify(values, function (this: Record<string, unknown>, key, value: unknown) {
    const held = this[key];
    if (typeof held === 'function' || typeof held === 'symbol')
      throw new Error('An object could not be cloned.');
    if (!(held instanceof Uint8Array)) return value;
    return { $bytes: Buffer.from(held.buffer, held.byteOffset, held.byteLength).toString('base64') };
  });
}

export function unpack(text: string): unknown[] {
  return JSON.parse(text, (_key, value: { $bytes?: string } | null) =>
    typeof value?.$bytes === 'string' ? new Uint8Array(Buffer.from(value.$bytes, 'base64')) : value,
  ) as unknown[];
}
