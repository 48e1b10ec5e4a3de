/** The scheme, the permissions, the requests and the downloads of the one session that pages here have. */
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type { Session as DevtoolsSession } from './devtools.ts';

/** Chromium knows only its own schemes, so `app://unroll/` is `https://unroll.app.invalid/` to it, and nothing to any network. */
const PLACE = /^https:\/\/([\w-]+)\.(\w+)\.invalid(\/|$)/;
export const toChromium = (address: string): string =>
  address.replace(/^(app):\/\/([\w-]+)/, 'https://$2.$1.invalid');
export const fromChromium = (address: string): string => address.replace(PLACE, '$2://$1$3');

type Answer = (request: Request) => Promise<Response> | Response;
type RequestDetails = { url: string; method: string; resourceType: string };
type BeforeRequest = (details: RequestDetails, decide: (answer: { cancel?: boolean }) => void) => void;
type PermissionRequest = (
  contents: object | null,
  permission: string,
  decide: (granted: boolean) => void,
  details: { requestingUrl: string },
) => void;
type PermissionCheck = (contents: object | null, permission: string, origin: string) => boolean;

/** Electron's names of permissions, and Chromium's. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  notifications: 'notifications',
  geolocation: 'geolocation',
  'clipboard-read': 'clipboard-read',
  'clipboard-sanitized-write': 'clipboard-write',
  midi: 'midi',
  'idle-detection': 'idle-detection',
  'window-management': 'window-management',
  'local-fonts': 'local-fonts',
  'screen-wake-lock': 'screen-wake-lock',
};

class DownloadItem extends EventEmitter {
  readonly #address: string;
  readonly #name: string;
  savePath = '';

  constructor(address: string, name: string) {
    super();
    this.#address = address;
    this.#name = name;
  }

  getURL = (): string => this.#address;
  getFilename = (): string => this.#name;
  setSavePath = (path: string): void => void (this.savePath = path);
  getSavePath = (): string => this.savePath;
}

class PageSession extends EventEmitter {
  readonly schemes = new Map<string, Answer>();
  /** Requests that left our own schemes, whether or not they were cancelled first. */
  readonly requests: (RequestDetails & { cancelled: boolean })[] = [];
  #beforeRequest: BeforeRequest | null = null;
  #request: PermissionRequest | null = null;
  #check: PermissionCheck | null = null;
  #device: (() => boolean) | null = null;
  spellChecker = true;

  readonly webRequest = {
    onBeforeRequest: (listener: BeforeRequest | null): void => void (this.#beforeRequest = listener),
  };
  setPermissionRequestHandler(handler: PermissionRequest | null): void {
    this.#request = handler;
  }
  setPermissionCheckHandler(handler: PermissionCheck | null): void {
    this.#check = handler;
  }
  setDevicePermissionHandler(handler: (() => boolean) | null): void {
    this.#device = handler;
  }
  setSpellCheckerEnabled(enabled: boolean): void {
    this.spellChecker = enabled;
  }
  get grantsDevices(): boolean {
    return this.#device?.() ?? true;
  }

  /** Asks the handlers about everything now, since Chromium asks nobody later. */
  async applyPermissions(root: DevtoolsSession, contents: object, origin: string): Promise<void> {
    for (const [permission, name] of Object.entries(PERMISSIONS)) {
      const asked = await new Promise<boolean>((decide) => {
        if (this.#request) this.#request(contents, permission, decide, { requestingUrl: `${origin}/` });
        else decide(true);
      });
      const granted = asked && (this.#check?.(contents, permission, origin) ?? true);
      const setting = granted ? 'granted' : 'denied';
      await root.send('Browser.setPermission', {
        permission: { name },
        setting,
        origin: toChromium(origin),
      });
    }
  }

  /** Whether a request may be made at all. */
  mayRequest(details: RequestDetails): Promise<boolean> {
    return new Promise((resolve) => {
      if (!this.#beforeRequest) resolve(true);
      else this.#beforeRequest(details, ({ cancel }) => resolve(cancel !== true));
    });
  }

  /** Answers what a page asked for: from a scheme's handler, or as a machine without a network would. */
  async fulfil(page: DevtoolsSession, requestId: string, details: RequestDetails): Promise<void> {
    const fail = (errorReason: string) => page.send('Fetch.failRequest', { requestId, errorReason });
    const allowed = await this.mayRequest(details);
    const answer = this.schemes.get(new URL(details.url).protocol.slice(0, -1));
    if (!answer) this.requests.push({ ...details, cancelled: !allowed });
    if (!allowed || !answer) return void (await fail(allowed ? 'InternetDisconnected' : 'BlockedByClient'));
    try {
      const response = await answer(new Request(details.url, { method: details.method }));
      const responseHeaders = [...response.headers].map(([name, value]) => ({ name, value }));
      const body = Buffer.from(await response.arrayBuffer()).toString('base64');
      await page.send('Fetch.fulfillRequest', {
        requestId,
        responseCode: response.status,
        responseHeaders,
        body,
      });
    } catch {
      await fail('Failed').catch(() => undefined);
    }
  }

  /** Offers each download to the application; what it lets pass lies in `folder` under its own name. */
  async watchDownloads(root: DevtoolsSession, folder: string): Promise<void> {
    await root.send('Browser.setDownloadBehavior', {
      behavior: 'allow',
      downloadPath: folder,
      eventsEnabled: true,
    });
    root.on(
      'Browser.downloadWillBegin',
      ({ guid, url, suggestedFilename }: { guid: string; url: string; suggestedFilename: string }) => {
        const item = new DownloadItem(fromChromium(url.replace(/^blob:/, '')), suggestedFilename);
        if (url.startsWith('blob:')) item.getURL = () => `blob:${fromChromium(url.slice(5))}`;
        item.savePath = join(folder, suggestedFilename);
        let prevented = false;
        this.emit('will-download', { preventDefault: () => (prevented = true) }, item);
        if (prevented) void root.send('Browser.cancelDownload', { guid }).catch(() => undefined);
      },
    );
  }
}

export const defaultSession = new PageSession();
export const session = { defaultSession };

export const protocol = {
  registerSchemesAsPrivileged(schemes: { scheme: string; privileges?: Record<string, boolean> }[]): void {
    for (const { scheme, privileges } of schemes) {
      if (!privileges?.standard || !privileges.secure)
        throw new Error(`The host can only stand in for standard, secure schemes; ${scheme} is not.`);
      if (privileges.bypassCSP) throw new Error(`${scheme} would bypass the content security policy.`);
    }
  },
  handle(scheme: string, answer: Answer): void {
    if (defaultSession.schemes.has(scheme)) throw new Error(`The scheme ${scheme} has a handler already.`);
    defaultSession.schemes.set(scheme, answer);
  },
  unhandle: (scheme: string): void => void defaultSession.schemes.delete(scheme),
  isProtocolHandled: (scheme: string): boolean => defaultSession.schemes.has(scheme),
};
