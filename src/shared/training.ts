/** What a run is made of besides its model: preprocessing and training configuration, with Keras's names and defaults. */
import { z } from 'zod';

export const preprocessingSchema = z.object({
  /** Only words with an id below this are kept; the others become the unknown id. Null keeps all. */
  num_words: z.number().int().min(1).nullable().default(10000),
  /** Sequences are cut and padded to this length. Null: to the longest sequence of the data set. */
  maxlen: z.number().int().min(1).max(100000).nullable().default(500),
  padding: z.enum(['pre', 'post']).default('pre'),
  truncating: z.enum(['pre', 'post']).default('pre'),
});
export type Preprocessing = z.infer<typeof preprocessingSchema>;

const positive = z.number().positive();
const common = {
  /** Gradient clipping, as in Keras: by each variable's norm, by value, or by the norm of all together. */
  clipnorm: positive.nullable().default(null),
  clipvalue: positive.nullable().default(null),
  global_clipnorm: positive.nullable().default(null),
};

export const optimizerSchema = z.discriminatedUnion('name', [
  z.object({
    name: z.literal('rmsprop'),
    learning_rate: positive.default(0.001),
    rho: z.number().min(0).max(1).default(0.9),
    momentum: z.number().min(0).max(1).default(0),
    epsilon: positive.default(1e-7),
    centered: z.boolean().default(false),
    ...common,
  }),
  z.object({
    name: z.literal('adam'),
    learning_rate: positive.default(0.001),
    beta_1: z.number().min(0).lt(1).default(0.9),
    beta_2: z.number().min(0).lt(1).default(0.999),
    epsilon: positive.default(1e-7),
    ...common,
  }),
  z.object({
    name: z.literal('sgd'),
    learning_rate: positive.default(0.01),
    momentum: z.number().min(0).max(1).default(0),
    nesterov: z.boolean().default(false),
    ...common,
  }),
]);
export type OptimizerConfig = z.infer<typeof optimizerSchema>;
export type OptimizerName = OptimizerConfig['name'];

export const LOSSES = [
  'binary_crossentropy',
  'categorical_crossentropy',
  'sparse_categorical_crossentropy',
  'mse',
  'mae',
] as const;
export const lossSchema = z.enum(LOSSES);
export type LossName = z.infer<typeof lossSchema>;

/** `acc` resolves to binary, sparse categorical or categorical accuracy by the loss, as in Keras. */
export const METRICS = ['acc', 'mse', 'mae'] as const;
export const metricSchema = z.enum(METRICS);
export type MetricName = z.infer<typeof metricSchema>;

export const earlyStoppingSchema = z.object({
  monitor: z.string().default('val_loss'),
  min_delta: z.number().min(0).default(0),
  patience: z.number().int().min(0).default(3),
  restore_best_weights: z.boolean().default(false),
});
export const reduceOnPlateauSchema = z.object({
  monitor: z.string().default('val_loss'),
  factor: z.number().gt(0).lt(1).default(0.1),
  patience: z.number().int().min(0).default(10),
  min_delta: z.number().min(0).default(1e-4),
  cooldown: z.number().int().min(0).default(0),
  min_lr: z.number().min(0).default(0),
});

export const trainingSchema = z.object({
  optimizer: optimizerSchema.default({ name: 'rmsprop', ...defaults() }),
  loss: lossSchema.default('binary_crossentropy'),
  metrics: z.array(metricSchema).default(['acc']),
  epochs: z.number().int().min(1).max(100000).default(10),
  batch_size: z.number().int().min(1).max(65536).default(128),
  /** The LAST part of the training split, taken before shuffling, as Keras does. */
  validation_split: z.number().min(0).lt(1).default(0.2),
  shuffle: z.boolean().default(true),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
  /** Use only the first so many examples of the training split (before the validation split). */
  limit: z.number().int().min(2).nullable().default(null),
  early_stopping: earlyStoppingSchema.nullable().default(null),
  reduce_lr_on_plateau: reduceOnPlateauSchema.nullable().default(null),
  /** What `best` checkpoints are chosen by. */
  monitor: z.string().default('val_loss'),
});
export type TrainingConfig = z.infer<typeof trainingSchema>;

function defaults() {
  return {
    learning_rate: 0.001,
    rho: 0.9,
    momentum: 0,
    epsilon: 1e-7,
    centered: false,
    clipnorm: null,
    clipvalue: null,
    global_clipnorm: null,
  };
}

/** How a model that came from elsewhere was compiled there, as far as Unroll has it too. */
export const compiledSchema = z.object({
  /** With the learning rate in force. */
  optimizer: optimizerSchema,
  loss: lossSchema.nullable(),
  metrics: z.array(metricSchema),
  /** Updates its optimizer had made, whose state came along; 0 where none did. */
  iterations: z.number().int().min(0),
});
export type Compiled = z.infer<typeof compiledSchema>;

export const ENGINES = ['simd', 'webgpu', 'tensorflow', 'reference'] as const;
export const engineChoiceSchema = z.enum(['auto', ...ENGINES]).default('auto');
export type EngineName = (typeof ENGINES)[number];

/** The task a data set poses, taken from its labels: decides output units, activation and loss. */
export const TASKS = ['binary', 'multiclass', 'regression'] as const;
export const taskSchema = z.enum(TASKS);
export type Task = z.infer<typeof taskSchema>;

/** Loss and metrics a task is trained with where the user states none. Labels are class numbers, so that the loss is the sparse one. */
export const TASK_LOSS: Readonly<Record<Task, { loss: LossName; metrics: MetricName[] }>> = {
  binary: { loss: 'binary_crossentropy', metrics: ['acc'] },
  multiclass: { loss: 'sparse_categorical_crossentropy', metrics: ['acc'] },
  regression: { loss: 'mse', metrics: ['mae'] },
};
