import type admin from '@/locales/en/admin.json';
import type auth from '@/locales/en/auth.json';
import type bots from '@/locales/en/bots.json';
import type chat from '@/locales/en/chat.json';
import type common from '@/locales/en/common.json';
import type dashboard from '@/locales/en/dashboard.json';
import type editor from '@/locales/en/editor.json';
import type history from '@/locales/en/history.json';
import type knowledge from '@/locales/en/knowledge.json';
import type marketplace from '@/locales/en/marketplace.json';
import type settings from '@/locales/en/settings.json';
import type sharing from '@/locales/en/sharing.json';
import type shell from '@/locales/en/shell.json';
import type usage from '@/locales/en/usage.json';

/** The messages by their English ones: a key that is not there is a type error. */
declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    fallbackNS: 'common';
    resources: {
      admin: typeof admin;
      auth: typeof auth;
      bots: typeof bots;
      chat: typeof chat;
      common: typeof common;
      dashboard: typeof dashboard;
      editor: typeof editor;
      history: typeof history;
      knowledge: typeof knowledge;
      marketplace: typeof marketplace;
      settings: typeof settings;
      sharing: typeof sharing;
      shell: typeof shell;
      usage: typeof usage;
    };
  }
}
