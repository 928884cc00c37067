import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useDraft } from '@/features/chat/use-draft';

const show = (chatId: string | undefined) => renderHook((id: string | undefined) => useDraft(id), { initialProps: chatId });

describe('a draft', () => {
  beforeEach(() => { sessionStorage.clear(); });
  afterEach(() => { vi.restoreAllMocks(); });

  it('is of its chat', () => {
    const { result, rerender } = show('a');
    act(() => { result.current.write('For a'); });
    rerender('b');
    expect(result.current.text).toBe('');
    act(() => { result.current.write('For b'); });
    rerender('a');
    expect(result.current.text).toBe('For a');
    expect(show('b').result.current.text).toBe('For b');
  });

  it('goes on in the chat that the new one becomes', () => {
    const { result, rerender } = show(undefined);
    act(() => { result.current.write('And '); });
    act(() => { result.current.moveTo('a'); });
    act(() => { result.current.write('And then?'); });
    rerender('a');
    expect(result.current.text).toBe('And then?');
    expect(show('a').result.current.text).toBe('And then?');
    rerender(undefined);
    expect(result.current.text).toBe('');
  });

  it('of a new chat stays there when another chat is opened', () => {
    const { result, rerender } = show(undefined);
    act(() => { result.current.write('New'); });
    act(() => { result.current.moveTo('a'); });
    rerender('b');
    expect(result.current.text).toBe('');
    rerender(undefined);
    expect(result.current.text).toBe('New');
    rerender('a');
    expect(result.current.text).toBe('');
  });

  it('has what was refused before what was typed meanwhile, also when its page is left', () => {
    const { result, rerender, unmount } = show('a');
    const { restore } = result.current;
    act(() => { result.current.write('The next'); });
    act(() => { restore('The first'); });
    expect(result.current.text).toBe('The first\n\nThe next');
    rerender('b');
    unmount();
    restore('Of all');
    expect(show('a').result.current.text).toBe('Of all\n\nThe first\n\nThe next');
  });

  it('is kept as long as the page where the browser stores nothing', () => {
    vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => { throw new DOMException('blocked'); });
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => { throw new DOMException('blocked'); });
    const { result, rerender } = show('blocked');
    act(() => { result.current.write('The next'); });
    rerender('other');
    rerender('blocked');
    act(() => { result.current.restore('The first'); });
    expect(result.current.text).toBe('The first\n\nThe next');
  });
});
