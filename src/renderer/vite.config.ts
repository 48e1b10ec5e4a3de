/** The renderer's build: one page, every font and script shipped, nothing inline (the content security policy forbids it). */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * Elements that stand in no box have that as an inline style in some components' templates, which the policy refuses: they get
 * an attribute that `base.css` knows.
 */
const withoutInlineStyles: Plugin = {
  name: 'without-inline-styles',
  renderChunk: (code) => ({
    code: code.replaceAll(/ style="display: contents;?"/g, ' data-boxless'),
    map: null,
  }),
};

export default defineConfig({
  root: here,
  base: './',
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } }), withoutInlineStyles],
  optimizeDeps: { exclude: ['bits-ui', '@lucide/svelte', 'virtua', 'svelte-sonner'] },
  build: {
    outDir: fileURLToPath(new URL('../../dist/renderer', import.meta.url)),
    emptyOutDir: true,
    target: 'chrome130',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
});
