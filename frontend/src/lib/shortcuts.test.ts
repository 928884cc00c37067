import { beforeEach, describe, expect, it, vi } from 'vitest';
import { isShortcut } from '@/lib/shortcuts';

const search = { key: 'k', run: () => undefined };
const newChat = { key: 'o', shift: true, run: () => undefined };
const help = { key: '/', run: () => undefined };
const pressed = (key: string, code: string, held: Partial<KeyboardEventInit> = { ctrlKey: true }) => new KeyboardEvent('keydown', { key, code, ...held });
const onMachine = (platform: string) => { vi.stubGlobal('navigator', { platform }); };

beforeEach(() => { onMachine('Linux x86_64'); });

describe('isShortcut', () => {
  it('goes by what the key writes, in capitals too', () => {
    expect(isShortcut(pressed('k', 'KeyK'), search)).toBe(true);
    expect(isShortcut(pressed('K', 'KeyK'), search)).toBe(true);
    // Dvorak: K lies where V does elsewhere.
    expect(isShortcut(pressed('k', 'KeyV'), search)).toBe(true);
    expect(isShortcut(pressed('t', 'KeyK'), search)).toBe(false);
    expect(isShortcut(pressed('j', 'KeyJ'), search)).toBe(false);
  });

  it('goes by the place of the key where it writes another script', () => {
    expect(isShortcut(pressed('ن', 'KeyK'), search)).toBe(true);
    expect(isShortcut(pressed('ظ', 'Slash'), help)).toBe(true);
  });

  it('minds the shift key with letters, and not with signs, which may need it', () => {
    expect(isShortcut(pressed('O', 'KeyO', { ctrlKey: true, shiftKey: true }), newChat)).toBe(true);
    expect(isShortcut(pressed('o', 'KeyO'), newChat)).toBe(false);
    expect(isShortcut(pressed('K', 'KeyK', { ctrlKey: true, shiftKey: true }), search)).toBe(false);
    expect(isShortcut(pressed('/', 'Slash'), help)).toBe(true);
    expect(isShortcut(pressed('/', 'Digit7', { ctrlKey: true, shiftKey: true }), help)).toBe(true);
  });

  it('is Cmd on a Mac, and Ctrl elsewhere, alone', () => {
    const [ctrl, meta] = [pressed('k', 'KeyK'), pressed('k', 'KeyK', { metaKey: true })];
    expect([isShortcut(ctrl, search), isShortcut(meta, search)]).toEqual([true, false]);
    onMachine('MacIntel');
    expect([isShortcut(ctrl, search), isShortcut(meta, search)]).toEqual([false, true]);
    onMachine('Win32');
    // AltGr
    expect(isShortcut(pressed('k', 'KeyK', { ctrlKey: true, altKey: true }), search)).toBe(false);
    expect(isShortcut(pressed('k', 'KeyK', {}), search)).toBe(false);
    expect(isShortcut(pressed('k', 'KeyK', { ctrlKey: true, isComposing: true }), search)).toBe(false);
  });
});
