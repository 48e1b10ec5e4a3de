/** Our own rules for the linter's configuration: all of them over all of `src`, each but where it has its one exception. */
import { security } from './security.ts';

const everywhere = Object.keys(security.rules).map((name) => [`security/${name}`, 'error'] as const);

export const securityConfiguration = [
  {
    files: ['src/**/*.ts', 'src/**/*.svelte'],
    plugins: { security },
    rules: Object.fromEntries(everywhere),
  },
  { files: ['src/main/shells/electron/ipc.ts'], rules: { 'security/ipc-in-one-place': 'off' } },
  { files: ['src/main/shells/electron/confine.ts'], rules: { 'security/confirmed-address': 'off' } },
  // The page sends files to the server it came from, and asks whether that knows it; the policy lets it reach no other.
  {
    files: [
      'src/renderer/client/transport.ts',
      'src/renderer/exports/bring.ts',
      'src/renderer/screens/data/imports.svelte.ts',
    ],
    rules: { 'security/no-network': 'off' },
  },
];
