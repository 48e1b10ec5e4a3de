/** The keys of the canvas: arrows walk, extend and move; while connecting they choose the layer; the rest are commands. */
import { attempt } from '../../state/notices.ts';
import { camera } from './camera.svelte.ts';
import { canvasCommands, connectionCommands, layerCommands, matches, type Surroundings } from './commands.ts';
import { editor } from './editor.svelte.ts';
import { linking } from './linking.svelte.ts';
import { neighbour, type Direction } from './viewport.ts';

const ARROWS: Record<string, Direction> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};
const STEPS: Record<Direction, [across: number, along: number]> = {
  up: [0, -1],
  down: [0, 1],
  left: [-1, 0],
  right: [1, 0],
};

/**
 * Does what a key means on the canvas; answers whether it means anything.
 * @param say hears what happened that is not seen at the focus
 */
export function pressKey(event: KeyboardEvent, around: Surroundings, say: (words: string) => void): boolean {
  return linking.from === null ? canvasKey(event, around) : linkKey(event, say);
}

function canvasKey(event: KeyboardEvent, around: Surroundings): boolean {
  const direction = ARROWS[event.key];
  if (direction !== undefined && !event.altKey) {
    if (event.ctrlKey || event.metaKey) nudge(direction);
    else walk(direction, event.shiftKey);
  } else if (event.key === 'Escape') editor.select([]);
  else if (event.key === 'Home') end(0);
  else if (event.key === 'End') end(-1);
  else return runCommand(event, around);
  return true;
}

function runCommand(event: KeyboardEvent, around: Surroundings): boolean {
  const all = [...layerCommands(around), ...connectionCommands(), ...canvasCommands(around)];
  // Copying and pasting come as events of their own, with the clipboard's content.
  const command = all.find(({ shortcut }) => !/^Ctrl\+[CXV]$/.test(shortcut) && matches(event, shortcut));
  if (command !== undefined) void attempt(command.run);
  return command !== undefined;
}

function nudge(direction: Direction): void {
  const [across, along] = STEPS[direction];
  const moved = editor.selection.flatMap((id) => {
    const at = editor.places.get(id);
    return at ? [[id, { x: at.x + across * camera.grid[0], y: at.y + along * camera.grid[1] }] as const] : [];
  });
  editor.place(new Map(moved), `nudge ${editor.selection.join()}`);
}

function walk(direction: Direction, extend: boolean): void {
  if (editor.selected === null) return end(0);
  const next = neighbour(editor.places, editor.selected, direction);
  if (next === null) return;
  // The one reached is the last, from which the next key goes on.
  editor.select(extend ? editor.selection.filter((id) => id !== next) : []);
  editor.select([...editor.selection, next]);
  editor.led = { to: next };
}

function end(at: 0 | -1): void {
  const node = editor.graph.nodes.at(at);
  if (node !== undefined) editor.lead(node.id);
}

/** While connecting, arrows choose the layer, Enter connects, Escape leaves it. */
function linkKey(event: KeyboardEvent, say: (words: string) => void): boolean {
  const direction = ARROWS[event.key];
  if (event.key === 'Enter' || event.key === ' ') {
    say(linking.finish() ?? `${editor.selected} is connected.`);
    return true;
  }
  if (direction !== undefined) linking.move(direction);
  else if (event.key === 'Escape') linking.cancel();
  else return false;
  if (linking.to !== null) say(linking.refusal ?? `Enter connects ${linking.from} to ${linking.to}.`);
  return true;
}
