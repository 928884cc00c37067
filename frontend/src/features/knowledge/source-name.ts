import { t } from 'i18next';
import type { Passage } from '@/api/types';

/** Where a passage is from: its file or address, or else that somebody added it. */
export const sourceName = ({ source_uri, source_type }: Pick<Passage, 'source_uri' | 'source_type'>) =>
  source_uri ?? (source_type === 'text' ? t('addedText') : t('addedAs', { type: source_type }));
