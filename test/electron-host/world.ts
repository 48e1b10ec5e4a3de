/**
 * The two scripts that run in a page before its own: `pageWorld` among the page's scripts, `preloadWorld` in a world of its own
 * that shares nothing but the document with them. Values pass between them as events' details, which Chromium copies from
 * world to world. They are sent as text, so they name nothing of this file.
 */

export const WORLD = 'Electron Isolated Context';
export const BINDING = 'sendToHost';

/** Builds what the preload script exposes, out of its description; functions become messages. */
export function pageWorld(secret: string): void {
  if (window !== window.top) return;
  type Details = {
    name: string;
    shape: unknown;
    call: number;
    value: unknown;
    error?: string;
    done: boolean;
  };
  const callbacks = new Map<number, (...values: unknown[]) => void>();
  const calls = new Map<number, Details>();
  const settled = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let next = 0;
  const hear = (name: string, listener: (details: Details) => void) =>
    document.addEventListener(`${secret}-${name}`, (event) =>
      listener((event as CustomEvent<Details>).detail),
    );

  function invoke(func: number, values: unknown[]): unknown {
    const call = next++;
    const given = values.map((value) => {
      if (typeof value !== 'function') return { value };
      callbacks.set(next, value as () => void);
      return { callback: next++ };
    });
    document.dispatchEvent(new CustomEvent(`${secret}-call`, { detail: { func, call, given } }));
    const answer = calls.get(call);
    calls.delete(call);
    if (answer?.error !== undefined) throw new Error(answer.error);
    if (answer?.done !== false) return answer?.value;
    return new Promise((resolve, reject) => settled.set(call, { resolve, reject }));
  }
  function build(shape: unknown): unknown {
    const { func, members, value } = shape as {
      func?: number;
      members?: Record<string, unknown>;
      value?: unknown;
    };
    if (func !== undefined) return (...values: unknown[]) => invoke(func, values);
    if (!members) return value;
    return Object.freeze(
      Object.fromEntries(Object.entries(members).map(([key, item]) => [key, build(item)])),
    );
  }
  hear('expose', ({ name, shape }) =>
    Object.defineProperty(window, name, { value: build(shape), enumerable: true }),
  );
  hear('return', (details) => calls.set(details.call, details));
  hear('settle', ({ call, value, error }) => {
    if (error === undefined) settled.get(call)?.resolve(value);
    else settled.get(call)?.reject(new Error(error));
    settled.delete(call);
  });
  hear('callback', ({ call, value }) => callbacks.get(call)?.(...(value as unknown[])));
}

/** Runs the preload script with the parts of Electron that a sandboxed one has. */
export function preloadWorld(
  secret: string,
  binding: string,
  preload: (require: (name: string) => unknown, module: { exports: object }) => void,
): void {
  if (window !== window.top) return;
  type Listener = (event: object, ...values: unknown[]) => void;
  type Given = { value?: unknown; callback?: number };
  const global = globalThis as unknown as Record<string, (text: string) => void> & { hostDelivers: unknown };
  const listeners = new Map<string, Listener[]>();
  const functions: ((...values: unknown[]) => unknown)[] = [];
  const invoked = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let next = 0;
  const tell = (name: string, detail: object) =>
    document.dispatchEvent(new CustomEvent(`${secret}-${name}`, { detail }));

  /** Structured cloning as far as messages of ours need it: JSON, and bytes as base64. */
  const pack = (values: unknown[]): string =>
    JSON.stringify(values, (_key, value: unknown) => {
      if (typeof value === 'function' || typeof value === 'symbol')
        throw new Error('An object could not be cloned.');
      if (!(value instanceof Uint8Array)) return value;
      return { $bytes: (value as Uint8Array & { toBase64(): string }).toBase64() };
    });
  const unpack = (text: string): unknown[] =>
    JSON.parse(text, (_key, value: { $bytes?: string } | null) => {
      if (typeof value?.$bytes !== 'string') return value;
      return (Uint8Array as unknown as { fromBase64(text: string): Uint8Array }).fromBase64(value.$bytes);
    }) as unknown[];

  const add = (channel: string, listener: Listener) => {
    listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
    return ipcRenderer;
  };
  const remove = (channel: string, listener: Listener) => {
    listeners.set(
      channel,
      (listeners.get(channel) ?? []).filter((other) => other !== listener),
    );
    return ipcRenderer;
  };
  const ipcRenderer = {
    send: (channel: string, ...values: unknown[]) =>
      global[binding]!(JSON.stringify({ kind: 'send', channel, values: pack(values) })),
    invoke: (channel: string, ...values: unknown[]) => {
      const call = next++;
      const answer = new Promise((resolve, reject) => invoked.set(call, { resolve, reject }));
      global[binding]!(JSON.stringify({ kind: 'invoke', call, channel, values: pack(values) }));
      return answer;
    },
    on: add,
    addListener: add,
    off: remove,
    removeListener: remove,
    removeAllListeners: (channel: string) => void listeners.delete(channel),
  };
  global.hostDelivers = (channel: string, text: string) => {
    for (const listener of listeners.get(channel) ?? []) listener({ sender: ipcRenderer }, ...unpack(text));
  };
  (globalThis as unknown as { hostAnswers: unknown }).hostAnswers = (
    call: number,
    text: string,
    error: string | null,
  ) => {
    const waiting = invoked.get(call);
    invoked.delete(call);
    if (error === null) waiting?.resolve(unpack(text)[0]);
    else waiting?.reject(new Error(error));
  };

  function describe(value: unknown): object {
    if (typeof value === 'function') return { func: functions.push(value as () => unknown) - 1 };
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return { value };
    const members = Object.entries(value).map(([key, item]) => [key, describe(item)]);
    return { members: Object.fromEntries(members) as object };
  }
  document.addEventListener(`${secret}-call`, (event) => {
    const { func, call, given } = (event as CustomEvent<{ func: number; call: number; given: Given[] }>)
      .detail;
    const values = given.map(({ value, callback }) =>
      callback === undefined
        ? value
        : (...items: unknown[]) => tell('callback', { call: callback, value: items }),
    );
    const message = (error: unknown) => (error instanceof Error ? error.message : String(error));
    try {
      const value = functions[func]!(...values);
      if (!(value instanceof Promise)) return void tell('return', { call, value, done: true });
      tell('return', { call, done: false });
      value.then(
        (result) => tell('settle', { call, value: result as unknown }),
        (error: unknown) => tell('settle', { call, error: message(error) }),
      );
    } catch (error) {
      tell('return', { call, error: message(error), done: true });
    }
  });

  const electron = {
    contextBridge: {
      exposeInMainWorld: (name: string, api: unknown) => tell('expose', { name, shape: describe(api) }),
    },
    ipcRenderer,
    webUtils: {
      getPathForFile: (file: File) => {
        if (!(file instanceof File)) throw new Error('getPathForFile expected to receive a File object.');
        const answer = { file, path: '' };
        // The host takes notice of the pause, sets the path and lets the page go on.
        debugger;
        return answer.path;
      },
    },
  };
  const require = (name: string) => {
    if (name === 'electron') return electron;
    throw new Error(`module not found: ${name}`);
  };
  preload(require, { exports: {} });
}
