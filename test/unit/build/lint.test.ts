/** Each of our own lint rules finds what it is there for, and lets the way it asks for pass. */
import { Linter } from 'eslint';
import { expect, test } from 'vitest';
import { security } from '../../../build/lint/security.ts';

/** What a rule says of some code, without its words. */
function found(name: string, code: string): number {
  const linter = new Linter();
  const messages = linter.verify(code, {
    plugins: { security },
    rules: { [`security/${name}`]: 'error' },
  });
  for (const { ruleId, message } of messages)
    expect([ruleId, message]).toEqual([`security/${name}`, message]);
  return messages.length;
}

const PREFERENCES = 'contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true';

const CASES: [rule: string, bad: string[], good: string[]][] = [
  [
    'window-preferences',
    [
      'new BrowserWindow();',
      'new BrowserWindow({ webPreferences: { sandbox: true } });',
      `new BrowserWindow({ webPreferences: { ${PREFERENCES.replace('sandbox: true', 'sandbox: false')} } });`,
      `new electron.BrowserWindow({ webPreferences: { ${PREFERENCES}, webviewTag: true } });`,
    ],
    [`new BrowserWindow({ webPreferences: { preload, ${PREFERENCES} } });`],
  ],
  [
    'ipc-in-one-place',
    ["ipcMain.on('a', f);", "ipcMain.handle('a', f);", "contents.ipc.handle('a', f);"],
    ['receiveFrames(contents, f);', "app.on('ready', f);"],
  ],
  [
    'no-code-from-text',
    [
      'eval(text);',
      "new Function('a', text);",
      "setTimeout('go()', 1);",
      'element.innerHTML = text;',
      "element.insertAdjacentHTML('beforeend', text);",
      'frame.srcdoc = text;',
      'document.write(text);',
    ],
    ['setTimeout(() => go(), 1);', 'element.textContent = text;', 'stream.write(text);'],
  ],
  [
    'no-shell',
    ["import { exec } from 'node:child_process';", 'spawn(a, [], { shell: true });'],
    ["import { spawn } from 'node:child_process';", "open({ shell: 'electron' });"],
  ],
  [
    'strict-policy',
    [`const p = "style-src 'self' 'unsafe-inline'";`, "const p = 'connect-src *';"],
    [`const p = "script-src 'self'";`],
  ],
  [
    'bridge-of-functions',
    [
      "contextBridge.exposeInMainWorld('unroll', ipcRenderer);",
      "contextBridge.exposeInMainWorld('unroll', { ipc: ipcRenderer });",
      "contextBridge.exposeInMainWorld('unroll', { send: ipcRenderer.send });",
    ],
    ["contextBridge.exposeInMainWorld('unroll', { send: (bytes) => ipcRenderer.send('unroll', bytes) });"],
  ],
  ['confirmed-address', ['shell.openExternal(url);'], ['offerToOpen(url);']],
  [
    'secrets-in-constant-time',
    ['if (given === token) go();', 'if (request.token !== expected) stop();'],
    ['if (timingSafeEqual(given, token)) go();', 'if (token === undefined) stop();'],
  ],
  [
    'no-network',
    ["fetch('https://a.example');", "import { get } from 'node:https';", 'new XMLHttpRequest();'],
    ['class A { #fetch() {} go() { this.#fetch(); } }', "import { join } from 'node:path';"],
  ],
];

test.each(CASES)('%s', (rule, bad, good) => {
  for (const code of bad) expect([code, found(rule, code)]).toEqual([code, 1]);
  for (const code of good) expect([code, found(rule, code)]).toEqual([code, 0]);
});

test('every rule is shown to work', () => {
  expect(CASES.map(([name]) => name).sort()).toEqual(Object.keys(security.rules).sort());
});
