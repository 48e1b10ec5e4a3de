/** Looking into runs and comparing them example by example, on small runs that were really trained. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApplication, type Application } from '../../../src/main/application.ts';
import {
  courseTable,
  gradientsOf,
  reachTable,
  type Gradient,
} from '../../../src/shared/comparison/gradient-table.ts';
import { reaches, reachSentences, type Looked } from '../../../src/shared/comparison/reach.ts';
import { traceLines } from '../../../src/shared/comparison/trace-table.ts';
import { traceRows } from '../../../src/shared/comparison/traces.ts';
import type { Flow, Trace } from '../../../src/shared/contract/analysis.ts';
import type { EventPayload, Input, JobMethodName, JobResult } from '../../../src/shared/contract/index.ts';
import type { Run } from '../../../src/shared/contract/runs.ts';
import type { ModelGraph } from '../../../src/shared/graph/graph.ts';
import { once, runEnd } from '../../faults/applications.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const LENGTH = 100;

function recallModel(type: string): ModelGraph {
  const layers = [
    ['Input', { shape: [null], dtype: 'int32' }],
    ['Embedding', { input_dim: 10_000, output_dim: 32 }],
    [type, type === 'GlobalAveragePooling1D' ? {} : { units: 32 }],
    ['Dense', { units: 1, activation: 'sigmoid' }],
  ] as const;
  const nodes = layers.map(([kind, config], i) => ({
    id: `${kind.toLowerCase()}_${i}`,
    type: kind,
    config,
    inputs: i === 0 ? [] : [`${layers[i - 1]![0].toLowerCase()}_${i - 1}`],
  }));
  return { format: 'unroll-model', version: 1, name: `recall-${type}`, nodes };
}

let folder: string;
let application: Application;

async function finish<M extends JobMethodName>(method: M, input: Input<M>): Promise<JobResult<M>> {
  const ended = once(application, 'job.changed', ({ state }) => state !== 'running');
  await application.call(method, input);
  const { error, result } = (await ended) as EventPayload<'job.changed'>;
  if (error) throw Object.assign(new Error(error.message), error);
  return result as JobResult<M>;
}

async function train(name: string, changes: Partial<Input<'training.start'>>): Promise<Run> {
  const end = runEnd(application, name);
  await application.call('training.start', {
    model: recallModel('SimpleRNN'),
    data: 'recall',
    name,
    preprocessing: { maxlen: LENGTH },
    training: { epochs: 6, batch_size: 64, seed: 2, optimizer: { name: 'rmsprop', learning_rate: 0.002 } },
    ...changes,
  });
  return end;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-analysis-'));
  application = openApplication({ workspace: folder, shell: 'cli' });
  await finish('data.generate', { task: 'recall', name: 'recall', examples: 10_000, length: LENGTH });
  await finish('data.generate', { task: 'adding', name: 'adding', examples: 100, length: 12 });
  expect((await train('rnn', {})).error).toBeNull();
  expect((await train('lstm', { model: recallModel('LSTM') })).error).toBeNull();
  // Knows next to nothing yet, so that the others disagree with it.
  expect((await train('early', { training: { epochs: 1, batch_size: 64, seed: 2 } })).error).toBeNull();
});
afterAll(async () => {
  await application.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The middle of the examples' norms, so many steps after each one's first real step (the start id). */
function medianNorm({ layers, examples }: Flow, after: number): number {
  const { norms, steps } = layers[0]!;
  const values = examples.map(({ from }, row) => norms[row * steps + from + after]!).sort((a, b) => a - b);
  return values[values.length >> 1]!;
}

describe('gradient through time', () => {
  it('reaches the first word in an LSTM that was trained to recall it, by orders of magnitude more than in a SimpleRNN', async () => {
    const examples = Array.from({ length: 32 }, (_, i) => i);
    const rnn = await finish('analysis.flow', { run: 'rnn', examples, checkpoint: 'last' });
    const lstm = await finish('analysis.flow', { run: 'lstm', examples, checkpoint: 'last' });
    expect(rnn.layers.map(({ cell, units, steps }) => ({ cell, units, steps }))).toEqual([
      { cell: 'SimpleRNN', units: 32, steps: LENGTH },
    ]);
    const relative = ({ layers, examples: all }: Flow, state: 'norms' | 'cellNorms' = 'norms') => {
      const { steps, [state]: norms } = layers[0]!;
      const shares = all
        .map(({ from, to }, row) => norms![row * steps + from + 1]! / norms![row * steps + to - 1]!)
        .sort((a, b) => a - b);
      return shares[shares.length >> 1]!;
    };
    // One step after the start id stands the word to be recalled.
    expect(medianNorm(lstm, 1) / medianNorm(rnn, 1)).toBeGreaterThan(100);
    expect(relative(lstm) / relative(rnn)).toBeGreaterThan(100);
    // What it remembers by is its cell state, along which the gradient fades least.
    expect(relative(lstm, 'cellNorms') / relative(rnn)).toBeGreaterThan(100);
    // So it is in what the view shows, whose lines end where fewer than half of the sequences reach.
    const [ofRnn, ofState, ofCell] = [...reaches(rnn), ...reaches(lstm)];
    expect(ofCell!.share! / ofRnn!.share!).toBeGreaterThan(100);
    expect(ofState!.halving!).toBeGreaterThan(1.5 * ofRnn!.halving!);
    expect(ofCell!.halving!).toBeGreaterThan(ofState!.halving!);
  });

  it('tells which steps are real, and their words', async () => {
    const { examples, words, layers } = await finish('analysis.flow', {
      run: 'lstm',
      text: 'north a b',
      label: 1,
    });
    expect(words).toEqual(['<start>', 'north', 'a', 'b']);
    expect(examples).toEqual([
      { index: null, label: 1, prediction: [expect.any(Number)], from: LENGTH - 4, to: LENGTH },
    ]);
    expect(layers[0]?.states).toHaveLength(LENGTH * 32);
    expect(layers[0]?.gates.map(({ name }) => name)).toEqual([
      'input',
      'forget',
      'candidate',
      'output',
      'cell',
    ]);
  });

  it('of a text without a class is towards the class the run says', async () => {
    const { examples } = await finish('analysis.flow', { run: 'lstm', text: 'south a b' });
    expect(examples[0]?.label).toBe(Number(examples[0]!.prediction[0]! > 0.5));
  });

  it('is of numbers too', async () => {
    const graph = recallModel('GRU');
    const nodes = graph.nodes
      .filter(({ type }) => type !== 'Embedding')
      .map((node) => ({
        ...node,
        config:
          node.type === 'Input' ? { shape: [null, 2] } : node.type === 'Dense' ? { units: 1 } : node.config,
        inputs: node.type === 'GRU' ? [graph.nodes[0]!.id] : node.inputs,
      }));
    const run = await train('numbers', {
      model: { ...graph, nodes },
      data: 'adding',
      preprocessing: { num_words: null, maxlen: null },
      training: { epochs: 1, loss: 'mse', metrics: ['mae'] },
    });
    expect(run.error).toBeNull();
    const flow = await finish('analysis.flow', { run: 'numbers', examples: [0, 3] });
    expect(flow.words).toBeNull();
    expect(flow.layers[0]?.norms.every(Number.isFinite)).toBe(true);
    expect(flow.examples.map(({ index }) => index)).toEqual([0, 3]);
    const alone = await finish('analysis.examples', { runs: ['numbers'] });
    expect(alone).toMatchObject({ measure: 'error', pairs: [] });
    expect(alone.runs[0]?.interval).toBeNull();
  });

  it.each([
    [{ run: 'rnn' }, /neither an example nor a text/],
    [{ run: 'rnn', examples: [100_000] }, /has \d+ examples/],
    [{ run: 'rnn', text: '  ' }, /empty/],
    [{ run: 'rnn', text: 'north', checkpoint: 'best' as const, label: 1 }, null],
  ])('answers %o', async (input, message) => {
    const answer = finish('analysis.flow', input);
    if (message === null) await expect(answer).resolves.toBeTruthy();
    else await expect(answer).rejects.toThrow(message);
  });
});

describe('a text followed word by word', () => {
  it('is at every word what the run predicts of the text up to there', async () => {
    const words = ['north', 'a', 'c', 'unheard', 'b', 'h'];
    const trace = await finish('analysis.trace', { run: 'lstm', text: words.join(' ') });
    expect(trace.words).toEqual(['north', 'a', 'c', '?', 'b', 'h']);
    const texts = words.map((_, i) => words.slice(0, i + 1).join(' '));
    const predicted = await finish('runs.predict', { run: 'lstm', texts, checkpoint: 'best' });
    expect(trace.predictions).toEqual(predicted.map(({ probabilities }) => probabilities));
    for (const [i, text] of texts.entries()) {
      const [alone] = await finish('runs.predict', { run: 'lstm', texts: [text], checkpoint: 'best' });
      expect(trace.predictions[i]![0]).toBeCloseTo(alone!.probabilities[0]!, 6);
    }
  });

  it('is cut at the front like any other text', async () => {
    const text = ['south', ...Array.from({ length: LENGTH + 5 }, () => 'a')].join(' ');
    const { predictions } = await finish('analysis.trace', { run: 'lstm', text });
    const [whole] = await finish('runs.predict', { run: 'lstm', texts: [text], checkpoint: 'best' });
    expect(predictions).toHaveLength(LENGTH + 6);
    expect(predictions.at(-1)![0]).toBeCloseTo(whole!.probabilities[0]!, 6);
  });

  it('is refused where it is endless, or the run reads numbers', async () => {
    const text = 'a '.repeat(2001);
    await expect(finish('analysis.trace', { run: 'lstm', text })).rejects.toThrow(/2001 words/);
    await expect(finish('analysis.trace', { run: 'numbers', text: 'a' })).rejects.toMatchObject({
      code: 'data-of-numbers',
    });
  });
});

describe('examples', () => {
  it('are evaluated once, kept, and counted by length', async () => {
    expect(await application.call('analysis.predictions', { run: 'rnn' })).toBeNull();
    const comparison = await finish('analysis.examples', { runs: ['rnn', 'lstm'] });
    const kept = await application.call('analysis.predictions', { run: 'rnn' });
    expect(kept?.predictions).toHaveLength(comparison.examples);
    expect(kept?.acc).toBeCloseTo(comparison.runs[0]!.mean, 6);
    expect(comparison.left).toEqual([]);
    expect(comparison.lengths.reduce((sum, { examples }) => sum + examples, 0)).toBe(comparison.examples);
    const right = comparison.lengths.reduce(
      (sum, { examples, results }) => sum + Math.round(examples * results[1]!.mean!),
      0,
    );
    expect(right / comparison.examples).toBeCloseTo(comparison.runs[1]!.mean, 6);
    const [pair] = comparison.pairs;
    const { both, onlyBaseline, onlyOther, neither } = pair!.counts!;
    expect(both + onlyBaseline + onlyOther + neither).toBe(comparison.examples);
    expect(pair!.bootstrap!.mean).toBeCloseTo((onlyOther - onlyBaseline) / comparison.examples, 10);
    expect(pair!.mcnemar!.words.meaning).toMatch(/lstm|no difference/);

    const again = await finish('analysis.examples', { runs: ['rnn', 'lstm'] });
    expect(again).toEqual(comparison);
    expect((await application.call('analysis.predictions', { run: 'rnn' }))?.at).toBe(kept?.at);
  });

  it('on which two runs disagree come with their texts, those both are surest of first', async () => {
    await finish('analysis.examples', { runs: ['early', 'lstm'] });
    const { total, rows } = await finish('analysis.disagreements', {
      runs: ['early', 'lstm'],
      count: 100,
    });
    expect(rows.length).toBe(Math.min(100, total));
    expect(rows.length).toBeGreaterThan(0);
    const sums = rows.map(({ confidence: [a, b] }) => a + b);
    expect(sums).toEqual(sums.toSorted((a, b) => b - a));
    for (const { said, text, label, length } of rows) {
      expect(said[0]).not.toBe(said[1]);
      expect(text.startsWith(['north', 'south'][label]!)).toBe(true);
      expect(text.split(' ')).toHaveLength(length - 1);
    }
    const next = await finish('analysis.disagreements', {
      runs: ['early', 'lstm'],
      from: 1,
      count: 1,
    });
    expect(next.rows[0]).toEqual(rows[1]);
    const runs = ['early', 'lstm'];
    const { content } = await finish('compare.report', { runs, format: 'markdown', examples: true });
    const cells = content.split('\n').filter((line) => line.endsWith(' |'));
    for (const { text } of rows.slice(0, 10)) expect(cells.join('\n')).toContain(`| ${text} |`);
    expect(content).toContain('## Where early and lstm disagree');
    expect(content).not.toMatch(/dashed|tint/i);
    expect(content).not.toMatch(/Gradient through time|word by word/);
  });

  it('leave out, with the reason, runs on other data', async () => {
    const { runs, left } = await finish('analysis.examples', { runs: ['rnn', 'numbers'] });
    expect(runs).toHaveLength(1);
    expect(left[0]?.reason).toMatch(/trained on adding/);
    await expect(application.call('analysis.disagreements', { runs: ['rnn', 'numbers'] })).rejects.toThrow(
      /same examples/,
    );
  });

  it('leave out runs that have no checkpoint', async () => {
    const end = once(
      application,
      'run.changed',
      ({ name, status }) => name === 'untrained' && status === 'stopped',
    );
    await application.call('training.start', {
      model: recallModel('LSTM'),
      data: 'recall',
      name: 'busy',
      training: { epochs: 500 },
    });
    const untrained = await application.call('training.start', {
      model: recallModel('LSTM'),
      data: 'recall',
      name: 'untrained',
    });
    await application.call('training.stop', { run: untrained.id });
    await end;
    await application.call('training.stop', { run: 'busy' });
    const { left } = await finish('analysis.examples', { runs: ['rnn', 'untrained'] });
    expect(left[0]?.reason).toMatch(/no best checkpoint/);
    await expect(application.call('analysis.disagreements', { runs: ['rnn', 'untrained'] })).rejects.toThrow(
      /has not been evaluated/,
    );
  });
});

describe('a report with what is asked of the weights', () => {
  it('tells the gradient and a text as the views do, and names the runs that cannot with the reason', async () => {
    const runs = ['rnn', 'lstm', 'numbers', 'plain', 'untrained'];
    const plainRun = { model: recallModel('GlobalAveragePooling1D'), training: { epochs: 1 } };
    expect((await train('plain', plainRun)).error).toBeNull();
    const text = 'north a c unheard';
    const ask = (format: 'html' | 'markdown') =>
      finish('compare.report', { runs, format, gradient: true, text });
    const { content } = await ask('markdown');
    const plain = content.replaceAll('\\', '');

    const examples = Array.from({ length: 16 }, (_, i) => i);
    const shown = new Map((await application.call('runs.list', {})).map((run) => [run.name, run]));
    const looked: Looked[] = [];
    for (const name of ['rnn', 'lstm', 'numbers'])
      looked.push({
        name,
        run: shown.get(name)!,
        flow: await finish('analysis.flow', { run: name, examples }),
      });
    for (const sentence of reachSentences(looked)) expect(plain).toContain(sentence);
    for (const rows of [reachTable, (all: Gradient[]) => courseTable(all, 'norm')])
      for (const row of rows(looked.flatMap(gradientsOf)).slice(1))
        expect(plain).toContain(`| ${row.join(' | ')} |`);
    const traces: Trace[] = [];
    for (const run of ['rnn', 'lstm', 'plain']) traces.push(await finish('analysis.trace', { run, text }));
    for (const line of traceLines(traceRows(traces, 1), 3)) expect(plain).toContain(`| ${line.join(' | ')}`);
    expect(plain).toContain('numbers is left out. It was trained on adding, which holds numbers, not words.');
    expect(plain).toContain('plain is left out. There is no recurrent layer in its model.');
    expect(plain.match(/untrained is left out\. This run was stopped before its first epoch/g)).toHaveLength(
      2,
    );

    const { content: page } = await ask('html');
    for (const title of [
      'Norm of dLoss/dh and dLoss/dc, middle of 16',
      'Probability of south after each word',
    ])
      expect(page).toContain(`<title>${title}`);
  });

  it('is refused without a word, and ends where it is cancelled', async () => {
    const report = { runs: ['rnn', 'lstm'], format: 'html' as const, gradient: true };
    await expect(finish('compare.report', { ...report, text: ' ' })).rejects.toMatchObject({
      code: 'text-empty',
    });
    const ended = once(application, 'job.changed', ({ state }) => state !== 'running');
    const { job } = await application.call('compare.report', report);
    await application.call('jobs.cancel', { job });
    expect((await ended).state).toBe('cancelled');
  });
});
