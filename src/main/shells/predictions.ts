/**
 * Predictions over HTTP, for programs of this machine:
 *
 *   POST /predict   Authorization: Bearer TOKEN   {"run": NAME, "texts": ["…"]}
 *   200             {"predictions": [{"text": "…", "probability": 0.93}], "checkpoint": {"which": "best", "epoch": 4}}
 *
 * `run` is a run's id or name, or a model with weights. `tokens`, lists of ids, may stand in place of `texts`, and for a model of
 * numbers `series`, of each its steps with their numbers (`[[[0.1], [0.2]]]`); `checkpoint` is
 * `last` or `best`, which is taken where none is asked for; a model has none. Several outputs come as `probabilities`. At most
 * 16 MiB and 10,000 texts are taken at a time. An error is `{"code", "message", "hint"}`: 401 without the token, 404 where there
 * is no such run, 413 for more than that, 400 for anything else that was asked wrongly, 500 and above where Unroll could not
 * answer it.
 */
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { checkpointChoiceSchema } from '../../shared/contract/runs.ts';
import { complaint } from '../../shared/issue-words.ts';
import { UnrollError } from '../../shared/errors.ts';
import type { Application } from '../application.ts';
import { finishJob } from './finish-job.ts';
import { answerError } from './serve/refusal.ts';

const MOST_BYTES = 16 << 20;

const MOST_TEXTS = 10_000;

const EXAMPLE = '{"run": "lstm", "texts": ["a wonderful film"]}';

/** What a program sent wrongly, in the words of JSON; what is missing is said by the schema. */
const must = (what: string) => ({
  error: ({ input }: { input: unknown }) => (input === undefined ? undefined : `it must be ${what}`),
});

const requestSchema = z.strictObject(
  {
    run: z.string(must('a string')).min(1).max(200),
    texts: z
      .array(z.string(must('a string')))
      .max(MOST_TEXTS)
      .optional(),
    tokens: z.array(z.array(z.number().int())).max(MOST_TEXTS).optional(),
    series: z
      .array(z.array(z.array(z.number())))
      .max(MOST_TEXTS)
      .optional(),
    checkpoint: checkpointChoiceSchema,
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `there is no member ${issue.keys.join(', ')}`
        : `it must be an object, as ${EXAMPLE}`,
  },
);

const MOST = `${MOST_BYTES >> 20} MiB and ${MOST_TEXTS.toLocaleString('en-US')} texts`;

const tooLarge = (reason: string): UnrollError =>
  new UnrollError('file-too-large', { path: 'The request', reason, fix: `Send at most ${MOST} at a time.` });

export const limitPredictionBody = bodyLimit({
  maxSize: MOST_BYTES,
  onError: (context) => context.json(tooLarge(`more than ${MOST_BYTES >> 20} MiB were sent.`).toValue(), 413),
});

/** @throws UnrollError `input-invalid`, `file-too-large` */
async function readRequest(context: Context): Promise<z.output<typeof requestSchema>> {
  const what = 'The request';
  let body: unknown;
  try {
    body = await context.req.json();
  } catch (cause) {
    throw new UnrollError('input-invalid', { what, reason: `it is not JSON, as ${EXAMPLE} is.` }, { cause });
  }
  const parsed = requestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const long = issues.find(({ code, path }) => code === 'too_big' && path.length === 1 && path[0] !== 'run');
  if (long)
    throw tooLarge(`${String(long.path[0])} has more than ${MOST_TEXTS.toLocaleString('en-US')} entries.`);
  const { path, reason } = complaint(parsed.error);
  throw new UnrollError('input-invalid', { what: path.replace(/\.(\d+)/g, '[$1]') || what, reason });
}

/** Answers `POST /predict`. A program that hangs up has its job cancelled. */
export async function answerPrediction(application: Application, context: Context): Promise<Response> {
  const { signal } = context.req.raw;
  try {
    const { run: source, ...input } = await readRequest(context);
    const cancel = (job: string) =>
      signal.addEventListener('abort', () => {
        application.call('jobs.cancel', { job }).catch(() => undefined);
      });
    const { checkpoint: wanted } = input;
    const checkpoint = await application.call('predictions.checkpoint', { source, checkpoint: wanted });
    const scored = await finishJob(application, 'predictions.score', { source, ...input }, undefined, cancel);
    const predictions = scored.map(({ text, probabilities }) => ({
      ...(text === null ? {} : { text }),
      ...(probabilities.length === 1 ? { probability: probabilities[0] } : { probabilities }),
    }));
    return context.json({ predictions, ...(checkpoint === null ? {} : { checkpoint }) });
  } catch (error) {
    return answerError(context, application.workspace, error);
  }
}
