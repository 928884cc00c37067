/** What the service takes, checked before anything is sent. */
export const MOST_FILES = 10;
const MAX_IMAGE = 3_750_000;
const MAX_DOCUMENT = 4_500_000;
const IMAGES = /^image\/(png|jpeg|gif|webp)$/;
/** What is no text, and can't be attached: by its kind, or by its ending where a browser knows no kind. */
const REFUSED = /^(image|audio|video|font)\/|^application\/(zip|gzip|x-|vnd\.(?!openxmlformats-officedocument\.(wordprocessingml|spreadsheetml)))/;

export const isImage = ({ type }: { type: string }) => type.startsWith('image/');

/** For the browser's choice of files. */
export const ACCEPT = 'image/png,image/jpeg,image/gif,image/webp,.pdf,.docx,.xlsx,.csv,.html,.md,text/*,.json,.log';

export type Refusal = 'empty' | 'tooLarge' | 'unsupported';

/** Why a file can't be attached; null if it can. */
export function refusal({ type, size }: Pick<File, 'type' | 'size'>): Refusal | null {
  if (size === 0) return 'empty';
  if (!IMAGES.test(type) && REFUSED.test(type)) return 'unsupported';
  return size > (isImage({ type }) ? MAX_IMAGE : MAX_DOCUMENT) ? 'tooLarge' : null;
}
