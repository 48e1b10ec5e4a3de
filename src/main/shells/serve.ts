/**
 * The application over HTTP, for any browser: the built renderer as files, the contract over a WebSocket, and an upload for
 * files dropped on the page. It answers on loopback only, and even there only to who knows the session's token, since any
 * page and any user of this machine can reach a port.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, upgradeWebSocket } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { WebSocketServer } from 'ws';
import { LARGEST_FRAME_BYTES } from '../../shared/contract/codec.ts';
import { UnrollError } from '../../shared/errors.ts';
import type { Application } from '../application.ts';
import { packageRoot } from '../package-root.ts';
import { join } from 'node:path';
import { connect } from './connection.ts';
import { answerPrediction, limitPredictionBody } from './predictions.ts';
import { SECURITY_HEADERS } from './security.ts';
import { openUploads } from './uploads.ts';

type WebSocketServerLike = NonNullable<Parameters<typeof createAdaptorServer>[0]['websocket']>['server'];

export interface ServeOptions {
  /** 0 takes any free port. */
  port: number;
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

const LOOPBACK = '127.0.0.1';
const UPLOAD_LIMIT_BYTES = 4 * 2 ** 30;

/** Equal or not in the same time, whatever the first difference: digests are compared, which also hides the length. */
function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** A page of another site can make a browser call us, under our own name too (DNS rebinding): both headers betray it. */
function checkAddress(port: () => number): MiddlewareHandler {
  return async (context, next) => {
    const hosts = [`${LOOPBACK}:${port()}`, `localhost:${port()}`];
    const host = context.req.header('host') ?? '';
    const origin = context.req.header('origin');
    if (!hosts.includes(host)) return context.text('Forbidden: wrong Host.', 403);
    if (origin !== undefined && !hosts.some((name) => origin === `http://${name}`)) {
      return context.text('Forbidden: wrong Origin.', 403);
    }
    await next();
  };
}

/**
 * Lets pass who has the token: in the address, which also sets a cookie for what the page loads, in that cookie, or in the
 * header a program sets.
 */
function checkToken(token: string, port: () => number): MiddlewareHandler {
  return async (context, next) => {
    const cookie = `unroll_${port()}`;
    const given = context.req.query('token');
    const bearer = /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1];
    const accepted = sameSecret(given ?? bearer ?? getCookie(context, cookie) ?? '', token);
    if (!accepted)
      return context.text('Open the whole address that `unroll serve` printed, with its token.', 401);
    if (given !== undefined)
      setCookie(context, cookie, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
    await next();
  };
}

const addHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.header(name, value);
};

function socketHandler(application: Application) {
  return upgradeWebSocket(() => {
    let connection: ReturnType<typeof connect> | undefined;
    return {
      onOpen: (_event, socket) => {
        connection = connect(application, (bytes) => socket.send(bytes));
      },
      onMessage: ({ data }) => {
        // Frames are binary; text is not part of the protocol.
        if (data instanceof ArrayBuffer) connection?.receive(new Uint8Array(data));
      },
      onClose: () => connection?.close(),
      onError: () => connection?.close(),
    };
  });
}

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
  const { folder = join(packageRoot, 'dist/renderer'), uploadLimit = UPLOAD_LIMIT_BYTES } = options;
  const token = randomBytes(24).toString('base64url');
  const uploads = await openUploads(application.workspace, uploadLimit);
  const app = new Hono();
  const port = () => (server.address() as AddressInfo).port;
  app.use(addHeaders, checkAddress(port), checkToken(token, port));
  app.get('/socket', socketHandler(application));
  app.post('/upload', (context: Context) => uploads.receive(context));
  app.post('/predict', limitPredictionBody, (context: Context) => answerPrediction(application, context));
  app.use(serveStatic({ root: folder }));
  app.notFound((context) => context.text('There is nothing here.', 404));

  const webSockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_FRAME_BYTES });
  // The two packages' types differ only in how they write optional parameters.
  const websocket = { server: webSockets as unknown as WebSocketServerLike };
  const server = createAdaptorServer({ fetch: app.fetch, websocket });
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject).listen(options.port, LOOPBACK, listening.resolve);
  await listening.promise.catch(async (error: NodeJS.ErrnoException) => {
    await uploads.close();
    const reason = PORT_REASONS[error.code ?? ''] ?? error.message;
    throw new UnrollError('port-unavailable', { port: options.port, reason }, { cause: error });
  });
  const bound = port();
  return {
    port: bound,
    token,
    address: `http://${LOOPBACK}:${bound}/?token=${token}`,
    async close() {
      for (const client of webSockets.clients) client.terminate();
      const closed = new Promise((resolve) => server.close(resolve));
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
      await uploads.close();
    },
  };
}
