/**
 * Who is let in over HTTP. Any page and any user of this machine can reach a port, so three things are asked: that the request
 * is to us by our own name, that it is not from another site's page, and that it brings the session's token.
 *
 * Browsers send a cookie to every port of a machine, so that another user's server could collect ours. The cookie therefore
 * opens no more than the page's own files, which are no secret; everything else wants the token, which the page keeps where
 * only this port's pages can read it, and sends as a header or as the WebSocket's second protocol.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { refuse } from './refusal.ts';

export const LOOPBACK = '127.0.0.1';
/** What the page names first when it opens the WebSocket; the token follows. */
const SOCKET_PROTOCOL = 'unroll';

const AT_HOME = 'Ask at the address that `unroll serve` printed.';
const WITH_TOKEN =
  'Open the whole address that `unroll serve` printed, with its token; a program sends that as Authorization: Bearer TOKEN.';

/** Equal or not in the same time, whatever the first difference: digests are compared, which also hides the length. */
function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

const isEverywhere = (address: string): boolean => address === '0.0.0.0' || address === '::';
const inAddress = (name: string): string => (name.includes(':') ? `[${name}]` : name);

/** What a server that listens on an address is called on this machine itself. */
export const nameOf = (address: string): string => (isEverywhere(address) ? LOOPBACK : inAddress(address));

/** The names a server that listens on an address may be called by, without the port. */
function namesOf(address: string): string[] {
  const own = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map((one) => one.address));
  const names = isEverywhere(address) ? [hostname(), ...own] : [address];
  return [LOOPBACK, 'localhost', ...names.map(inAddress)];
}

/** A page of another site can make a browser call us, under our own name too (DNS rebinding): these headers betray it. */
export function checkAddress(address: string, port: () => number): MiddlewareHandler {
  const names = new Set(namesOf(address).map((name) => name.toLowerCase()));
  const isOurs = (host: string) => {
    const name = host.slice(0, host.lastIndexOf(':')).toLowerCase();
    return names.has(name) && host.endsWith(`:${port()}`);
  };
  return async (context, next) => {
    const header = (name: string) => context.req.header(name);
    const origin = header('origin');
    if (!isOurs(header('host') ?? ''))
      return refuse(context, 403, 'it names another machine (Host).', AT_HOME);
    if (origin !== undefined && origin !== `http://${header('host')}`)
      return refuse(context, 403, 'it comes from another page (Origin).', AT_HOME);
    const site = header('sec-fetch-site') ?? 'none';
    // A link to the whole address may be followed from anywhere; nothing else may come from another page.
    const followed = header('sec-fetch-mode') === 'navigate' && header('sec-fetch-dest') === 'document';
    if (site !== 'same-origin' && site !== 'none' && !followed)
      return refuse(context, 403, 'another site asked for it.', AT_HOME);
    await next();
  };
}

/** Failures that are looked at in a row, and how many a second after that. */
const MOST_FAILURES = 100;
const FAILURES_A_SECOND = 2;
/** Addresses kept in mind; an attacker may have many. */
const MOST_CLIENTS = 10_000;

/** Lets so many wrong tokens be tried and then only a few a second, each client for itself. */
class Failures {
  readonly #clients = new Map<string, { left: number; at: number }>();

  #state(client: string): { left: number; at: number } {
    const now = Date.now();
    const { left, at } = this.#clients.get(client) ?? { left: MOST_FAILURES, at: now };
    const state = { left: Math.min(MOST_FAILURES, left + ((now - at) / 1000) * FAILURES_A_SECOND), at: now };
    // Whoever could fail as often again as at the beginning need not be remembered.
    if (state.left === MOST_FAILURES) this.#clients.delete(client);
    return state;
  }

  tooMany(client: string): boolean {
    return this.#state(client).left < 1;
  }

  add(client: string): void {
    if (this.#clients.size >= MOST_CLIENTS) this.#clients.clear();
    const state = this.#state(client);
    this.#clients.set(client, { ...state, left: state.left - 1 });
  }
}

/** The token as a program or our page sends it. */
function sentToken(context: Context): string {
  const bearer = /^Bearer (\S+)$/.exec(context.req.header('authorization') ?? '')?.[1];
  const [protocol, token] = (context.req.header('sec-websocket-protocol') ?? '').split(/, */);
  return bearer ?? (protocol === SOCKET_PROTOCOL ? token : undefined) ?? '';
}

const clientOf = (context: Context): string =>
  (context.env as { incoming?: { socket?: { remoteAddress?: string } } }).incoming?.socket?.remoteAddress ??
  '';

/**
 * Lets pass who has the token, as a header or as the WebSocket's second protocol. The page's files are also given to who has
 * it in the address, which sets the cookie for the page's other files, and to who has that cookie.
 */
export function checkToken(token: string, port: () => number): MiddlewareHandler {
  const failures = new Failures();
  const pass = createHmac('sha256', token).update('page').digest('base64url');
  const isFile = (context: Context) =>
    ['GET', 'HEAD'].includes(context.req.method) && context.req.path !== '/socket';
  return async (context, next) => {
    const client = clientOf(context);
    if (failures.tooMany(client)) {
      context.header('Retry-After', '1');
      return refuse(context, 429, 'too many wrong tokens were tried.', 'Wait a moment.');
    }
    const cookie = `unroll_${port()}`;
    const given = isFile(context) ? context.req.query('token') : undefined;
    const accepted =
      sameSecret(given ?? sentToken(context), token) ||
      (isFile(context) && given === undefined && sameSecret(getCookie(context, cookie) ?? '', pass));
    if (!accepted) {
      failures.add(client);
      context.header('WWW-Authenticate', 'Bearer');
      return refuse(context, 401, 'its token is missing or wrong.', WITH_TOKEN);
    }
    if (given !== undefined)
      setCookie(context, cookie, pass, { httpOnly: true, sameSite: 'Strict', path: '/' });
    await next();
  };
}
