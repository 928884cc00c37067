import '@testing-library/jest-dom/vitest';
import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';
import { startI18n } from '@/lib/i18n';

// All domains at once, so that no component has to wait for its messages.
const domains = Object.keys(import.meta.glob('/src/locales/en/*.json')).map((path) => path.replace(/.*\/(.*)\.json$/, '$1'));
await startI18n(domains);
// And what floats, so that it is there as soon as it is opened.
for (const load of Object.values(import.meta.glob('/src/components/ui/*-content.tsx'))) await load();

afterEach(cleanup);
