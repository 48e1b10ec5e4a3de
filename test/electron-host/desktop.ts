/**
 * What only a desktop has: menus, dialogs, notifications, screens. Nobody sits before them here, so each notes what it was
 * asked; a dialog is cancelled unless a test puts its own answer in the place of a method.
 */
import { EventEmitter } from 'node:events';
import { app } from './application.ts';
import { BrowserWindow } from './window.ts';

interface Template {
  id?: string;
  label?: string;
  role?: string;
  type?: string;
  accelerator?: string;
  enabled?: boolean;
  visible?: boolean;
  checked?: boolean;
  click?: (item: MenuItem, window: BrowserWindow | undefined, event: object) => void;
  submenu?: readonly (Template | MenuItem)[] | Menu;
}

const ROLES: Readonly<Record<string, (window: BrowserWindow | null) => void>> = {
  quit: () => app.quit(),
  close: (window) => window?.close(),
  minimize: (window) => window?.minimize(),
  reload: (window) => window?.reload(),
  forceReload: (window) => window?.reload(),
  togglefullscreen: (window) => window?.setFullScreen(!window.isFullScreen()),
};

export class MenuItem {
  readonly id: string;
  readonly label: string;
  readonly role: string | undefined;
  readonly type: string;
  readonly accelerator: string | undefined;
  enabled: boolean;
  visible: boolean;
  checked: boolean;
  readonly submenu: Menu | undefined;
  readonly click: () => void;

  constructor(template: Template) {
    const { id = '', label, role, accelerator, submenu, click } = template;
    if (label === undefined && role === undefined && template.type !== 'separator')
      throw new Error('Invalid template for MenuItem: must have at least one of label, role or type');
    this.id = id;
    this.label = label ?? role ?? '';
    this.role = role;
    this.type = template.type ?? (submenu ? 'submenu' : 'normal');
    this.accelerator = accelerator;
    this.enabled = template.enabled ?? true;
    this.visible = template.visible ?? true;
    this.checked = template.checked ?? false;
    if (submenu)
      this.submenu = submenu instanceof Menu ? submenu : Menu.buildFromTemplate(submenu as Template[]);
    this.click = () => {
      const window = BrowserWindow.getFocusedWindow();
      if (!this.enabled) return;
      if (this.type === 'checkbox') this.checked = !this.checked;
      if (role && !click) ROLES[role.toLowerCase()]?.(window);
      click?.(this, window ?? undefined, {});
    };
  }
}

let applicationMenu: Menu | null = null;

export class Menu extends EventEmitter {
  readonly items: MenuItem[] = [];

  append(item: MenuItem): void {
    this.items.push(item);
  }
  popup(): void {
    this.emit('menu-will-show');
  }
  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }

  static buildFromTemplate(template: readonly (Template | MenuItem)[]): Menu {
    const menu = new Menu();
    for (const item of template) menu.append(item instanceof MenuItem ? item : new MenuItem(item));
    return menu;
  }
  static setApplicationMenu(menu: Menu | null): void {
    applicationMenu = menu;
  }
  static getApplicationMenu = (): Menu | null => applicationMenu;
}

/** The dialogs that were shown, oldest first. */
const shown: { kind: string; options: unknown }[] = [];
/** The window they belong to may be given first. */
const note = (kind: string, values: unknown[]): void => void shown.push({ kind, options: values.at(-1) });

export const dialog = {
  shown,
  showOpenDialog: async (...values: unknown[]) => {
    note('open', values);
    return { canceled: true, filePaths: [] as string[] };
  },
  showSaveDialog: async (...values: unknown[]) => {
    note('save', values);
    return { canceled: true, filePath: '' };
  },
  showMessageBox: async (...values: unknown[]) => {
    note('message', values);
    const { cancelId = 0 } = values.at(-1) as { cancelId?: number };
    return { response: cancelId, checkboxChecked: false };
  },
  showErrorBox: (title: string, content: string): void => {
    shown.push({ kind: 'error', options: { title, content } });
    process.stderr.write(`${title}\n${content}\n`);
  },
};

const notifications: Notification[] = [];

export class Notification extends EventEmitter {
  static readonly shown = notifications;
  static isSupported = (): boolean => true;
  readonly title: string;
  readonly body: string;

  constructor({ title = '', body = '' }: { title?: string; body?: string } = {}) {
    super();
    this.title = title;
    this.body = body;
  }
  show(): void {
    notifications.push(this);
    this.emit('show', {});
  }
  close(): void {
    this.emit('close', {});
  }
}

const blockers = new Map<number, string>();
export const powerSaveBlocker = {
  start(kind: string): number {
    const id = blockers.size;
    blockers.set(id, kind);
    return id;
  },
  stop: (id: number): boolean => blockers.delete(id),
  isStarted: (id: number): boolean => blockers.has(id),
};

const opened: string[] = [];
export const shell = {
  opened,
  openExternal: async (address: string): Promise<void> => void opened.push(address),
  openPath: async (path: string): Promise<string> => {
    opened.push(path);
    return '';
  },
  showItemInFolder: (path: string): void => void opened.push(path),
};

const display = {
  id: 1,
  scaleFactor: 1,
  bounds: { x: 0, y: 0, width: 1920, height: 1080 },
  workArea: { x: 0, y: 0, width: 1920, height: 1040 },
  workAreaSize: { width: 1920, height: 1040 },
};
export const screen = Object.assign(new EventEmitter(), {
  getPrimaryDisplay: () => display,
  getAllDisplays: () => [display],
  getDisplayMatching: () => display,
});

export const nativeTheme = Object.assign(new EventEmitter(), {
  themeSource: 'system',
  shouldUseDarkColors: false,
});

const image = { isEmpty: (): boolean => true };
export const nativeImage = { createEmpty: () => image, createFromPath: () => image };
