/** The keys of the editor for the list of them, from the commands themselves. */
import type { KeyGroup } from '../../frame/shortcuts.ts';
import { canvasCommands, layerCommands, written, type Surroundings } from './commands.ts';

const WALKING: KeyGroup['keys'] = [
  ['← ↑ → ↓', 'From layer to layer'],
  ['Shift ← ↑ → ↓', 'Choose several layers'],
  ['Home, End', 'To the first layer, the last'],
  ['Ctrl ← ↑ → ↓', 'Move the card'],
  ['Ctrl Z, Ctrl Shift Z', 'Undo, redo'],
  ['Ctrl S, Ctrl Shift S', 'Save, save as'],
];

export function keysOf(surroundings: Surroundings): KeyGroup {
  const commands = [...layerCommands(surroundings, true), ...canvasCommands(surroundings)];
  return {
    where: 'Build',
    keys: [...WALKING, ...commands.map(({ shortcut, label }) => [written(shortcut), label] as const)],
  };
}
