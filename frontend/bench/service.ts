import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import type { Bot, Chat, Chats, History, Message, Passage } from '../src/api/types';
import { markdown, tokensOf } from './text';

/** What the service is to say. */
export interface Script {
  /** Folder of the built page. */
  page: string;
  /** Messages of the one chat. */
  messages: number;
  answer: string;
  /** So many tokens come at once, the others at `perSecond`. */
  atOnce: number;
  perSecond: number;
}

const CHAT = '00000000-0000-4000-8000-000000000001';
const BOT = '00000000-0000-4000-8000-000000000002';
const at = (index: number) => new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString();
const id = (index: number) => `10000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };

/** As strict as it gets. */
const POLICY = "default-src 'self'; img-src 'self' blob: data:; connect-src 'self'; object-src 'none'; base-uri 'none'";

const usage = { input_tokens: 1234, output_tokens: 50_000, estimated: false };
const passages = [1, 2, 3].map((number): Passage => ({ number, id: id(900_000 + number), knowledge_base_id: BOT, text: `Passage ${number}.`, source_type: 'text', source_uri: `source-${number}.md`, similarity: 0.8, is_cited: true }));
const message = (index: number, content: string): Message => {
  const isQuestion = index % 2 === 0;
  return {
    id: id(index), parent_id: index === 0 ? null : id(index - 1), alternatives: [], role: isQuestion ? 'user' : 'assistant', content, created_at: at(index), status: 'complete',
    model_id: 'bench', stop_reason: 'end_turn', error: null, attachments: [], usage: isQuestion ? null : usage, passages: isQuestion ? [] : passages,
  };
};
const chat: Chat = { id: CHAT, title: 'Long', bot_id: BOT, created_at: at(0), updated_at: at(0), is_archived: false, is_pinned: false };
const bot: Bot = {
  id: BOT, owner_id: 'u', name: 'Bench', description: 'Writes long answers.', model_id: 'bench', temperature: 0.7, max_tokens: 4096, rag_enabled: false, knowledge_base_ids: [],
  starters: [], tags: [], is_active: true, is_public: false, is_marketplace: false, is_pinned: false, is_starred: false, star_count: 0, use_count: 0, created_at: at(0), updated_at: at(0),
};

/** The least of the service that the page needs to show one chat, without a database: what is measured is the page. */
export function startService(script: Script): Promise<{ server: Server; url: string; chat: string }> {
  const stored = Array.from({ length: script.messages }, (_, index) =>
    message(index, index % 2 === 0 ? `Question ${index}: ${markdown(20, index + 1).slice(0, 90)}` : markdown(60 + (index % 7) * 60, index)));

  const answers: Record<string, (request: IncomingMessage, response: ServerResponse, url: URL) => void> = {
    'GET /config.json': json({ api: '/api/v1', region: 'local', user_pool_id: 'local_bench', client_id: 'bench', cognito_endpoint: null }),
    'GET /api/v1/users/me': json({ id: 'u', email: 'bench@mangoo.local', username: 'bench', full_name: 'Bench', role: 'user', is_active: true, created_at: at(0), last_login: null }),
    'GET /api/v1/bots': json([bot]),
    'GET /api/v1/chats': json({ items: [chat], next_cursor: null } satisfies Chats),
    [`GET /api/v1/chats/${CHAT}`]: json(chat),
    [`GET /api/v1/chat/history/${CHAT}`]: (_, response, url) => {
      const before = url.searchParams.get('before');
      const end = before === null ? stored.length : stored.findIndex((message) => message.id === before);
      json({ chat_id: CHAT, messages: stored.slice(Math.max(0, end - Number(url.searchParams.get('limit') ?? 1000)), end) } satisfies History)(_, response);
    },
    'POST /api/v1/chat/stream': (request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      const [question, answer] = [id(stored.length), id(stored.length + 1)];
      const tokens = tokensOf(script.answer);
      let bytes = 0;
      const send = (event: string, data: unknown) => response.write(`event: ${event}\nid: ${bytes}\ndata: ${JSON.stringify(data)}\n\n`);
      const say = (text: string) => {
        bytes += Buffer.byteLength(text);
        send('message', { type: 'content', content: text });
      };
      send('start', { type: 'start', chat_id: CHAT, message_id: answer, user_message_id: question });
      say(tokens.slice(0, script.atOnce).join(''));
      let sent = script.atOnce;
      const began = performance.now();
      const timer = setInterval(() => {
        const due = Math.min(tokens.length, script.atOnce + Math.floor(((performance.now() - began) / 1000) * script.perSecond));
        for (; sent < due; sent++) say(tokens[sent] ?? '');
        if (sent < tokens.length) return;
        clearInterval(timer);
        send('done', { type: 'done', chat_id: CHAT, message_id: answer, usage, stop_reason: 'end_turn', passages });
        response.end();
        stored.push(message(stored.length, 'Write.'), message(stored.length + 1, script.answer));
      }, 5);
      request.on('close', () => { clearInterval(timer); });
    },
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://bench');
    const answer = answers[`${request.method ?? ''} ${url.pathname}`];
    if (answer) answer(request, response, url);
    else if (url.pathname.startsWith('/api/')) json({ items: [], code: 'not_found', detail: url.pathname })(request, response, url);
    else {
      const file = join(script.page, url.pathname);
      const isFile = extname(url.pathname) !== '' && existsSync(file);
      response.writeHead(200, { 'content-type': types[isFile ? extname(file) : '.html'] ?? 'application/octet-stream', 'content-security-policy': POLICY });
      createReadStream(isFile ? file : join(script.page, 'index.html')).pipe(response);
    }
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ server, url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`, chat: CHAT });
    });
  });
}

const json = (body: unknown) => (_: IncomingMessage, response: ServerResponse, _url?: URL) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

/** What makes the page think that somebody is signed in. */
export function session(): Record<string, string> {
  const part = (data: unknown) => Buffer.from(JSON.stringify(data)).toString('base64url');
  const token = `${part({ alg: 'none' })}.${part({ sub: 'u', email: 'bench@mangoo.local', 'cognito:username': 'bench', exp: 4_000_000_000, iat: 1_700_000_000, token_use: 'id' })}.x`;
  const prefix = 'CognitoIdentityServiceProvider.bench';
  return {
    [`${prefix}.LastAuthUser`]: 'bench',
    [`${prefix}.bench.idToken`]: token,
    [`${prefix}.bench.accessToken`]: token,
    [`${prefix}.bench.refreshToken`]: 'x',
    [`${prefix}.bench.clockDrift`]: '0',
  };
}
