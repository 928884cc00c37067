import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '@/lib/language';

interface Messages { [key: string]: string | Messages }

const files = import.meta.glob<Messages>('/src/locales/*/*.json', { eager: true, import: 'default' });
const PLURAL = /_(zero|one|two|few|many|other)$/;

/** A language's messages by `domain:key.of.it`. */
function messagesOf(language: string): Map<string, string> {
  const found = new Map<string, string>();
  const collect = (messages: Messages, before: string) => {
    for (const [key, message] of Object.entries(messages)) {
      if (typeof message === 'string') found.set(before + key, message);
      else collect(message, `${before}${key}.`);
    }
  };
  for (const [path, messages] of Object.entries(files)) {
    const [, of, domain] = /locales\/(\w+)\/(\w+)\.json$/.exec(path) ?? [];
    if (of === language) collect(messages, `${domain ?? ''}:`);
  }
  return found;
}

const english = messagesOf('en');

/** The English message that a key of another language translates. */
const source = (key: string) => english.get(key) ?? english.get(key.replace(PLURAL, '_other')) ?? '';

const variables = (text: string) => text.match(/\{\{[^}]*\}\}/g)?.sort() ?? [];
const tags = (text: string) => text.match(/<[^>]*>/g)?.sort() ?? [];

/** Whether a plural form stands for one number alone, as `one` does in German, and so may spell it out. */
function isOneNumber(language: string, key: string) {
  const form = PLURAL.exec(key)?.[1];
  const rules = new Intl.PluralRules(language);
  return form !== undefined && Array.from({ length: 1000 }, (_, n) => rules.select(n)).filter((category) => category === form).length === 1;
}

/** What a language rightly says as English does. */
const alike: Record<string, RegExp> = {
  es: /^(admin:(tab\.bots|column\.(bots?|chats)$|users\.chats|bots\.marketplace)|editor:temperature\.value|marketplace:(bots|chats)|knowledge:kind|shell:(bots|chats|marketplace|keys\.(ctrl|esc))|history:(chats|section\.chats)|dashboard:bots|bots:(title|badge\.marketplace)|chat:(usage\.show|suggest\.bots)|marketplace:title)/,
  de: /^(admin:(tab\.bots|column\.(agent|bots?|chats)$|users\.chats)|editor:(temperature\.value|versions\.one|field\.name)|marketplace:bots|knowledge:(kind|addText\.text|document\.text)|common:name|auth:code$|shell:(bots|chats|keys\.(enter|esc))|history:(chats|section\.chats)|dashboard:bots|bots:title|chat:(usage\.show|suggest\.bots))/,
  ja: /^(knowledge:kind|shell:keys\.(ctrl|shift|enter|esc|del)$)/,
  ar: /^(knowledge:kind|shell:keys\.(ctrl|shift|enter|esc|del)$)/,
};

describe.each(LANGUAGES)('the messages in %s', (language) => {
  const messages = messagesOf(language);

  it('are those in English, in all plural forms of the language', () => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const keys = Array.from(english.keys(), (key) => (PLURAL.test(key) ? forms.map((form) => key.replace(PLURAL, `_${form}`)) : key)).flat();
    expect([...messages.keys()].sort()).toEqual([...new Set(keys)].sort());
  });

  it('are not empty', () => {
    expect([...messages].filter(([, message]) => message.trim() === '')).toEqual([]);
  });

  it('have the variables and tags of the English ones', () => {
    const unlike = [...messages].filter(([key, message]) => {
      const counts = isOneNumber(language, key) ? variables(source(key)).filter((variable) => variable.startsWith('{{count') && !message.includes(variable)) : [];
      const expected = variables(source(key)).filter((variable) => !counts.includes(variable));
      return String(variables(message)) !== String(expected) || String(tags(message)) !== String(tags(source(key)));
    });
    expect(unlike).toEqual([]);
  });

  it.skipIf(language === 'en')('are translated', () => {
    expect([...messages].filter(([key, message]) => message === source(key) && !alike[language]?.test(key))).toEqual([]);
  });
});
