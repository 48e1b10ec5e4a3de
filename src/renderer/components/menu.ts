/** What a menu offers; the same list feeds a toolbar, so that both have the same actions. */
import type { Component } from 'svelte';

export interface Action {
  label: string;
  run: () => unknown;
  icon?: Component<{ size?: number | string }>;
  /** A key that does the same, for the reader; the screen listens to it. */
  shortcut?: string;
  disabled?: boolean;
  /** Of a choice that is ticked or not; `run` changes it, and the menu stays open. */
  checked?: boolean;
  danger?: boolean;
  /** A line above it. */
  separated?: boolean;
}
