/** What is made from the model but follows it a moment behind, so that no edit waits for texts or equations. */

const BEHIND_MS = 120;

/** The newest value once nothing has changed it for a moment. To be called where effects may be made. */
export function behind<T>(newest: () => T): { readonly current: T } {
  let current = $state.raw(newest());
  $effect(() => {
    const next = newest();
    const timer = setTimeout(() => (current = next), BEHIND_MS);
    return () => clearTimeout(timer);
  });
  return {
    get current() {
      return current;
    },
  };
}
