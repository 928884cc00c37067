-- The platform's first tables. Every table with a tenant_id has forced row-level security:
-- a connection sees the rows of the tenant in its setting `app.tenant`, and none without it.

create extension if not exists vector;

-- What the service connects as. It owns nothing and cannot bypass row-level security.
-- Whoever migrates sets its password (roles belong to the server, not to the database,
-- so another database of the same server may have made it already).
do $$
begin
  create role mangoo_service login nosuperuser nobypassrls nocreatedb nocreaterole;
exception
  when duplicate_object or unique_violation then null;
end
$$;

create table tenants (
  id text primary key check (length(id) between 1 and 128),
  created_at timestamptz not null default now()
);
insert into tenants (id) values ('default');

create table users (
  tenant_id text not null references tenants,
  id text not null, -- the Cognito `sub`
  email text not null,
  username text not null,
  full_name text,
  role text not null check (role in ('admin', 'user')),
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  last_login timestamptz not null default now(),
  primary key (tenant_id, id)
);

create table knowledge_bases (
  id uuid primary key,
  tenant_id text not null references tenants,
  owner_id text not null,
  name text not null,
  description text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index on knowledge_bases (tenant_id, owner_id, id desc);

create table knowledge_chunks (
  id uuid primary key,
  tenant_id text not null references tenants,
  knowledge_base_id uuid not null references knowledge_bases on delete cascade,
  text text not null,
  source_type text not null,
  source_uri text,
  chunk_index integer not null,
  metadata jsonb not null default '{}',
  embedding vector(1024) not null,
  created_at timestamptz not null default now()
);
create index on knowledge_chunks (knowledge_base_id);

create table bots (
  id uuid primary key,
  tenant_id text not null references tenants,
  owner_id text not null,
  name text not null,
  description text,
  instructions text,
  model_id text not null,
  temperature integer not null check (temperature between 0 and 100),
  max_tokens integer not null check (max_tokens > 0),
  rag_enabled boolean not null,
  knowledge_base_id uuid references knowledge_bases on delete set null,
  is_public boolean not null,
  is_marketplace boolean not null,
  is_active boolean not null default true,
  tags text[] not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index on bots (tenant_id, owner_id);
create index on bots (tenant_id, id desc) where is_public or is_marketplace;
create index on bots (knowledge_base_id);

create table agents (
  id uuid primary key,
  tenant_id text not null references tenants,
  owner_id text not null,
  name text not null,
  display_name text not null,
  description text,
  category text not null,
  agent_type text not null,
  capabilities text[] not null default '{}',
  status text not null,
  is_public boolean not null,
  icon_url text,
  tags text[] not null default '{}',
  config jsonb not null default '{}',
  total_requests bigint not null default 0,
  success_rate double precision not null default 0,
  created_at timestamptz not null default now(),
  unique (tenant_id, name)
);

create table chats (
  id uuid primary key,
  tenant_id text not null references tenants,
  owner_id text not null,
  bot_id uuid references bots on delete set null,
  title text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index on chats (tenant_id, owner_id, updated_at desc, id desc);
create index on chats (bot_id);

-- The words of a message's blocks, up to where a tsvector (1 MB at the most) can hold them
-- whatever they are: an answer can be longer, and must not be lost for it.
create function message_words(content jsonb) returns tsvector
language sql immutable parallel safe
return to_tsvector('simple', left(
  coalesce((select string_agg(block ->> 'text', ' ') from jsonb_array_elements(content) block), ''),
  100000
));

create table messages (
  id uuid primary key, -- version 7: the order of a chat's messages
  tenant_id text not null references tenants,
  owner_id text not null,
  chat_id uuid not null references chats on delete cascade,
  role text not null check (role in ('user', 'assistant')),
  content jsonb not null default '[]', -- blocks: [{"type": "text", "text": "…"}, …]
  status text not null check (status in ('streaming', 'complete', 'stopped', 'failed')),
  model_id text,
  stop_reason text,
  usage jsonb, -- {"input_tokens", "output_tokens", "estimated"}
  error jsonb, -- {"code", "detail"}
  passages jsonb not null default '[]', -- the retrieved passages that the model was given
  instance_id uuid, -- the process that generates it, while it streams
  created_at timestamptz not null default now(),
  search tsvector not null generated always as (message_words(content)) stored
);
create index on messages (chat_id, id);
-- Search reads a user's own messages: row-level security keeps Postgres from looking words up
-- in an index before it knows whose row it is.
create index on messages (tenant_id, owner_id, id desc);
create index on messages (instance_id) where status = 'streaming';

-- The text of answers in the making, in pieces, so that appending costs the same however
-- long an answer is. The pieces of a finished answer are folded into its message.
create table message_deltas (
  message_id uuid not null references messages on delete cascade,
  tenant_id text not null references tenants,
  start_offset integer not null, -- in bytes of UTF-8 from the answer's beginning
  text text not null,
  primary key (message_id, start_offset)
);

-- The running processes of the service. One whose lease is over is dead, and the answers
-- it was generating have failed.
create table instances (
  id uuid primary key,
  started_at timestamptz not null default now(),
  lease_until timestamptz not null
);

do $$
declare
  name text;
begin
  foreach name in array array[
    'users', 'knowledge_bases', 'knowledge_chunks', 'bots', 'agents', 'chats', 'messages', 'message_deltas'
  ] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    -- The subquery makes the planner read the setting once a statement, not once a row.
    execute format(
      'create policy tenant on %I using (tenant_id = (select current_setting(''app.tenant'', true)))', name
    );
  end loop;
end
$$;

grant usage on schema public to mangoo_service;
grant select, insert on tenants to mangoo_service;
grant select on _sqlx_migrations to mangoo_service;
grant select, insert, update, delete
  on users, knowledge_bases, knowledge_chunks, bots, agents, chats, messages, message_deltas, instances
  to mangoo_service;
