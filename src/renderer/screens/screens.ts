/** The screens, in the rail's order. To add one is to add a folder and one entry here. */
import type { Component } from 'svelte';
import CircleHelp from '@lucide/svelte/icons/circle-question-mark';
import ChartLine from '@lucide/svelte/icons/chart-line';
import Blocks from '@lucide/svelte/icons/blocks';
import Columns2 from '@lucide/svelte/icons/columns-2';
import Database from '@lucide/svelte/icons/database';
import GraduationCap from '@lucide/svelte/icons/graduation-cap';
import House from '@lucide/svelte/icons/house';
import Settings2 from '@lucide/svelte/icons/settings-2';
import BuildScreen from './build/BuildScreen.svelte';
import CompareScreen from './compare/CompareScreen.svelte';
import DataScreen from './data/DataScreen.svelte';
import { helpTitle } from './help/guide.ts';
import HelpScreen from './help/HelpScreen.svelte';
import RunsScreen from './runs/RunsScreen.svelte';
import SettingsScreen from './settings/SettingsScreen.svelte';
import StartScreen from './start/StartScreen.svelte';
import TrainScreen from './train/TrainScreen.svelte';

export interface Screen {
  /** The first part of the address: `#/runs`. */
  name: string;
  title: string;
  icon: Component<{ size?: number | string; strokeWidth?: number | string }>;
  component: Component;
  /** What a further part of its address is called, where that is no run. */
  titleOf?: (part: string) => string | undefined;
  /** At the rail's foot instead of its head. */
  atFoot?: boolean;
  /** Reached from other screens and the command palette, not from the rail. */
  offRail?: boolean;
}

export const screens: readonly Screen[] = [
  { name: 'start', title: 'Start', icon: House, component: StartScreen },
  { name: 'data', title: 'Data', icon: Database, component: DataScreen },
  { name: 'build', title: 'Build', icon: Blocks, component: BuildScreen },
  { name: 'train', title: 'Train', icon: GraduationCap, component: TrainScreen, offRail: true },
  { name: 'runs', title: 'Runs', icon: ChartLine, component: RunsScreen },
  { name: 'compare', title: 'Compare', icon: Columns2, component: CompareScreen },
  { name: 'help', title: 'Help', icon: CircleHelp, component: HelpScreen, titleOf: helpTitle, atFoot: true },
  { name: 'settings', title: 'Engines', icon: Settings2, component: SettingsScreen, atFoot: true },
];
