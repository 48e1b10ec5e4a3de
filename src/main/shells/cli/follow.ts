/** A run that is being trained, as the command line shows it: events as CLI.md names them, a live line, lines by epoch. */
import type { EventPayload } from '../../../shared/contract/index.ts';
import type { Run } from '../../../shared/contract/runs.ts';
import { nextEngine } from '../../../shared/engines.ts';
import { profileLines } from '../../../shared/profile.ts';
import { ENGINES, type EngineName } from '../../../shared/training.ts';
import { advice } from './advice.ts';
import { Failed, type Session } from './session.ts';
import { count, duration, metric } from './table.ts';

const ENDED: readonly Run['status'][] = ['done', 'stopped', 'failed', 'interrupted'];

function started({ id, name, engine, parameters }: Run) {
  return { event: 'run', run: id, name, engine, parameters };
}

function progressText(run: Run, progress: EventPayload<'run.progress'>): string {
  const { epoch, epochs, batch, batches, phase, logs, examplesPerSecond, etaSeconds } = progress;
  const begun = `${run.name} · epoch ${epoch}/${epochs}`;
  const loss = `loss ${metric(logs.loss)}`;
  if (phase === 'validate') return `${begun} · ${loss} · validating, batch ${batch}/${batches}`;
  const eta = etaSeconds === null ? '' : ` · ${duration(etaSeconds)} left`;
  const pace = `${count(Math.round(examplesPerSecond))} examples/s`;
  return `${begun} · batch ${batch}/${batches} · ${loss} · ${pace}${eta}`;
}

function epochText(run: Run, { epoch, logs, seconds }: EventPayload<'run.epoch'>): string {
  const metrics = Object.entries(logs).map(([name, value]) => `${name} ${metric(value)}`);
  return `${run.name} · epoch ${epoch}/${run.training.epochs} · ${metrics.join(' · ')} · ${duration(seconds)}`;
}

/**
 * Begins training (`begin` starts or resumes a run) and follows it to its end.
 * @throws Failed when the run ended in an error, which has then been reported
 */
export async function follow({ application, terminal }: Session, begin: () => Promise<Run>): Promise<Run> {
  const ended = Promise.withResolvers<Run>();
  let run: Run | undefined;
  let announced = false;
  const begunAt = Date.now();
  let warned = 0;
  /** What the run's log warns of since training began, each line once. */
  const warn = async (id: string) => {
    const lines = await application.call('runs.log', { run: id });
    const warnings = lines.filter(({ at, level }) => level === 'warn' && at >= begunAt);
    for (const { message } of warnings.slice(warned)) terminal.note(`Warning: ${message}`);
    warned = Math.max(warned, warnings.length);
  };
  const announce = (current: Run) => {
    if (announced) return;
    announced = true;
    if (terminal.json) terminal.result(started(current), () => '');
    const detail = current.engineDetail ? ` (${current.engineDetail})` : '';
    terminal.note(`${current.name} · ${count(current.parameters)} parameters · ${current.engine}${detail}`);
  };
  const stops = [
    application.on('run.changed', (changed) => {
      if (changed.id !== run?.id) return;
      run = changed;
      if (changed.status === 'running' && changed.engineDetail !== null) announce(changed);
      if (ENDED.includes(changed.status)) ended.resolve(changed);
    }),
    application.on('run.progress', (progress) => {
      if (run && progress.run === run.id) terminal.progress(progressText(run, progress));
    }),
    application.on('run.silent', ({ run: id, name, seconds }) => {
      if (id !== run?.id || seconds === null) return;
      terminal.progress(
        `${name} · not heard of for ${duration(seconds)}; Ctrl+C ends it, and it can be resumed`,
      );
    }),
    application.on('run.profile', ({ run: id, profile }) => {
      if (id !== run?.id) return;
      terminal.result({ event: 'profile', ...profile }, () => profileLines(profile).join('\n'));
    }),
    application.on('run.epoch', (event) => {
      if (!run || event.run !== run.id) return;
      announce(run);
      const { epoch, logs, seconds } = event;
      if (terminal.json) terminal.result({ event: 'epoch', epoch, ...logs, seconds }, () => '');
      terminal.note(epochText(run, event));
      void warn(run.id);
    }),
  ];
  try {
    run = await begin();
    return await finish(await ended.promise);
  } finally {
    for (const stop of stops) stop();
  }

  async function finish(end: Run): Promise<Run> {
    announce(end);
    if (end.status === 'done') {
      const { id, weightsSha256 } = end;
      if (terminal.json) terminal.result({ event: 'done', run: id, weightsSha256 }, () => '');
      return end;
    }
    const error = end.error ?? {
      code: end.status,
      message: `The run ${end.name} was ${end.status}.`,
      hint: `Go on with: unroll resume ${end.name}`,
    };
    const engine = await engineToGoOn(application, end);
    const offered = engine === null ? {} : { nextEngine: engine };
    if (terminal.json) terminal.result({ event: 'failed', ...error, ...offered }, () => '');
    terminal.note(`${error.message} ${error.hint}${advice(error.code)}`);
    if (engine !== null) terminal.note(`Go on with: unroll resume ${end.id} --engine ${engine}`);
    throw new Failed();
  }
}

/** The next engine that works here, where the run failed because of its own. */
async function engineToGoOn(application: Session['application'], end: Run): Promise<EngineName | null> {
  const mostBytes = (name: EngineName) => (name === end.engine ? 0 : Infinity);
  const any = ENGINES.map((name) => ({ name, available: true, mostBytes: mostBytes(name) }));
  return nextEngine(end, any) && nextEngine(end, await application.call('engines.look', {}));
}
