/** The contract over a WebSocket, with bounds on how many clients there are and on what waits for each of them. */
import { upgradeWebSocket } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { WebSocketServer, type WebSocket } from 'ws';
import { LARGEST_FRAME_BYTES } from '../../../shared/contract/codec.ts';
import type { Application } from '../../application.ts';
import { connect, type Connection } from '../connection.ts';
import { refuse } from './refusal.ts';

const MOST_CLIENTS = 64;
/** A client that leaves so much unread does not read; it may connect again. */
const MOST_UNREAD_BYTES = 256 << 20;
/** "Try again later", in the WebSocket's own numbers. */
const OVERLOADED = 1013;

/** The largest frame is refused by its length, before its bytes are read. */
export function openSockets(): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_FRAME_BYTES,
    perMessageDeflate: false,
  });
}

export function limitClients({ clients }: WebSocketServer): MiddlewareHandler {
  return async (context: Context, next) => {
    if (clients.size >= MOST_CLIENTS)
      return refuse(context, 503, `${MOST_CLIENTS} pages are open already.`, 'Close some of them.');
    await next();
  };
}

export function answerSocket(application: Application): MiddlewareHandler {
  return upgradeWebSocket(() => {
    let connection: Connection | undefined;
    const end = () => connection?.close();
    return {
      onOpen: (_event, socket) => {
        const raw = socket.raw as WebSocket;
        connection = connect(application, (bytes) => {
          if (raw.bufferedAmount <= MOST_UNREAD_BYTES) return socket.send(bytes);
          end();
          socket.close(OVERLOADED, 'What was sent is not read.');
        });
      },
      onMessage: ({ data }) => {
        // Frames are binary; text is not part of the protocol.
        if (data instanceof ArrayBuffer) connection?.receive(new Uint8Array(data));
      },
      onClose: end,
      onError: end,
    };
  });
}
