import { describe, expect, it } from 'vitest';
import { refusal } from '@/features/chat/attachments/limits';

describe('what can be attached', () => {
  it.each([
    ['image/png', 3_750_000, null],
    ['image/png', 3_750_001, 'tooLarge'],
    ['image/svg+xml', 100, 'unsupported'],
    ['image/heic', 100, 'unsupported'],
    ['application/pdf', 4_500_000, null],
    ['application/pdf', 4_500_001, 'tooLarge'],
    ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 100, null],
    ['application/vnd.openxmlformats-officedocument.presentationml.presentation', 100, 'unsupported'],
    ['application/zip', 100, 'unsupported'],
    ['video/mp4', 100, 'unsupported'],
    ['application/json', 100, null],
    ['text/x-rust', 100, null],
    // A browser that knows no kind leaves it to the service.
    ['', 100, null],
    ['text/plain', 0, 'empty'],
  ])('%s of %i bytes: %s', (type, size, expected) => {
    expect(refusal({ type, size })).toBe(expected);
  });
});
