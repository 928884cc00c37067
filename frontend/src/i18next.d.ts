import type auth from '@/locales/en/auth.json';
import type bots from '@/locales/en/bots.json';
import type chat from '@/locales/en/chat.json';
import type common from '@/locales/en/common.json';
import type dashboard from '@/locales/en/dashboard.json';
import type editor from '@/locales/en/editor.json';
import type knowledge from '@/locales/en/knowledge.json';
import type marketplace from '@/locales/en/marketplace.json';
import type shell from '@/locales/en/shell.json';

/** The messages by their English ones: a key that is not there is a type error. */
declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    fallbackNS: 'common';
    resources: {
      auth: typeof auth;
      bots: typeof bots;
      chat: typeof chat;
      common: typeof common;
      dashboard: typeof dashboard;
      editor: typeof editor;
      knowledge: typeof knowledge;
      marketplace: typeof marketplace;
      shell: typeof shell;
    };
  }
}
