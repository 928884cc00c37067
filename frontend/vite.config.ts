import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import { tanstackRouter } from '@tanstack/router-plugin/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

// Where `npm run dev` sends the service's paths, e.g. the address that `cargo dev` prints.
const service = process.env.MANGOO_API;

/** KaTeX brings each of its fonts three times; every browser that shows this page takes the first. */
const woff2Only = (): Plugin => ({
  name: 'woff2-only',
  enforce: 'pre',
  transform: (code, id) => (/katex.*\.css/.test(id) ? code.replace(/,url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, '') : undefined),
});

export default defineConfig({
  plugins: [
    tanstackRouter({
      target: 'react',
      autoCodeSplitting: true,
      // What a route loads comes with what it shows, so that the first load has neither.
      codeSplittingOptions: { defaultBehavior: [['loader', 'component'], ['errorComponent'], ['notFoundComponent']] },
    }),
    react(),
    tailwindcss(),
    woff2Only(),
  ],
  build: {
    // Fonts come from our own address, which is where a strict policy wants them, not from within a style sheet.
    assetsInlineLimit: (file) => (/\.(?:woff2?|ttf)$/.test(file) ? false : undefined),
    // All browsers that the page is for preload modules by themselves.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          // One file compresses better than many, and costs one request.
          groups: [
            { name: 'start', tags: ['$initial'], priority: 3 },
            { name: 'app', test: /node_modules\/(@tanstack|openapi-fetch|use-sync-external-store)\//, priority: 2 },
            // What the sign-in shares with these, of which it is to load nothing else.
            { name: 'parts', test: /icons\/(check|copy)\.mjs|components\/(logo|ui\/(field|on-demand))\.tsx|lib\/(use-copy|lazy-module|toasts|shared-value)\.ts/, priority: 1 },
            // Each with all that it imports and that no group above has: first what stands around every page.
            { name: 'frame', test: /routes\/_app\.tsx\?tsr-split=|features\/chat\/answers\.ts/ },
            { name: 'chat', test: /features\/chat\/conversation\.tsx/ },
            { name: 'messages', test: /features\/chat\/(message-list|markdown\/markdown)\.tsx/ },
          ],
        },
      },
    },
  },
  resolve: {
    tsconfigPaths: true,
    alias: [
      { find: 'react-style-singleton', replacement: fileURLToPath(new URL('src/lib/style-singleton.ts', import.meta.url)) },
      // What markdown-it takes of them, the browser knows.
      { find: /^entities$/, replacement: fileURLToPath(new URL('src/lib/entities.ts', import.meta.url)) },
      { find: /^punycode\.js$/, replacement: fileURLToPath(new URL('src/lib/punycode.ts', import.meta.url)) },
      { find: /^uc\.micro$/, replacement: fileURLToPath(new URL('src/lib/uc-micro.ts', import.meta.url)) },
    ],
  },
  // amazon-cognito-identity-js brings Node's `buffer`, which names the global object so.
  define: { global: 'globalThis' },
  server: service ? { proxy: { '/api': service, '/config.json': service } } : {},
});
