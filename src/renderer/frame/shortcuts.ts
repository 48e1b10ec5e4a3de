/** The keys that work everywhere, for the reader. A screen with many keys of its own adds them while it is shown. */

/** G and then the letter goes to the screen. */
const LETTERS: Readonly<Record<string, string>> = {
  start: 'S',
  data: 'D',
  build: 'B',
  train: 'T',
  runs: 'R',
  compare: 'C',
  settings: 'E',
  help: 'H',
};

/** `G R`, for the screen of runs. */
export function goKeys(screen: string): string | undefined {
  const letter = LETTERS[screen];
  return letter === undefined ? undefined : `G ${letter}`;
}

/** The screen whose letter was pressed. */
export function screenOf(letter: string): string | undefined {
  return Object.keys(LETTERS).find((screen) => LETTERS[screen] === letter.toUpperCase());
}

/** Whether keys pressed there are text. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input:not([type=checkbox], [type=radio]), textarea, select'))
  );
}

export interface KeyGroup {
  where: string;
  keys: readonly (readonly [keys: string, what: string])[];
}

export const KEY_GROUPS: readonly KeyGroup[] = [
  {
    where: 'Everywhere',
    keys: [
      ['Ctrl K', 'Commands: any screen, run, model, data set or action'],
      ['G, then S D B T R C E H', 'Go to Start, Data, Build, Train, Runs, Compare, Engines, Help'],
      ['Alt ←, Alt →', 'Back and forward'],
      ['?', 'These keys'],
      ['Escape', 'Close what floats, let go of what is selected'],
    ],
  },
  {
    where: 'Lists',
    keys: [
      ['↑ ↓ Home End', 'Move'],
      ['Shift ↑ ↓', 'Extend the selection'],
      ['Ctrl Space', 'Add or take away one'],
      ['Ctrl A', 'Select all'],
      ['Enter', 'Open'],
      ['Delete', 'Delete, with Undo'],
      ['Shift F10', 'The actions of what is selected'],
    ],
  },
  {
    where: 'Charts',
    keys: [
      ['← →', 'Read the values at each x'],
      ['+ −', 'Zoom in and out around it'],
      ['Escape', 'Show all again'],
    ],
  },
  {
    where: 'Panes',
    keys: [
      ['← → on the line between', 'Move the line'],
      ['Enter on the line', 'Hide or show the pane'],
    ],
  },
  { where: 'Train', keys: [['Ctrl Enter', 'Start training']] },
  {
    where: 'Runs',
    keys: [
      ['F2', 'Rename the run'],
      ['Ctrl Z', 'Take back the last deletion or archiving'],
    ],
  },
];
