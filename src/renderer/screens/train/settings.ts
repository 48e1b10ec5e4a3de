/** What each training setting means, in Keras's names and the field's words. Ranges and defaults come from the schemas. */
import { fieldsOf, type Field, type FieldHelp } from '../../forms/fields.ts';
import {
  earlyStoppingSchema,
  optimizerSchema,
  preprocessingSchema,
  reduceOnPlateauSchema,
  trainingSchema,
  type OptimizerName,
} from '../../../shared/training.ts';

type Help = Readonly<Record<string, FieldHelp>>;

const PREPROCESSING: Help = {
  num_words: {
    label: 'num_words',
    help: 'Words with an id below this are kept; the others become the unknown id. Empty keeps all.',
  },
  maxlen: {
    label: 'maxlen',
    help: 'All sequences are cut and padded to this length. Empty: to the longest.',
  },
  padding: {
    label: 'padding',
    help: 'pre puts the padding in front, so that the text ends where the network reads its state.',
  },
  truncating: { label: 'truncating', help: 'pre cuts the beginning of long sequences, post their end.' },
};

const OPTIMIZER: Help = {
  learning_rate: { label: 'learning_rate', help: 'How far each step moves the weights.' },
  rho: { label: 'rho', help: 'How slowly the mean of squared gradients forgets.', advanced: true },
  momentum: { label: 'momentum', help: 'Share of the last step that is kept.', advanced: true },
  epsilon: { label: 'epsilon', help: 'Keeps the division from zero.', advanced: true },
  centered: {
    label: 'centered',
    help: 'Divides by the gradients’ variance instead of their mean square.',
    advanced: true,
  },
  beta_1: { label: 'beta_1', help: 'How slowly the mean gradient forgets.', advanced: true },
  beta_2: { label: 'beta_2', help: 'How slowly the mean of squared gradients forgets.', advanced: true },
  nesterov: { label: 'nesterov', help: 'Looks ahead along the momentum.', advanced: true },
  clipnorm: {
    label: 'clipnorm',
    help: 'Shortens each variable’s gradient to this norm. Helps against exploding gradients.',
    advanced: true,
  },
  clipvalue: { label: 'clipvalue', help: 'Cuts each gradient value to ± this.', advanced: true },
  global_clipnorm: {
    label: 'global_clipnorm',
    help: 'Shortens all gradients together to this norm.',
    advanced: true,
  },
};

const TRAINING: Help = {
  epochs: { label: 'epochs', help: 'Passes over the training examples.' },
  batch_size: { label: 'batch_size', help: 'Examples a step; the weights change once a step.' },
  validation_split: {
    label: 'validation_split',
    help: 'The last part of the training split, taken before shuffling, is held out.',
  },
  shuffle: { label: 'shuffle', help: 'A new order each epoch, from the seed.' },
  limit: { label: 'limit', help: 'Use only the first so many training examples. Empty uses all.' },
};

const EARLY_STOPPING: Help = {
  monitor: {
    label: 'monitor',
    help: 'Metric that has to improve.',
    control: 'choice',
    choices: ['val_loss', 'val_acc', 'loss', 'acc'],
  },
  min_delta: { label: 'min_delta', help: 'Smaller changes are no improvement.' },
  patience: { label: 'patience', help: 'Epochs without improvement before training stops.' },
  restore_best_weights: {
    label: 'restore_best_weights',
    help: 'Ends with the best epoch’s weights instead of the last ones.',
  },
};

const REDUCE_ON_PLATEAU: Help = {
  monitor: { ...EARLY_STOPPING['monitor'] },
  factor: { label: 'factor', help: 'The learning rate is multiplied by this.' },
  patience: { label: 'patience', help: 'Epochs without improvement before it is.' },
  min_delta: { label: 'min_delta', help: 'Smaller changes are no improvement.' },
  cooldown: { label: 'cooldown', help: 'Epochs to wait after each reduction.' },
  min_lr: { label: 'min_lr', help: 'The learning rate goes no lower.' },
};

export const preprocessingFields: readonly Field[] = fieldsOf(preprocessingSchema, PREPROCESSING);
export const earlyStoppingFields: readonly Field[] = fieldsOf(earlyStoppingSchema, EARLY_STOPPING);
export const plateauFields: readonly Field[] = fieldsOf(reduceOnPlateauSchema, REDUCE_ON_PLATEAU);
export const scheduleFields: readonly Field[] = fieldsOf(trainingSchema, TRAINING).filter(
  ({ key }) => key in TRAINING,
);

export const OPTIMIZER_NAMES: readonly OptimizerName[] = optimizerSchema.options.map(
  (option) => option.shape.name.value,
);

/** The schema of one optimizer, without the others of the union. */
export function optimizerSchemaOf(name: OptimizerName) {
  const found = optimizerSchema.options.find((option) => option.shape.name.value === name);
  return found ?? optimizerSchema.options[0];
}

/** The settings of one optimizer. */
export function optimizerFields(name: OptimizerName): readonly Field[] {
  return fieldsOf(optimizerSchemaOf(name), OPTIMIZER);
}
