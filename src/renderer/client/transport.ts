/** How bytes reach main: over a WebSocket when the page came from `unroll serve`, over Electron's IPC in the desktop app. */
import { sessionToken } from './token.ts';

/** `lost` comes back by itself; `refused` where the one that answers does not know this page's token, having been started anew. */
export type ConnectionState = 'connecting' | 'open' | 'lost' | 'refused';

export interface Transport {
  /** Queues nothing: bytes sent while the connection is lost are refused by the client before they get here. */
  send(bytes: Uint8Array): void;
  receive(listener: (bytes: Uint8Array) => void): void;
  watch(listener: (state: ConnectionState) => void): void;
  /** Tries at once instead of waiting for the next automatic attempt. */
  reconnect(): void;
}

/** What the preload script exposes; nothing else of Electron reaches the page. */
interface ElectronBridge {
  send(bytes: Uint8Array): void;
  receive(listener: (bytes: Uint8Array) => void): void;
  /** Shows the system's file dialog; null when it was cancelled. */
  openFile?(): Promise<string | null>;
  /** Asks where to save a file, beginning at a path; null when it was cancelled. */
  saveFile?(suggested: string): Promise<string | null>;
  /** The real path of a file dropped on the page. */
  pathOf?(file: File): string;
}

declare global {
  interface Window {
    unroll?: ElectronBridge;
  }
}

const SHORTEST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4000;

/** A page is not told why its socket does not open; a plain request of the same place is. */
async function isRefused(): Promise<boolean> {
  const asked = fetch('/socket', { headers: { authorization: `Bearer ${sessionToken()}` } });
  return asked.then(
    ({ status }) => status === 401,
    () => false,
  );
}

/** Reconnects by itself, waiting twice as long after each failure. */
class WebSocketTransport implements Transport {
  #socket: WebSocket | null = null;
  #receivers: ((bytes: Uint8Array) => void)[] = [];
  #watchers: ((state: ConnectionState) => void)[] = [];
  #wait = SHORTEST_WAIT_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #address: string;

  constructor(address: string) {
    this.#address = address;
    this.#open();
  }

  send(bytes: Uint8Array): void {
    this.#socket?.send(bytes as Uint8Array<ArrayBuffer>);
  }

  receive(listener: (bytes: Uint8Array) => void): void {
    this.#receivers.push(listener);
  }

  watch(listener: (state: ConnectionState) => void): void {
    this.#watchers.push(listener);
  }

  reconnect(): void {
    if (this.#socket !== null) return;
    clearTimeout(this.#timer);
    this.#open();
  }

  #report(state: ConnectionState): void {
    for (const watcher of this.#watchers) watcher(state);
  }

  #open(): void {
    const socket = new WebSocket(this.#address, ['unroll', sessionToken()]);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    let stood = false;
    socket.addEventListener('open', () => {
      stood = true;
      this.#wait = SHORTEST_WAIT_MS;
      this.#report('open');
    });
    socket.addEventListener('message', (event: MessageEvent<ArrayBuffer>) => {
      const bytes = new Uint8Array(event.data);
      for (const receiver of this.#receivers) receiver(bytes);
    });
    socket.addEventListener('close', () => {
      this.#socket = null;
      if (stood) this.#report('lost');
      else void isRefused().then((refused) => this.#report(refused ? 'refused' : 'lost'));
      this.#timer = setTimeout(() => this.#open(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    });
  }
}

/** The desktop app's channel lives as long as the window, so it is open from the start. */
class ElectronTransport implements Transport {
  readonly #bridge: ElectronBridge;

  constructor(bridge: ElectronBridge) {
    this.#bridge = bridge;
  }

  send(bytes: Uint8Array): void {
    this.#bridge.send(bytes);
  }

  receive(listener: (bytes: Uint8Array) => void): void {
    this.#bridge.receive(listener);
  }

  watch(listener: (state: ConnectionState) => void): void {
    queueMicrotask(() => listener('open'));
  }

  reconnect(): void {}
}

/** The transport this page has: Electron's where the preload script put it, else a WebSocket to where the page came from. */
export function openTransport(): Transport {
  if (window.unroll !== undefined) return new ElectronTransport(window.unroll);
  const { protocol, host } = window.location;
  const scheme = protocol === 'https:' ? 'wss:' : 'ws:';
  return new WebSocketTransport(`${scheme}//${host}/socket`);
}
