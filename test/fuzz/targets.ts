/** Every reader of what may come from elsewhere, with what it is fuzzed with. A case must be read, or refused with a clear word. */
import { dataTargets } from './data-targets.ts';
import { modelTargets } from './model-targets.ts';
import { ownTargets } from './own-targets.ts';
import { structuredTargets } from './structured-targets.ts';
import type { Target } from './target.ts';

export const targets: readonly Target[] = [
  ...dataTargets,
  ...modelTargets,
  ...ownTargets,
  ...structuredTargets,
];
