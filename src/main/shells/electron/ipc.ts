/**
 * The one way in for what a page sends: whoever it is from is checked here, and so is what it is, before any of our code
 * sees it. Nothing else may listen to IPC; the linter sees to it.
 */
import { BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent, type WebContents } from 'electron';
import type { z } from 'zod';
import { LARGEST_FRAME_BYTES } from '../../../shared/contract/codec.ts';
import { ORIGIN } from './page.ts';

/** Only our own page, in the main frame of a window, may speak to us. */
function isOurPage({ senderFrame, sender }: IpcMainEvent | IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame === sender.mainFrame && senderFrame.origin === ORIGIN;
}

/** Hears the contract's frames that the page of a window sends. */
export function receiveFrames(contents: WebContents, receive: (bytes: Uint8Array) => void): void {
  contents.ipc.on('unroll', (event, bytes: unknown) => {
    if (isOurPage(event) && bytes instanceof Uint8Array && bytes.byteLength <= LARGEST_FRAME_BYTES)
      receive(bytes);
  });
}

export function sendFrame(contents: WebContents, bytes: Uint8Array): void {
  if (!contents.isDestroyed()) contents.send('unroll', bytes);
}

/** Answers what the page of a window asks, where its input is as the schema says; anything else is refused. */
export function answerPage<I extends z.ZodType, R>(
  contents: WebContents,
  channel: `unroll:${string}`,
  input: I,
  answer: (input: z.output<I>, window: BrowserWindow) => Promise<R>,
): void {
  contents.ipc.handle(channel, async (event, given: unknown) => {
    const window = BrowserWindow.fromWebContents(event.sender);
    const parsed = input.safeParse(given);
    if (!isOurPage(event) || !window || !parsed.success) throw new Error('Refused.');
    return answer(parsed.data, window);
  });
}
