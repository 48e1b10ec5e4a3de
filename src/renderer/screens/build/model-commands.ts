/** What can be done with the model as a whole: the same list feeds the bar's menu and the command palette. */
import BookmarkPlus from '@lucide/svelte/icons/bookmark-plus';
import FileJson from '@lucide/svelte/icons/file-json';
import FilePlus from '@lucide/svelte/icons/file-plus';
import LayoutTemplate from '@lucide/svelte/icons/layout-template';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Play from '@lucide/svelte/icons/play';
import Replace from '@lucide/svelte/icons/replace';
import Save from '@lucide/svelte/icons/save';
import { hasCells } from '../../../shared/graph/swap-cell.ts';
import type { Action } from '../../components/menu.ts';
import { editor } from './editor.svelte.ts';

interface ModelScreen {
  save(): unknown;
  saveAs(): unknown;
  train(): unknown;
  openTemplates(): unknown;
  openFile(): unknown;
  saveTemplate(): unknown;
  swapCell(): unknown;
  showKeys(): unknown;
}

export function modelCommands(screen: ModelScreen): Action[] {
  const empty = editor.graph.nodes.length === 0;
  return [
    { label: 'New model', icon: FilePlus, run: () => editor.begin() },
    { label: 'Begin from a template…', icon: LayoutTemplate, run: screen.openTemplates },
    { label: 'Open a model file…', icon: FileJson, run: screen.openFile },
    {
      label: 'Save model',
      icon: Save,
      shortcut: 'Ctrl S',
      separated: true,
      disabled: empty || (editor.saved !== null && !editor.changed),
      run: screen.save,
    },
    { label: 'Save model as…', icon: Save, shortcut: 'Ctrl Shift S', disabled: empty, run: screen.saveAs },
    { label: 'Save as a template…', icon: BookmarkPlus, disabled: empty, run: screen.saveTemplate },
    {
      label: 'Swap the cell…',
      icon: Replace,
      separated: true,
      disabled: !hasCells(editor.graph),
      run: screen.swapCell,
    },
    { label: 'Train this model', icon: Play, disabled: !editor.view.valid, run: screen.train },
    { label: 'Keys', icon: Keyboard, shortcut: '?', separated: true, run: screen.showKeys },
  ];
}
