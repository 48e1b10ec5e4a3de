/** A new run that goes on where a checkpoint of another one stands. */
import { decodeCheckpoint, encodeCheckpoint } from '../shared/checkpoint.ts';
import type { Parsed } from '../shared/contract/index.ts';
import { adapterOf } from './engines.ts';
import { describeMachine, describeVersions } from './machine.ts';
import { readCheckpoint } from './store/checkpoints.ts';
import type { ReadableDb } from './store/database.ts';
import { freeRunName, readRun, type NewRun } from './store/runs.ts';

/** Weights kept for early stopping belong to the run that kept them. */
const KEPT = 'early_stopping/';

/**
 * The run to create: the parent's model, data and settings, beginning from its weights, optimizer state and place in the
 * order of examples, so that with nothing changed it ends in the bits of an uninterrupted longer run. What callbacks had
 * seen is forgotten: its best checkpoint is its own.
 * @throws UnrollError `not-found`, `checkpoint-missing`, `checkpoint-damaged`
 */
export function planContinuation(db: ReadableDb, input: Parsed<'training.continue'>): NewRun {
  const parent = readRun(db, input.run);
  const { data } = readCheckpoint(db, parent.id, input.checkpoint);
  const { position, weights, slots } = decodeCheckpoint(data);
  const learningRate = input.learningRate ?? position.learningRate;
  const optimizer =
    input.learningRate === undefined
      ? parent.training.optimizer
      : { ...parent.training.optimizer, learning_rate: learningRate };
  return {
    name: input.name ?? freeRunName(db, `${parent.name}-continued`.slice(0, 190)),
    model: parent.model,
    graph: parent.graph,
    dataset: parent.dataset,
    preprocessing: parent.preprocessing,
    training: { ...parent.training, optimizer, epochs: position.epoch + input.epochs },
    engine: parent.engine,
    threads: parent.threads,
    machine: describeMachine(adapterOf(parent)),
    versions: describeVersions(),
    parameters: parent.parameters,
    parent: { run: parent.id, name: parent.name, checkpoint: input.checkpoint, epoch: position.epoch },
    initial: encodeCheckpoint({
      position: { ...position, learningRate, callbacks: {} },
      weights,
      slots: slots.filter(({ name }) => !name.startsWith(KEPT)),
    }),
  };
}
