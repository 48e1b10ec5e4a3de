/** Loaded before the application's main script: gives it the host where it asks for Electron. */
import { registerHooks } from 'node:module';
import { home } from './chromium.ts';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: new URL('./electron.ts', import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
});
Object.assign(process, { resourcesPath: process.env.UNROLL_HOST_RESOURCES ?? home, type: 'browser' });
