/** What can be done on the canvas: the same list feeds its menu, its keys, the command palette and the list of keys. */
import ArrowDown from '@lucide/svelte/icons/arrow-down';
import ArrowUp from '@lucide/svelte/icons/arrow-up';
import ClipboardPaste from '@lucide/svelte/icons/clipboard-paste';
import Copy from '@lucide/svelte/icons/copy';
import Files from '@lucide/svelte/icons/files';
import Maximize from '@lucide/svelte/icons/maximize';
import Network from '@lucide/svelte/icons/network';
import Plus from '@lucide/svelte/icons/plus';
import Scissors from '@lucide/svelte/icons/scissors';
import Settings2 from '@lucide/svelte/icons/settings-2';
import Spline from '@lucide/svelte/icons/spline';
import Trash from '@lucide/svelte/icons/trash-2';
import Unlink from '@lucide/svelte/icons/unlink';
import type { Action } from '../../components/menu.ts';
import { camera } from './camera.svelte.ts';
import { editor } from './editor.svelte.ts';
import { linking } from './linking.svelte.ts';

/** What commands need of the screen around the canvas. */
export interface Surroundings {
  /** Goes to the settings of the selected layer. */
  inspect(): void;
  /** Goes to the palette, to insert at the gap chosen. */
  openPalette(): void;
}

/** Keys as they are written in menus; `matches` reads them. */
export interface Command extends Action {
  shortcut: string;
}

async function copy(): Promise<void> {
  const text = editor.copied();
  if (text !== null) await navigator.clipboard.writeText(text);
}

async function cut(): Promise<void> {
  await copy();
  editor.remove(editor.selection);
}

/** Commands of the layers selected; none where none is, unless they are only to be listed. */
export function layerCommands({ inspect, openPalette }: Surroundings, always = false): Command[] {
  const { selection } = editor;
  const id = editor.selected ?? (always ? '' : null);
  if (id === null) return [];
  const at = (side: 'before' | 'after') => () => {
    editor.gap = { id, side };
    openPalette();
  };
  return [
    { label: 'Settings', icon: Settings2, shortcut: 'Enter', run: inspect },
    { label: 'Insert above', icon: Plus, shortcut: 'Shift+Insert', run: at('before'), separated: true },
    { label: 'Insert below', icon: Plus, shortcut: 'Insert', run: at('after') },
    { label: 'Connect to another layer', icon: Spline, shortcut: 'C', run: () => linking.begin(id) },
    {
      label: 'Move up the chain',
      icon: ArrowUp,
      shortcut: 'Alt+ArrowUp',
      separated: true,
      run: () => editor.shift(id, -1),
    },
    {
      label: 'Move down the chain',
      icon: ArrowDown,
      shortcut: 'Alt+ArrowDown',
      run: () => editor.shift(id, 1),
    },
    { label: 'Copy', icon: Copy, shortcut: 'Ctrl+C', separated: true, run: copy },
    { label: 'Cut', icon: Scissors, shortcut: 'Ctrl+X', run: cut },
    { label: 'Duplicate', icon: Files, shortcut: 'Ctrl+D', run: () => editor.duplicate(selection) },
    {
      label: selection.length <= 1 ? 'Delete' : `Delete ${selection.length} layers`,
      icon: Trash,
      shortcut: 'Delete',
      danger: true,
      separated: true,
      run: () => editor.remove(selection),
    },
  ];
}

/** Commands of the connection selected; none where none is. */
export function connectionCommands(): Command[] {
  const { connection } = editor;
  if (connection === null) return [];
  return [
    {
      label: 'Disconnect',
      icon: Unlink,
      shortcut: 'Delete',
      danger: true,
      run: () => editor.disconnect(connection),
    },
  ];
}

/** Commands of the canvas as a whole. */
export function canvasCommands({ openPalette }: Surroundings): Command[] {
  return [
    { label: 'Add a layer', icon: Plus, shortcut: '/', run: openPalette },
    {
      label: 'Paste',
      icon: ClipboardPaste,
      shortcut: 'Ctrl+V',
      run: async () => editor.pasteText(await navigator.clipboard.readText()),
    },
    { label: 'Select all layers', shortcut: 'Ctrl+A', run: () => editor.selectAll() },
    {
      label: 'Arrange the model',
      icon: Network,
      shortcut: 'L',
      separated: true,
      run: () => {
        editor.arrange();
        camera.fitAll();
      },
    },
    { label: 'Fit the model to the canvas', icon: Maximize, shortcut: 'F', run: camera.fitAll },
    { label: 'Zoom in', shortcut: '+', run: camera.zoomIn },
    { label: 'Zoom out', shortcut: '-', run: camera.zoomOut },
    { label: 'Actual size', shortcut: '0', run: camera.actualSize },
  ];
}

/** A shortcut as a menu writes it: `Alt ↑`. */
export const written = (shortcut: string): string =>
  shortcut
    .replace('ArrowUp', '↑')
    .replace('ArrowDown', '↓')
    .replaceAll(/\+(?=.)/g, ' ');

/** Whether a key pressed is the one written, such as `Ctrl+D`; Ctrl is the command key on a Mac. */
export function matches(event: KeyboardEvent, shortcut: string): boolean {
  const parts = shortcut.split(/\+(?=.)/);
  const key = parts.at(-1)!;
  const wants = (modifier: string) => parts.slice(0, -1).includes(modifier);
  const pressed = event.key === 'Backspace' ? 'Delete' : event.key;
  const command = event.ctrlKey || event.metaKey;
  // `+` and `/` need Shift on some keyboards and not on others.
  const shift = key.length === 1 && !/[a-z]/i.test(key) ? wants('Shift') : event.shiftKey;
  return (
    pressed.toLowerCase() === key.toLowerCase() &&
    command === wants('Ctrl') &&
    event.altKey === wants('Alt') &&
    shift === wants('Shift')
  );
}
