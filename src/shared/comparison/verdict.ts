/** Whether a comparison is controlled, in the words of every screen, terminal and report. */
import type { Comparison } from '../contract/compare.ts';

type Judged = Pick<Comparison, 'differences' | 'groups'>;

/** Settings that must agree for only the model to differ; the engine's bits differ, but not what it computes. */
function mustAgree(path: string): boolean {
  return (
    path === 'data.hash' ||
    path === 'parent' ||
    path.startsWith('preprocessing.') ||
    path.startsWith('training.')
  );
}

/**
 * The seeds with which each of several models (or one on several engines) was trained, where nothing but model and seed differs: each run then has
 * its counterpart in every other model. Null where the seeds are the same, or not each model's.
 */
export function commonSeeds({ differences, groups }: Judged): number[] | null {
  const paths = differences.map(({ path }) => path).filter(mustAgree);
  if (groups.length < 2 || paths.length !== 1 || paths[0] !== 'training.seed') return null;
  const [first, ...others] = groups.map(({ seeds }) => seeds.toSorted((a, b) => a - b));
  return first && others.every((seeds) => seeds.join() === first.join()) ? first : null;
}

export function isControlled(comparison: Judged): boolean {
  return commonSeeds(comparison) !== null || comparison.differences.every(({ path }) => !mustAgree(path));
}

/** Settings named before the others are counted. */
const MOST_NAMED = 4;

/** `learning rate` for `training.optimizer.learning_rate`, `optimizer` for its name. */
function settingName(path: string): string {
  if (path === 'parent') return 'initial weights';
  const name = path.replace(/^(training|preprocessing)\./, '').replace(/^optimizer\.(?!name$)/, '');
  return name.replace(/\.(name|hash)$/, '').replaceAll(/[._]/g, ' ');
}

/** What differs beside the model. Two optimizers have each their own settings, which say no more than their names. */
function namesOf({ differences }: Pick<Judged, 'differences'>): string[] {
  const paths = differences.map(({ path }) => path).filter(mustAgree);
  const others = paths.includes('training.optimizer.name');
  const own = /^training\.optimizer\.(?!name$|learning_rate$)/;
  return paths.filter((path) => !others || !own.test(path)).map(settingName);
}

function listed(names: readonly string[]): string {
  if (names.length > MOST_NAMED + 1)
    return `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more settings`;
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

export function verdictOf(comparison: Judged): { title: string; text: string } {
  const seeds = commonSeeds(comparison);
  const modelDiffers = comparison.differences.some(({ path }) => /^(model$|layers\.)/.test(path));
  if (seeds !== null) {
    const text = modelDiffers ? 'only the model differs.' : 'the model is the same.';
    return { title: `Controlled over seeds ${seeds.join(', ')}:`, text };
  }
  if (isControlled(comparison)) {
    const rest = modelDiffers ? 'only the model differs.' : 'and so is the model.';
    const text = `Data, split, seed, order and preprocessing are the same; ${rest}`;
    return { title: 'Controlled comparison.', text };
  }
  const what = listed(namesOf(comparison));
  const text = modelDiffers
    ? `More than the model differs: ${what}.`
    : `The model is the same; what differs: ${what}.`;
  return { title: 'Not a controlled comparison.', text };
}
