/** What the command palette can do. */
import type { Component } from 'svelte';

export interface Command {
  /** Unique in its group. */
  id: string;
  label: string;
  /** Stands behind the label, and is found too. */
  detail?: string | undefined;
  icon?: Component<{ size?: number | string }> | undefined;
  shortcut?: string | undefined;
  run: () => unknown;
}
