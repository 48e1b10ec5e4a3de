/** Labels as a source writes them, to the numbers a model is trained on, and the task they pose. */
import { UnrollError } from '../../shared/errors.ts';
import type { Task } from '../../shared/training.ts';

export interface Labels {
  task: Task;
  /** Class names in label order; empty for regression. */
  classes: string[];
  /** One label an example: the class's position, or the number itself for regression. */
  values: Float32Array;
  /** What may not be as it was meant, a sentence each. */
  doubts: string[];
}

/** More whole numbers than this are measured, not classes. */
const MOST_NUMERIC_CLASSES = 20;
const MOST_CLASSES = 1000;
/** Of fewer examples each may well have a class of its own. */
const FEW_EXAMPLES = 20;

/**
 * Two values are a binary task, more are classes, numbers with fractions or many different ones a regression. Classes
 * stand in the order of their numbers or of the alphabet: no before yes, negative before positive.
 * @param labels trimmed and not empty
 * @param path for the words of an error
 * @throws UnrollError `data-empty`, `labels-one-class`, `input-invalid`
 */
export function readLabels(labels: readonly string[], path: string): Labels {
  const distinct = [...new Set(labels)];
  if (!distinct.length) throw new UnrollError('data-empty', { what: path, least: 2 });
  if (distinct.length === 1) throw new UnrollError('labels-one-class', { path, label: distinct[0] });
  const numbers = distinct.map(Number);
  const numeric = numbers.every(Number.isFinite);
  if (numeric && (distinct.length > MOST_NUMERIC_CLASSES || !numbers.every(Number.isInteger))) {
    return { task: 'regression', classes: [], values: Float32Array.from(labels, Number), doubts: [] };
  }
  if (distinct.length > MOST_CLASSES) {
    const reason = `it has ${distinct.length} different values, more than ${MOST_CLASSES} classes`;
    throw new UnrollError('input-invalid', { what: `The label column of ${path}`, reason });
  }
  const classes = numeric ? distinct.sort((a, b) => Number(a) - Number(b)) : distinct.sort();
  const positions = new Map(classes.map((name, position) => [name, position]));
  return {
    task: classes.length === 2 ? 'binary' : 'multiclass',
    classes,
    values: Float32Array.from(labels, (label) => positions.get(label) as number),
    doubts: [...alike(classes), ...rare(classes.length, labels.length)],
  };
}

/** Classes that differ in capitals or in spaces only. */
function alike(classes: readonly string[]): string[] {
  const same = Map.groupBy(classes, (name) => name.toLowerCase().replace(/\s+/g, ' '));
  return [...same.values()].flatMap((names) =>
    names.length > 1
      ? [`The classes ${names.join(' and ')} differ in capitals or spaces only, and are taken as different.`]
      : [],
  );
}

/** Nearly as many classes as examples. */
function rare(classes: number, examples: number): string[] {
  if (examples < FEW_EXAMPLES || classes <= examples / 2) return [];
  return [
    `There are ${classes} classes for ${examples} examples, so most have one example only: the label column may be another.`,
  ];
}
