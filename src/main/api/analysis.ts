/** Looking into trained runs, and comparing them example by example. */
import type { analysisContract } from '../../shared/contract/analysis.ts';
import { compareExamples } from '../compare-examples.ts';
import { comparedPair, currentEvaluation, pageOfDisagreements } from '../disagreements.ts';
import { flowOf, traceText } from '../look-into-run.ts';
import { SequenceEncoder } from '../sequence-encoder.ts';
import { splitFacts } from '../store/dataset-examples.ts';
import { datasetById } from '../store/datasets.ts';
import { readRun } from '../store/runs.ts';
import type { Context, Handlers } from './handlers.ts';

export function analysisHandlers(context: Context): Handlers<typeof analysisContract> {
  const { db, jobs } = context;
  const encoder = new SequenceEncoder(db);
  return {
    'analysis.predictions': ({ run: name, split, checkpoint }) => {
      const run = readRun(db, name);
      const evaluation = currentEvaluation(context, run.id, { split, checkpoint });
      if (!evaluation) return null;
      const { loss, acc, outputs, predictions, at } = evaluation;
      const { labels } = splitFacts(db, datasetById(db, run.dataset.id), split);
      return { loss, acc, outputs, predictions, labels, at };
    },
    'analysis.trace': (input) => {
      const run = readRun(db, input.run);
      return jobs.start(`Follow a text through ${run.name}`, (job) =>
        traceText(context, encoder, run, input, job),
      );
    },
    'analysis.flow': (input) => {
      const run = readRun(db, input.run);
      return jobs.start(`Look into ${run.name}`, (job) => flowOf(context, encoder, run, input, job));
    },
    'analysis.examples': ({ runs: names, ...choice }) => {
      const runs = names.map((name) => readRun(db, name));
      return jobs.start(`Compare ${runs.length} runs on the ${choice.split} split`, (job) =>
        compareExamples(context, runs, choice, job),
      );
    },
    'analysis.disagreements': (input) => {
      const compared = comparedPair(context, input);
      return jobs.start(`Find where ${compared.names.join(' and ')} disagree`, (job) =>
        pageOfDisagreements(context, compared, input, job),
      );
    },
  };
}
