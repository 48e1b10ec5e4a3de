/** Short words at the edge of the screen: what was done, with Undo where it can be taken back, and what failed. */
import { toast } from 'svelte-sonner';
import { toErrorValue } from '../../shared/errors.ts';

const UNDO_MS = 10_000;
const ERROR_MS = 12_000;

/** Says what was done. `undo` gets a button and more time. Answers with what `dismiss` takes. */
export function notify(message: string, undo?: () => unknown): string | number {
  if (undo === undefined) return toast(message);
  return toast(message, { duration: UNDO_MS, action: { label: 'Undo', onClick: () => void attempt(undo) } });
}

/** Says what was done, and offers what may follow from it. */
export function notifyWith(message: string, label: string, action: () => unknown): void {
  toast(message, { duration: UNDO_MS, action: { label, onClick: () => void attempt(action) } });
}

/** Offers an action for as long as `id` is not dismissed; said again, it replaces its earlier self. */
export function offer(id: string, message: string, label: string, action: () => unknown): void {
  toast.warning(message, { id, duration: Infinity, action: { label, onClick: () => void attempt(action) } });
}

/** Tells the end of what went on unseen: it stays until it is closed, or dismissed by `id`. */
export function announce(
  id: string,
  message: string,
  description: string,
  label: string,
  action: () => unknown,
  failed = false,
): void {
  const say = failed ? toast.error : toast;
  say(message, {
    id,
    description,
    duration: Infinity,
    action: { label, onClick: () => void attempt(action) },
  });
}

export function dismiss(id: string | number): void {
  toast.dismiss(id);
}

const errors = new Set<string | number>();

/** Shows an error's sentence and what to do about it. */
export function notifyError(error: unknown): void {
  const { message, hint } = toErrorValue(error);
  errors.add(toast.error(message, { description: hint, duration: ERROR_MS }));
}

/** What failed before the user went on to something else is in the way there. */
export function dismissErrors(): void {
  for (const id of errors) toast.dismiss(id);
  errors.clear();
}

/** Runs an action of the user's; a failure is shown, never thrown. Answers whether it succeeded. */
export async function attempt(action: () => unknown): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    notifyError(error);
    return false;
  }
}
