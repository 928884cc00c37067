-- Chats that branch, and what their owners do with them: pin, archive, rate, share.

alter table chats
  add is_pinned boolean not null default false,
  add is_archived boolean not null default false,
  -- The last message of the branch that is shown; the newest of all when there is none.
  add leaf_id uuid;

-- The message that this one follows; none for one that begins its chat. Those that follow the same
-- are alternatives: a question asked otherwise, an answer generated again. No foreign key, which
-- would look for children of each message that goes with its chat: messages only go with it.
alter table messages
  add parent_id uuid,
  -- Whether `parent_id` is what its writer meant.
  add is_placed boolean not null default false,
  add rating text check (rating in ('up', 'down')),
  add rating_reason text;

-- Until now a message followed the one before it.
update messages m set parent_id = before.parent_id, is_placed = true
from (select id, lag(id) over (partition by chat_id order by id) as parent_id from messages) before
where before.id = m.id;

-- The messages that follow one, or begin a chat.
create index on messages (coalesce(parent_id, chat_id));

-- Those that the version before writes while it still serves: they follow the message before them.
-- Afterwards, because a question and its answer are written by one statement.
create function place_message() returns trigger language plpgsql as $$
begin
  update messages set is_placed = true, parent_id = (
    select id from messages where chat_id = new.chat_id and id < new.id order by id desc limit 1
  ) where id = new.id;
  update chats set leaf_id = new.id where id = new.chat_id and (leaf_id is null or leaf_id < new.id);
  return null;
end;
$$;
create trigger place_message after insert on messages
  for each row when (not new.is_placed) execute function place_message();

create index on chats (tenant_id, owner_id, updated_at desc, id desc) where is_pinned;

-- A chat as it was when somebody shared it, for whoever of the tenant has the token.
create table chat_shares (
  id uuid primary key,
  tenant_id text not null references tenants,
  owner_id text not null,
  chat_id uuid not null references chats on delete cascade,
  token text not null unique,
  title text not null,
  bot_name text,
  messages jsonb not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index on chat_shares (chat_id);
alter table chat_shares enable row level security;
alter table chat_shares force row level security;
create policy tenant on chat_shares using (tenant_id = (select current_setting('app.tenant', true)));
grant select, insert, update, delete on chat_shares to mangoo_service;
