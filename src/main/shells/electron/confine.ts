/**
 * What no page may do, whatever it contains: leave, open windows, reach the network, use devices, or save what we did not
 * make. It holds for every page of the process, also for one that gets in by a mistake of ours.
 */
import { app, dialog, session, shell, type Session, type WebContents } from 'electron';
import { ORIGIN } from './page.ts';

/** The page copies and pastes models and tables; Chromium itself asks for a click or a key first. */
const GRANTED: readonly string[] = ['clipboard-sanitized-write', 'clipboard-read'];

/** What a page may load besides our own files: what it made itself, and the developer tools. */
const LOCAL = /^(?:app:\/\/unroll\/|blob:|data:|devtools:)/;

function isOurs(address: string): boolean {
  return address === ORIGIN || address.startsWith(`${ORIGIN}/`);
}

function denyPermissions(pages: Session): void {
  pages.setPermissionRequestHandler((_contents, permission, decide, { requestingUrl }) =>
    decide(GRANTED.includes(permission) && isOurs(requestingUrl)),
  );
  pages.setPermissionCheckHandler(
    (_contents, permission, origin) => GRANTED.includes(permission) && isOurs(origin),
  );
  pages.setDevicePermissionHandler(() => false);
}

function denyNetwork(pages: Session): void {
  pages.webRequest.onBeforeRequest(({ url }, decide) => decide({ cancel: !LOCAL.test(url) }));
  // Spelling dictionaries would be downloaded.
  pages.setSpellCheckerEnabled(false);
  pages.on('will-download', (event, item) => {
    if (!item.getURL().startsWith(`blob:${ORIGIN}/`)) event.preventDefault();
  });
}

/** A link in a note: shown as it is, and opened in the user's browser only if the user says so. */
async function offerToOpen(address: string): Promise<void> {
  if (!/^https?:$/.test(URL.parse(address)?.protocol ?? '')) return;
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: 'Open this address in your browser?',
    detail: address.slice(0, 2000),
    buttons: ['Cancel', 'Open'],
    defaultId: 0,
    cancelId: 0,
  });
  if (response === 1) await shell.openExternal(new URL(address).href);
}

function keepInPlace(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    void offerToOpen(url);
    return { action: 'deny' };
  });
}

/** Once the app is ready, before its first window. */
export function confinePages(): void {
  denyPermissions(session.defaultSession);
  denyNetwork(session.defaultSession);
  app.on('web-contents-created', (_event, contents) => keepInPlace(contents));
}
