/** What is attacked: an application with its server in this process, so that a test sees both sides. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { openApplication, type Application } from '../../../src/main/application.ts';
import { serve, type Served } from '../../../src/main/shells/serve.ts';
import { decodeFrame, encodeFrame, type Frame } from '../../../src/shared/contract/codec.ts';

export interface Target {
  application: Application;
  served: Served;
  close(): Promise<void>;
}

export async function openTarget(): Promise<Target> {
  const workspace = mkdtempSync(join(tmpdir(), 'unroll-target-'));
  const application = openApplication({ workspace, shell: 'serve' });
  const served = await serve(application, { port: 0 });
  return {
    application,
    served,
    async close() {
      await served.close();
      await application.close();
      rmSync(workspace, { recursive: true, force: true });
    },
  };
}

/** A socket with the token, or the status it was refused with. */
export function openSocket({ port, token }: Served): Promise<WebSocket | number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, ['unroll', token]);
  return new Promise((resolve) => {
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0));
    socket.on('error', () => undefined);
  });
}

/** The answers to so many calls, in the order in which they come. */
export function answers(socket: WebSocket, count: number): Promise<Frame[]> {
  const frames: Frame[] = [];
  return new Promise((resolve) => {
    const take = (bytes: Buffer) => {
      const frame = decodeFrame(bytes);
      if (!('id' in frame) || frames.push(frame) < count) return;
      socket.off('message', take);
      resolve(frames);
    };
    socket.on('message', take);
  });
}

export async function ask(socket: WebSocket, method: string, input: unknown): Promise<Frame> {
  const answer = answers(socket, 1);
  socket.send(encodeFrame({ id: 1, method, input }));
  return (await answer)[0]!;
}

/** Sends bytes as they are and answers with all that comes back until the server ends it, or for a moment. */
export function sendRaw(port: number, bytes: string | Uint8Array, patience = 300): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connectSocket(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    socket.on('error', () => undefined).on('close', () => resolve(text));
    setTimeout(() => socket.destroy(), patience);
  });
}
