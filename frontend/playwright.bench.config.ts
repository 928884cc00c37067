import { defineConfig } from '@playwright/test';
import base from './playwright.config';

// Measures how smooth the built page is: `npm run build && npm run bench`. A measurement, not a test; a
// trace of the test would be measured too.
const { globalSetup, use, ...shared } = base;
void globalSetup;

export default defineConfig({ ...shared, testDir: 'bench', testMatch: '*.bench.ts', outputDir: 'test-results/bench', timeout: 600_000, use: { ...use, trace: 'off', screenshot: 'off' } });
