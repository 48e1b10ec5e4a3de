/** The session's token of `unroll serve`; the desktop app has none. */

const KEY = 'unroll.token';

/**
 * Taken from the address the first time, then kept for this server's pages, so that a reload and a second tab work although
 * the address no longer shows it.
 */
function takeToken(): void {
  const address = new URL(window.location.href);
  const given = address.searchParams.get('token');
  if (given === null) return;
  localStorage.setItem(KEY, given);
  address.searchParams.delete('token');
  window.history.replaceState(window.history.state, '', address);
}

takeToken();

export const sessionToken = (): string => localStorage.getItem(KEY) ?? '';
