/**
 * Lint rules of our own that keep the application safe to open files with, after Electron's security checklist. Each says in
 * its message what to do instead; `test/unit/build/lint.test.ts` shows what each one finds.
 */
import type { Rule } from 'eslint';

/** As much of a syntax tree's node as the rules look at. */
interface Node {
  type: string;
  name?: string;
  value?: unknown;
  object?: Node;
  property?: Node;
  key?: Node;
  properties?: readonly Node[];
}

function rule(
  message: string,
  create: (report: (node: unknown, text?: string) => void) => Rule.RuleListener,
) {
  return {
    meta: { type: 'problem', schema: [], messages: { found: '{{text}}' } },
    create: (context) =>
      create((node, text = message) =>
        context.report({ node: node as Rule.Node, messageId: 'found', data: { text } }),
      ),
  } satisfies Rule.RuleModule;
}

/** `name` of `name` and of `anything.name`. */
function nameOf(node: Node): string {
  return node.name ?? node.property?.name ?? '';
}

function property(object: Node, name: string): Node | undefined {
  return object.properties?.find(({ key }) => key?.name === name || key?.value === name);
}

const literal = (node: unknown): unknown => {
  const { type, value } = (node ?? {}) as Partial<Node>;
  return type === 'Literal' ? value : undefined;
};

const REQUIRED: Readonly<Record<string, boolean>> = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  webSecurity: true,
};
const NEVER = [
  'nodeIntegrationInWorker',
  'nodeIntegrationInSubFrames',
  'allowRunningInsecureContent',
  'experimentalFeatures',
  'enableBlinkFeatures',
  'webviewTag',
];

function unsafePreference(preferences: Node): string | undefined {
  const wrong = Object.entries(REQUIRED).find(
    ([name, wanted]) => literal(property(preferences, name)?.value) !== wanted,
  );
  if (wrong) return `State ${wrong[0]}: ${wrong[1]} in webPreferences.`;
  const never = NEVER.find((name) => property(preferences, name));
  return never && `Leave ${never} out of webPreferences.`;
}

const windowPreferences = rule('Give the window webPreferences as an object.', (report) => ({
  NewExpression({ callee, arguments: [options] }) {
    if (!/^(BrowserWindow|WebContentsView)$/.test(nameOf(callee))) return;
    const preferences = options && (property(options, 'webPreferences')?.value as Node | undefined);
    if (preferences?.type !== 'ObjectExpression') return report(callee);
    const problem = unsafePreference(preferences);
    if (problem) report(preferences, problem);
  },
}));

const ipcInOnePlace = rule(
  'Listen to pages through shells/electron/ipc.ts, which checks the sender.',
  (report) => {
    const LISTENERS = ['on', 'once', 'handle', 'handleOnce', 'addListener'];
    return {
      CallExpression({ callee }) {
        if (callee.type !== 'MemberExpression' || !LISTENERS.includes(nameOf(callee))) return;
        if (/^(ipcMain|ipc)$/.test(nameOf(callee.object))) report(callee);
      },
    };
  },
);

const noCodeFromText = rule(
  'Text must not become code or markup: build elements, call functions.',
  (report) => {
    const CALLS = ['eval', 'insertAdjacentHTML', 'createContextualFragment', 'setHTMLUnsafe', 'writeln'];
    const MEMBERS = ['innerHTML', 'outerHTML', 'srcdoc'];
    return {
      CallExpression({ callee, arguments: [first] }) {
        const name = nameOf(callee);
        const timer = /^set(Timeout|Interval)$/.test(name) && typeof literal(first) === 'string';
        const { object }: Node = callee;
        const write = name === 'write' && object?.name === 'document';
        if (CALLS.includes(name) || timer || write) report(callee);
      },
      NewExpression({ callee }) {
        if (nameOf(callee) === 'Function') report(callee);
      },
      AssignmentExpression({ left }) {
        if (left.type === 'MemberExpression' && MEMBERS.includes(nameOf(left))) report(left);
      },
    };
  },
);

const noShell = rule(
  'Start the program itself with a list of arguments: a shell reads them anew.',
  (report) => ({
    ImportDeclaration({ source, specifiers }) {
      if (!/^(node:)?child_process$/.test(String(source.value))) return;
      for (const specifier of specifiers) {
        const { name }: Partial<Node> =
          specifier.type === 'ImportSpecifier' ? specifier.imported : { name: '*' };
        if (name === 'exec' || name === 'execSync' || name === '*') report(specifier);
      }
    },
    Property(node) {
      // A flag of `spawn`; elsewhere the word names how the application is shown.
      if (nameOf(node.key) === 'shell' && literal(node.value) === true) report(node);
    },
  }),
);

const strictPolicy = rule(
  "The content security policy has no 'unsafe-…' and no wildcard source.",
  (report) => {
    const UNSAFE =
      /'unsafe-(inline|eval|hashes)'|^(default|script|style|connect|frame|object|worker)-src .*\*/;
    return {
      Literal(node) {
        if (typeof node.value === 'string' && UNSAFE.test(node.value)) report(node);
      },
      TemplateElement(node) {
        if (UNSAFE.test(node.value.raw)) report(node);
      },
    };
  },
);

/** Functions of a preload script may pass values on, never Electron's own objects. */
const bridgeOfFunctions = rule(
  'Expose functions of ours only: never an object or event of Electron.',
  (report) => ({
    CallExpression({ callee, arguments: [, api] }) {
      if (nameOf(callee) !== 'exposeInMainWorld') return;
      if (api?.type !== 'ObjectExpression') return report(callee);
      for (const member of api.properties as readonly Node[]) {
        const value = member.value as Node | undefined;
        if (!/^(Arrow)?FunctionExpression$/.test(value?.type ?? '')) report(member);
      }
    },
  }),
);

const confirmedAddress = rule(
  'Open addresses through shells/electron/confine.ts, which asks the user.',
  (report) => ({
    CallExpression({ callee }) {
      if (nameOf(callee) === 'openExternal') report(callee);
    },
  }),
);

const secretsInConstantTime = rule('Compare secrets with timingSafeEqual.', (report) => ({
  BinaryExpression(node) {
    if (!/^[!=]==?$/.test(node.operator)) return;
    const compared: Node[] = [node.left, node.right];
    const isSecret = (side: Node) => /^(token|secret|password|digest)$/i.test(nameOf(side));
    const withNothing = compared.some(({ type, name }) => type === 'Literal' || name === 'undefined');
    if (!withNothing && compared.some(isSecret)) report(node);
  },
}));

const noNetwork = rule(
  'Nothing here reaches for the network; the server in shells/serve only answers.',
  (report) => ({
    CallExpression({ callee }) {
      if (callee.type === 'Identifier' && callee.name === 'fetch') report(callee);
    },
    NewExpression({ callee }) {
      if (/^(XMLHttpRequest|EventSource)$/.test(nameOf(callee))) report(callee);
    },
    ImportDeclaration(node) {
      if (/^(node:)?(https?|http2|dgram|dns|tls)(\/|$)/.test(String(node.source.value))) report(node);
    },
  }),
);

export const security = {
  rules: {
    'window-preferences': windowPreferences,
    'ipc-in-one-place': ipcInOnePlace,
    'no-code-from-text': noCodeFromText,
    'no-shell': noShell,
    'strict-policy': strictPolicy,
    'bridge-of-functions': bridgeOfFunctions,
    'confirmed-address': confirmedAddress,
    'secrets-in-constant-time': secretsInConstantTime,
    'no-network': noNetwork,
  },
};
