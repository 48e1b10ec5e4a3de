/** Windows: their state as the application set it, and a page in Chromium each. */
import { EventEmitter } from 'node:events';
import { browserReady } from './chromium.ts';
import { WebContents } from './contents.ts';

interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Options extends Partial<Rectangle> {
  title?: string;
  show?: boolean;
  webPreferences?: Record<string, unknown>;
}

const windows: BrowserWindow[] = [];
/** Hears of every new page, as `app` does. */
export const contentsCreated = new EventEmitter();
let windowsSoFar = 0;
let focused: BrowserWindow | null = null;
const focusOn = (window: BrowserWindow): void => void (focused = window);

export class BrowserWindow extends EventEmitter {
  readonly id = ++windowsSoFar;
  readonly webContents: WebContents;
  /** As they were given, for tests to look at. */
  readonly options: Options;
  /** What was last set that only a desktop could show: progress, menus, flashing. */
  readonly shown: Record<string, unknown> = {};
  #bounds: Rectangle;
  #normal: Rectangle;
  #title: string;
  #visible: boolean;
  #state: 'normal' | 'minimized' | 'maximized' | 'full-screen' = 'normal';
  #destroyed = false;
  readonly #attached: Promise<void>;

  constructor(options: Options = {}) {
    super();
    if (!browserReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    const { x = 0, y = 0, width = 800, height = 600, webPreferences = {} } = options;
    if (
      webPreferences.contextIsolation === false ||
      webPreferences.nodeIntegration ||
      !webPreferences.sandbox
    )
      throw new Error('The host stands in for sandboxed pages with an isolated preload script only.');
    this.options = options;
    this.#bounds = { x, y, width, height };
    this.#normal = this.#bounds;
    this.#title = options.title ?? '';
    this.#visible = options.show ?? true;
    this.webContents = new WebContents(String(webPreferences.preload));
    windows.push(this);
    contentsCreated.emit('web-contents-created', {}, this.webContents);
    this.#attached = this.webContents.attach(browserReady()!, { width, height });
    this.webContents.once('dom-ready', () => this.emit('ready-to-show'));
  }

  static getAllWindows = (): BrowserWindow[] => [...windows];
  static getFocusedWindow = (): BrowserWindow | null => focused;
  static fromId = (id: number): BrowserWindow | null => windows.find((window) => window.id === id) ?? null;
  static fromWebContents = (contents: WebContents): BrowserWindow | null =>
    windows.find((window) => window.webContents === contents) ?? null;

  async loadURL(url: string): Promise<void> {
    await this.#attached;
    await this.webContents.loadURL(url);
  }
  reload(): void {
    this.webContents.reload();
  }

  show(): void {
    this.showInactive();
    this.focus();
  }
  showInactive(): void {
    this.#visible = true;
    this.emit('show');
  }
  hide(): void {
    this.#visible = false;
    this.emit('hide');
  }
  isVisible = (): boolean => this.#visible;
  focus(): void {
    focusOn(this);
    this.emit('focus');
  }
  blur(): void {
    focused = null;
    this.emit('blur');
  }
  isFocused = (): boolean => focused === this;

  #become(state: 'normal' | 'minimized' | 'maximized' | 'full-screen', event: string): void {
    this.#state = state;
    this.emit(event);
  }
  minimize = (): void => this.#become('minimized', 'minimize');
  maximize = (): void => this.#become('maximized', 'maximize');
  restore = (): void => this.#become('normal', 'restore');
  unmaximize = (): void => this.#become('normal', 'unmaximize');
  setFullScreen(full: boolean): void {
    this.#become(full ? 'full-screen' : 'normal', full ? 'enter-full-screen' : 'leave-full-screen');
  }
  isMinimized = (): boolean => this.#state === 'minimized';
  isMaximized = (): boolean => this.#state === 'maximized';
  isFullScreen = (): boolean => this.#state === 'full-screen';

  getBounds = (): Rectangle => ({ ...this.#bounds });
  getNormalBounds = (): Rectangle => ({ ...this.#normal });
  setBounds(bounds: Partial<Rectangle>): void {
    const before = this.#bounds;
    this.#bounds = { ...before, ...bounds };
    if (this.#state === 'normal') this.#normal = this.#bounds;
    if (this.#bounds.x !== before.x || this.#bounds.y !== before.y) this.emit('move');
    if (this.#bounds.width !== before.width || this.#bounds.height !== before.height) this.emit('resize');
  }
  setTitle(title: string): void {
    this.#title = title;
  }
  getTitle = (): string => this.#title;
  setProgressBar(progress: number, options?: object): void {
    this.shown.progress = progress;
    this.shown.progressOptions = options;
  }
  flashFrame(flash: boolean): void {
    this.shown.flash = flash;
  }
  setMenuBarVisibility(visible: boolean): void {
    this.shown.menuBar = visible;
  }
  setRepresentedFilename(path: string): void {
    this.shown.file = path;
  }
  setDocumentEdited(edited: boolean): void {
    this.shown.edited = edited;
  }
  setBackgroundColor(colour: string): void {
    this.shown.background = colour;
  }

  close(): void {
    let prevented = false;
    this.emit('close', { preventDefault: () => (prevented = true) });
    if (!prevented) this.destroy();
  }
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    windows.splice(windows.indexOf(this), 1);
    if (focused === this) focused = null;
    void this.#attached.then(() => this.webContents.destroy());
    this.emit('closed');
    if (windows.length === 0) contentsCreated.emit('all-closed');
  }
  isDestroyed = (): boolean => this.#destroyed;
}
