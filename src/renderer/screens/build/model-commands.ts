/** What can be done with the model as a whole: the same list feeds the bar's menu and the command palette. */
import FilePlus from '@lucide/svelte/icons/file-plus';
import LayoutTemplate from '@lucide/svelte/icons/layout-template';
import Play from '@lucide/svelte/icons/play';
import Save from '@lucide/svelte/icons/save';
import type { Action } from '../../components/menu.ts';
import { editor } from './editor.svelte.ts';

interface ModelScreen {
  save(): unknown;
  saveAs(): unknown;
  train(): unknown;
  openTemplates(): unknown;
}

export function modelCommands({ save, saveAs, train, openTemplates }: ModelScreen): Action[] {
  const empty = editor.graph.nodes.length === 0;
  const wrong = editor.view.problems.length > 0;
  return [
    { label: 'New model', icon: FilePlus, run: () => editor.begin() },
    { label: 'Begin from a template…', icon: LayoutTemplate, run: openTemplates },
    {
      label: 'Save model',
      icon: Save,
      shortcut: 'Ctrl S',
      separated: true,
      disabled: editor.saved !== null && !editor.changed,
      run: save,
    },
    { label: 'Save model as…', icon: Save, shortcut: 'Ctrl Shift S', run: saveAs },
    { label: 'Train this model', icon: Play, separated: true, disabled: empty || wrong, run: train },
  ];
}
