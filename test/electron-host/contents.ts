/** A window's page: its target in Chromium, the preload script's world in it, IPC and what it tries to do. */
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Devtools, Session } from './devtools.ts';
import { ipcMain, IpcMain, pack, unpack } from './ipc.ts';
import { defaultSession, fromChromium, toChromium } from './session.ts';
import { BINDING, pageWorld, preloadWorld, WORLD } from './world.ts';

interface FrameTree {
  frame: { id: string; url: string };
}
interface Paused {
  requestId: string;
  frameId: string;
  resourceType: string;
  request: { url: string; method: string };
}
interface FromPreload {
  kind: 'send' | 'invoke';
  call: number;
  channel: string;
  values: string;
}

/** Milliseconds that a popup is given to come up: one closed before leaves its opener waiting for it for ever. */
const POPUP = 300;

/** Node's own URL knows no origin of other schemes than the web's. */
const originOf = (url: string): string => /^\w+:\/\/[^/]+/.exec(url)?.[0] ?? 'null';

/** What Electron tells about the frame that a message is from. */
class Frame {
  url = 'about:blank';
  readonly parent = null;
  get origin(): string {
    return originOf(this.url);
  }
}

type OpenHandler = (details: { url: string; frameName: string; disposition: string }) => {
  action: 'allow' | 'deny';
};

let contentsSoFar = 0;

export class WebContents extends EventEmitter {
  readonly id = ++contentsSoFar;
  readonly ipc = new IpcMain();
  readonly mainFrame = new Frame();
  readonly session = defaultSession;
  readonly #preload: string;
  #page: Session | undefined;
  #root: Session | undefined;
  #target = '';
  #mainFrameId = '';
  #world: number | undefined;
  #destroyed = false;
  #open: OpenHandler = () => ({ action: 'allow' });
  /** An address that the application itself is going to: that is no navigation of the page's. */
  #going: string | null = null;

  constructor(preload: string) {
    super();
    this.#preload = preload;
  }

  async attach(browser: Devtools, size: { width: number; height: number }): Promise<void> {
    this.#root = browser.root;
    const { targetId } = await browser.root.send('Target.createTarget', { url: 'about:blank', ...size });
    this.#target = targetId as string;
    const { sessionId } = await browser.root.send('Target.attachToTarget', { targetId, flatten: true });
    const page = browser.session(sessionId as string);
    this.#page = page;
    this.#hear(page);
    for (const domain of ['Page', 'Runtime', 'Debugger', 'DOM', 'Inspector'])
      await page.send(`${domain}.enable`);
    const { frameTree } = await page.send('Page.getFrameTree');
    this.#mainFrameId = (frameTree as FrameTree).frame.id;
    await page.send('Page.setLifecycleEventsEnabled', { enabled: true });
    await page.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
    await page.send('Runtime.addBinding', { name: BINDING, executionContextName: WORLD });
    await this.#installWorlds(page);
  }

  async #installWorlds(page: Session): Promise<void> {
    const secret = JSON.stringify(randomBytes(8).toString('hex'));
    await page.send('Page.addScriptToEvaluateOnNewDocument', {
      source: `(${pageWorld.toString()})(${secret})`,
    });
    const code = readFileSync(this.#preload, 'utf8');
    await page.send('Page.addScriptToEvaluateOnNewDocument', {
      worldName: WORLD,
      source: `(${preloadWorld.toString()})(${secret}, '${BINDING}', (require, module) => {
        const exports = module.exports;
        ${code}
      })`,
    });
  }

  #hear(page: Session): void {
    page.on('Fetch.requestPaused', (paused: Paused) => void this.#answer(page, paused));
    page.on('Runtime.executionContextCreated', ({ context }) => {
      const { id, name, auxData } = context as { id: number; name: string; auxData: { frameId: string } };
      if (name === WORLD && auxData.frameId === this.#mainFrameId) this.#world = id;
    });
    page.on('Runtime.bindingCalled', ({ payload, executionContextId }) => {
      if (executionContextId === this.#world) this.#receive(JSON.parse(payload as string) as FromPreload);
    });
    page.on('Debugger.paused', ({ callFrames }) => void this.#tellPath(page, callFrames[0].callFrameId));
    page.on('Page.frameNavigated', ({ frame }: { frame: { parentId?: string; url: string } }) => {
      if (frame.parentId !== undefined) return;
      this.mainFrame.url = fromChromium(frame.url);
      if (frame.url !== 'about:blank') this.emit('did-navigate', {}, this.mainFrame.url, 200, 'OK');
    });
    page.on('Page.navigatedWithinDocument', ({ url }: { url: string }) => {
      this.mainFrame.url = fromChromium(url);
      this.emit('did-navigate-in-page', {}, this.mainFrame.url, true);
    });
    page.on('Page.frameStartedLoading', ({ frameId }) => {
      if (frameId === this.#mainFrameId) this.emit('did-start-loading');
    });
    page.on('Page.domContentEventFired', () => this.emit('dom-ready', {}));
    page.on('Page.loadEventFired', () => {
      this.emit('did-finish-load');
      this.emit('did-stop-loading');
    });
    page.on('Inspector.targetCrashed', () => {
      this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 });
    });
    page.on('Page.windowOpen', (opened: { url: string; windowName: string }) => {
      const details = { url: fromChromium(opened.url), frameName: opened.windowName };
      const { action } = this.#open({ ...details, disposition: 'new-window' });
      if (action === 'deny') this.#closeNextPopup();
    });
  }

  /** Chromium has opened it already; in Electron it would never have been. */
  #closeNextPopup(): void {
    this.#root?.once('Target.targetCreated', ({ targetInfo }) => {
      const { targetId, openerId } = targetInfo as { targetId: string; openerId?: string };
      if (openerId !== this.#target) return;
      setTimeout(
        () => void this.#root?.send('Target.closeTarget', { targetId }).catch(() => {}),
        POPUP,
      ).unref();
    });
  }

  async #answer(page: Session, { requestId, frameId, resourceType, request }: Paused): Promise<void> {
    const url = fromChromium(request.url);
    const isMainFrame = frameId === this.#mainFrameId;
    if (resourceType === 'Document' && !this.#isGoing(url)) {
      let prevented = false;
      const event = { url, isMainFrame, preventDefault: () => (prevented = true) };
      this.emit('will-frame-navigate', event);
      if (isMainFrame) this.emit('will-navigate', event, url);
      if (prevented) return void page.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
    }
    const details = { url, method: request.method, resourceType };
    await defaultSession.fulfil(page, requestId, details).catch(() => undefined);
  }

  #isGoing(url: string): boolean {
    const going = this.#going !== null && url.split('#')[0] === this.#going.split('#')[0];
    if (going) this.#going = null;
    return going;
  }

  /** A pause in `getPathForFile`: only Chromium itself knows where a file is. */
  async #tellPath(page: Session, callFrameId: string): Promise<void> {
    const inFrame = (expression: string) =>
      page.send('Debugger.evaluateOnCallFrame', { callFrameId, expression });
    const { result } = await inFrame('answer.file');
    const { path } = await page.send('DOM.getFileInfo', { objectId: result.objectId });
    await inFrame(`answer.path = ${JSON.stringify(path)}`);
    await page.send('Debugger.resume');
  }

  #receive({ kind, call, channel, values }: FromPreload): void {
    const event = { sender: this, senderFrame: this.mainFrame, processId: process.pid, frameId: 1 };
    const given = unpack(values);
    if (kind === 'send') {
      for (const ipc of [this.ipc, ipcMain]) ipc.emit(channel, event, ...given);
      return;
    }
    const ipc = [this.ipc, ipcMain].find((one) => one.handles(channel)) ?? ipcMain;
    ipc.answer(channel, event, given).then(
      (value) => this.#run(`hostAnswers(${call}, ${JSON.stringify(pack([value]))}, null)`),
      (error: unknown) => {
        const message = `Error invoking remote method '${channel}': ${String(error)}`;
        this.#run(`hostAnswers(${call}, '[]', ${JSON.stringify(message)})`);
      },
    );
  }

  #run(expression: string): void {
    if (this.#world === undefined || this.#destroyed) return;
    const sent = this.#page?.send('Runtime.evaluate', { expression, contextId: this.#world });
    // The page may have gone meanwhile.
    sent?.catch(() => undefined);
  }

  send(channel: string, ...values: unknown[]): void {
    if (this.#destroyed) throw new TypeError('Object has been destroyed');
    this.#run(`hostDelivers(${JSON.stringify(channel)}, ${JSON.stringify(pack(values))})`);
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#open = handler;
  }

  async loadURL(url: string): Promise<void> {
    await defaultSession.applyPermissions(this.#root!, this, originOf(url));
    this.#going = url;
    const { errorText } = await this.#page!.send('Page.navigate', { url: toChromium(url) });
    if (!errorText) return;
    this.emit('did-fail-load', {}, -2, errorText, url, true);
    throw new Error(`${errorText} loading '${url}'`);
  }

  reload(): void {
    this.#going = this.mainFrame.url;
    void this.#page?.send('Page.reload');
  }

  async executeJavaScript(expression: string): Promise<unknown> {
    const answer = await this.#page!.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
      userGesture: true,
    });
    if (answer.exceptionDetails) throw new Error(String(answer.exceptionDetails.exception?.description));
    return answer.result.value as unknown;
  }

  forcefullyCrashRenderer(): void {
    this.#page?.send('Page.crash').catch(() => undefined);
  }

  getURL = (): string => this.mainFrame.url;
  getOSProcessId = (): number => process.pid;
  isDestroyed = (): boolean => this.#destroyed;
  isLoading = (): boolean => false;
  focus(): void {}

  async destroy(): Promise<void> {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.emit('destroyed');
    await this.#root?.send('Target.closeTarget', { targetId: this.#target }).catch(() => undefined);
  }
}
