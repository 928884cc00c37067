import { defineConfig } from 'vitest/config';

// Tests that talk to a running stand-in; kept out of `npm test`, which needs nothing but Node.
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    environment: 'node',
    include: ['src/**/*.integration.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
