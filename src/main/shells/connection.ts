/** One client of the application at the other end of a transport: calls come in as frames, answers and events go out. */
import {
  decodeFrame,
  encodeFrame,
  LARGEST_FRAME_BYTES,
  type CallFrame,
} from '../../shared/contract/codec.ts';
import type { Input, MethodName } from '../../shared/contract/index.ts';
import { toErrorValue, UnrollError } from '../../shared/errors.ts';
import type { Application } from '../application.ts';
import { recordFailure } from './failures.ts';

/** Calls and bytes that one client may have under way at a time; a page has a few of either. */
const MOST_CALLS = 256;
const MOST_BYTES = 2 * LARGEST_FRAME_BYTES;

export interface Connection {
  /** Takes the bytes of one frame. Never throws: what cannot be read is dropped, and what is too much is refused. */
  receive(bytes: Uint8Array): void;
  /** Sends no further events. Calls under way end without an answer. */
  close(): void;
}

/** @param send gives the bytes of one frame to the transport; it is called only until `close` */
export function connect(
  application: Application,
  send: (bytes: Uint8Array<ArrayBuffer>) => void,
): Connection {
  let open = true;
  let calls = 0;
  let bytesUnderWay = 0;
  const stop = application.onAny((event, payload) => {
    if (open) send(encodeFrame({ event, payload }));
  });

  async function answer(id: number, method: string, input: unknown): Promise<void> {
    let frame: Uint8Array<ArrayBuffer>;
    try {
      // The application refuses a name that is not in the contract, and parses the input.
      frame = encodeFrame({
        id,
        output: await application.call(method as MethodName, input as Input<MethodName>),
      });
    } catch (error) {
      if (!(error instanceof UnrollError)) recordFailure(application.workspace, error);
      frame = encodeFrame({ id, error: toErrorValue(error) });
    }
    if (open) send(frame);
  }

  function take({ id, method, input }: CallFrame, bytes: number): void {
    if (calls >= MOST_CALLS || bytesUnderWay + bytes > MOST_BYTES) {
      send(encodeFrame({ id, error: new UnrollError('too-busy').toValue() }));
      return;
    }
    calls += 1;
    bytesUnderWay += bytes;
    void answer(id, method, input).finally(() => {
      calls -= 1;
      bytesUnderWay -= bytes;
    });
  }

  return {
    receive(bytes) {
      if (!open || bytes.byteLength > LARGEST_FRAME_BYTES) return;
      try {
        const frame = decodeFrame(bytes);
        if ('method' in frame) take(frame, bytes.byteLength);
      } catch (error) {
        if (!(error instanceof UnrollError)) throw error;
      }
    },
    close() {
      open = false;
      stop();
    },
  };
}
