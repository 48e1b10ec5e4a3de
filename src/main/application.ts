/**
 * The application without any screen: every method of the contract, over one workspace. The shells (Electron, HTTP,
 * command line) carry calls to it and events from it, and know nothing else.
 */
import {
  contract,
  type EventName,
  type Input,
  type MethodName,
  type Output,
} from '../shared/contract/index.ts';
import { UnrollError } from '../shared/errors.ts';
import { complaint } from '../shared/issue-words.ts';
import { analysisHandlers } from './api/analysis.ts';
import { applicationHandlers } from './api/application.ts';
import { compareHandlers } from './api/compare.ts';
import { dataHandlers } from './api/data.ts';
import { draftsHandlers } from './api/drafts.ts';
import { engineInstallationHandlers } from './api/engine-installation.ts';
import { evaluationHandlers } from './api/evaluation.ts';
import { exchangeHandlers } from './api/exchange.ts';
import { experimentsHandlers } from './api/experiments.ts';
import { exportHandlers } from './api/export.ts';
import { historyHandlers } from './api/history.ts';
import { joinHandlers, type Context, type Handler, type Shell } from './api/handlers.ts';
import { lectureHandlers } from './api/lecture.ts';
import { modelsHandlers } from './api/models.ts';
import { runsHandlers } from './api/runs.ts';
import { trainingHandlers } from './api/training.ts';
import { workspaceHandlers } from './api/workspace.ts';
import { EventBus, type AnyListener, type Listener } from './events.ts';
import { Jobs } from './jobs.ts';
import { openWorkspace, workspaceError, type WritableDb } from './store/database.ts';
import { discardUnfinished } from './store/dataset-writer.ts';
import { purgeRemoved } from './store/datasets.ts';
import { purgeRemovedRuns } from './store/runs.ts';
import { RunsElsewhere } from './training/elsewhere.ts';
import { Supervisor } from './training/supervisor.ts';

export interface ApplicationOptions {
  /** The workspace's folder; created when missing. */
  workspace: string;
  shell: Shell;
  /** The Node that runs training children, where it is not the one that runs this process. */
  nodePath?: string;
  /** How long a training process may not be heard of before that is told; a minute by default. */
  silentAfterMs?: number;
}

export interface Application {
  /** The workspace's folder, absolute. */
  readonly workspace: string;
  /** Parses the input and runs the method. @throws UnrollError, always of the catalogue where the cause is known */
  call<M extends MethodName>(method: M, input: Input<M>): Promise<Output<M>>;
  on<E extends EventName>(event: E, listener: Listener<E>): () => void;
  onAny(listener: AnyListener): () => void;
  /** The pids of the processes that train. */
  childPids(): number[];
  /** Saves and ends what runs (running runs become `interrupted`, resumable), then closes the workspace. */
  close(): Promise<void>;
}

/** Opens a workspace with everything that works on it. @throws UnrollError `workspace-…` when it cannot be opened */
export function openApplication({ workspace: folder, shell, ...options }: ApplicationOptions): Application {
  const workspace = openWorkspace(folder);
  const explain = (error: unknown) => workspaceError(error, workspace.path);
  const events = new EventBus();
  const jobs = new Jobs(events, explain);
  const supervisor = new Supervisor({ workspace, events, ...options });
  const elsewhere = new RunsElsewhere(workspace, events, supervisor.lease);
  const handlers = collectHandlers({ workspace, db: workspace.db, shell, events, jobs, supervisor });
  try {
    tidyUp(workspace.db);
    supervisor.open();
    // A command ends with its work; nobody looks on at what others do.
    if (shell !== 'cli') elsewhere.open();
  } catch (error) {
    workspace.close();
    throw explain(error);
  }

  let closing: Promise<void> | undefined;
  const close = async () => {
    await jobs.close();
    await supervisor.close();
    elsewhere.close();
    workspace.close();
  };
  return {
    workspace: workspace.path,
    on: (event, listener) => events.on(event, listener),
    onAny: (listener) => events.onAny(listener),
    childPids: () => supervisor.childPids,
    close: () => (closing ??= close()),
    async call<M extends MethodName>(method: M, input: Input<M>): Promise<Output<M>> {
      const handler = handlers.get(method);
      if (!handler)
        throw new UnrollError('input-invalid', { what: method, reason: 'there is no such method.' });
      const parsed = parseInput(method, input);
      try {
        return (await handler(parsed as never)) as Output<M>;
      } catch (error) {
        throw explain(error);
      }
    },
  };
}

/** A day: nobody's undo reaches further back. */
const KEPT_IN_BIN_MS = 24 * 60 * 60 * 1000;

/** Empties the bins, runs before the data they were trained on, and drops what a killed import left half-written. */
function tidyUp(db: WritableDb): void {
  const before = Date.now() - KEPT_IN_BIN_MS;
  purgeRemovedRuns(db, before);
  purgeRemoved(db, before);
  discardUnfinished(db);
}

function collectHandlers(context: Context): Map<string, Handler> {
  const topics: Record<string, Handler>[] = [
    applicationHandlers(context),
    engineInstallationHandlers(context),
    lectureHandlers(context),
    dataHandlers(context),
    modelsHandlers(context),
    draftsHandlers(context),
    runsHandlers(context),
    historyHandlers(context),
    experimentsHandlers(context),
    trainingHandlers(context),
    evaluationHandlers(context),
    exchangeHandlers(context),
    exportHandlers(context),
    compareHandlers(context),
    analysisHandlers(context),
    workspaceHandlers(context),
  ];
  return joinHandlers(topics, Object.keys(contract));
}

function parseInput(method: MethodName, input: unknown): unknown {
  const result = contract[method].input.safeParse(input ?? {});
  if (result.success) return result.data;
  const { path, reason } = complaint(result.error);
  throw new UnrollError('input-invalid', { what: SAID[path] ?? (path || method), reason });
}

/** What a person gives a value for and knows by another word than the contract's. */
const SAID: Readonly<Record<string, string>> = {
  name: 'The name',
  to: 'The new name',
  'graph.name': 'The name of the model',
};
