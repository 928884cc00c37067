import tailwindcss from '@tailwindcss/vite';
import { tanstackRouter } from '@tanstack/router-plugin/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Where `npm run dev` sends the service's paths, e.g. the address that `cargo dev` prints.
const service = process.env.MANGOO_API;

export default defineConfig({
  plugins: [
    tanstackRouter({ target: 'react', autoCodeSplitting: true }),
    react(),
    tailwindcss(),
  ],
  resolve: { tsconfigPaths: true },
  // amazon-cognito-identity-js brings Node's `buffer`, which names the global object so.
  define: { global: 'globalThis' },
  // Fonts come from our own address, which is where a strict policy wants them, not from within a style sheet.
  build: { assetsInlineLimit: (file) => (/\.(?:woff2?|ttf)$/.test(file) ? false : undefined) },
  server: service ? { proxy: { '/api': service, '/config.json': service } } : {},
});
