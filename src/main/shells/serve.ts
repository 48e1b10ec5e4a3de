/**
 * The application over HTTP, for any browser: the built renderer as files, the contract over a WebSocket, and an upload for
 * files dropped on the page. It answers on loopback unless it is told otherwise, and only to who knows the session's token.
 */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { UnrollError } from '../../shared/errors.ts';
import type { Application } from '../application.ts';
import { packageRoot } from '../package-root.ts';
import { join } from 'node:path';
import { answerPrediction, limitPredictionBody } from './predictions.ts';
import { SECURITY_HEADERS } from './security.ts';
import { checkAddress, checkToken, LOOPBACK, nameOf } from './serve/admission.ts';
import { answerError, answerNothingHere, refuseMethod } from './serve/refusal.ts';
import { answerSocket, limitClients, openSockets } from './serve/socket.ts';
import { openUploads, SEND_FILE } from './uploads.ts';

type WebSocketServerLike = NonNullable<Parameters<typeof createAdaptorServer>[0]['websocket']>['server'];

export interface ServeOptions {
  /** 0 takes any free port. */
  port: number;
  /** The address to listen on, loopback where it is left out. */
  host?: string;
  /** The built renderer. */
  folder?: string;
  /** Largest file that may be uploaded, in bytes. */
  uploadLimit?: number;
}

export interface Served {
  port: number;
  token: string;
  /** What to open in a browser: the page, with the token. */
  address: string;
  close(): Promise<void>;
}

const UPLOAD_LIMIT_BYTES = 4 * 2 ** 30;
const MOST_CONNECTIONS = 256;
/** Who sends no headers gives way soon; an upload over a slow line may take long. */
const SERVER_OPTIONS = {
  headersTimeout: 10_000,
  requestTimeout: 3_600_000,
  connectionsCheckingInterval: 5000,
};

const addHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.header(name, value);
};

/** Why a port cannot be listened on, by the system's code. */
const PORT_REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses it.',
  EACCES: 'it is reserved for the administrator.',
};

/**
 * Serves the application until `close`, which leaves the application itself open.
 * @throws UnrollError `port-unavailable`
 */
export async function serve(application: Application, options: ServeOptions): Promise<Served> {
  const { host = LOOPBACK, uploadLimit = UPLOAD_LIMIT_BYTES } = options;
  const { folder = join(packageRoot, 'dist/renderer') } = options;
  const token = randomBytes(24).toString('base64url');
  const uploads = await openUploads(application.workspace, uploadLimit);
  const app = new Hono();
  const port = () => (server.address() as AddressInfo).port;
  const webSockets = openSockets();
  app.use(addHeaders, checkAddress(host, port), checkToken(token, port));
  app.get('/socket', limitClients(webSockets), answerSocket(application));
  app.post('/upload', (context: Context) => uploads.receive(context));
  app.delete('/upload', (context: Context) => uploads.discard(context));
  app.post('/predict', limitPredictionBody, (context: Context) => answerPrediction(application, context));
  app.all('/upload', refuseMethod('POST, DELETE', SEND_FILE));
  app.all('/predict', refuseMethod('POST', 'Predictions are asked for with POST /predict.'));
  app.use(serveStatic({ root: folder }));
  app.notFound(answerNothingHere);
  app.onError((error, context) => answerError(context, application.workspace, error));

  // The two packages' types differ only in how they write optional parameters.
  const websocket = { server: webSockets as unknown as WebSocketServerLike };
  const server = createAdaptorServer({ fetch: app.fetch, websocket, serverOptions: SERVER_OPTIONS });
  server.maxConnections = MOST_CONNECTIONS;
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject).listen(options.port, host, listening.resolve);
  await listening.promise.catch(async (error: NodeJS.ErrnoException) => {
    await uploads.close();
    const reason = PORT_REASONS[error.code ?? ''] ?? error.message;
    throw new UnrollError('port-unavailable', { port: options.port, reason }, { cause: error });
  });
  const bound = port();
  return {
    port: bound,
    token,
    address: `http://${nameOf(host)}:${bound}/?token=${token}`,
    async close() {
      for (const client of webSockets.clients) client.terminate();
      const closed = new Promise((resolve) => server.close(resolve));
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
      await uploads.close();
    },
  };
}
