/**
 * The gradient while a model trains on an engine whose tensors are elsewhere: looks read tensors at once, so they are taken on
 * the processor, on a copy of the model that gets the weights as they are, and one of its cores. Between looks nothing is
 * copied; the model that trains and its engine know nothing of it.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ModelGraph } from '../../shared/graph/graph.ts';
import type { FromChild } from '../../shared/protocol.ts';
import type { TrainingConfig } from '../../shared/training.ts';
import type { Examples } from '../data.ts';
import type { Engine } from '../engines/engine.ts';
import { chooseEngine } from '../engines/index.ts';
import { restore, type Learner } from '../learner.ts';
import { Model } from '../model.ts';
import { GradientWatch } from './watch.ts';

/** Looks come no more often, in milliseconds, and together take no more than so much of the time. */
const EVERY_MS = 2000;
const LARGEST_SHARE = 0.015;

interface Aside {
  engine: Engine;
  backend: string;
  model: Model;
  watch: GradientWatch;
}

export class AsideWatch {
  readonly #graph: ModelGraph;
  readonly #learner: Learner;
  readonly #examples: Examples;
  readonly #training: TrainingConfig;
  readonly #send: (message: FromChild) => void;
  #aside: Aside | null = null;
  #lookedAt = performance.now();
  /** What the last look cost, with reading the weights back, in milliseconds. */
  #last = 0;

  constructor(
    graph: ModelGraph,
    learner: Learner,
    examples: Examples,
    training: TrainingConfig,
    send: (message: FromChild) => void,
  ) {
    this.#graph = graph;
    this.#learner = learner;
    this.#examples = examples;
    this.#training = training;
    this.#send = send;
  }

  /** To be called behind an epoch, counted from 1, that has so many batches; looks when it is time. */
  async behind(epoch: number, batches: number): Promise<void> {
    const begun = performance.now();
    if (begun - this.#lookedAt < Math.max(EVERY_MS, this.#last / LARGEST_SHARE)) return;
    const { weights } = await this.#learner.arrays();
    const trains = tf.getBackend();
    try {
      const { model, watch, backend } = (this.#aside ??= await this.#start());
      await tf.setBackend(backend);
      restore(model.weights, weights);
      watch.lookAt(epoch, batches);
    } finally {
      await tf.setBackend(trains);
      this.#lookedAt = performance.now();
      this.#last = this.#lookedAt - begun;
    }
  }

  /** Frees the copy and its engine; the engine that trains stays in force. */
  async stop(): Promise<void> {
    if (!this.#aside) return;
    const { engine, backend, model } = this.#aside;
    const trains = tf.getBackend();
    await tf.setBackend(backend);
    model.dispose();
    await tf.setBackend(trains);
    await engine.stop();
    this.#aside = null;
  }

  async #start(): Promise<Aside> {
    const engine = await chooseEngine('auto');
    await engine.start({ threads: 1 });
    const model = new Model(this.#graph, this.#training.seed);
    const watch = new GradientWatch(model, this.#examples, this.#training.loss, this.#send);
    return { engine, backend: tf.getBackend(), model, watch };
  }
}
