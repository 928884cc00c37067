-- What else bots are made of, their versions, and what the marketplace says of bots and agents.

alter table bots
  add starters text[] not null default '{}', -- questions to begin a chat with
  add icon text, -- an emoji
  add category text, -- of the marketplace
  -- In order. The older `knowledge_base_id` is the first of them: see `keep_knowledge_bases`.
  add knowledge_base_ids uuid[] not null default '{}',
  add star_count bigint not null default 0, -- kept by a trigger
  add use_count bigint not null default 0; -- chats begun with it, kept by a trigger
alter table agents
  add star_count bigint not null default 0; -- kept by a trigger

-- What a user marked to find again.
create table bot_stars (
  bot_id uuid not null references bots on delete cascade,
  user_id text not null,
  tenant_id text not null references tenants,
  created_at timestamptz not null default now(),
  primary key (bot_id, user_id)
);
create index on bot_stars (tenant_id, user_id);

create table agent_stars (
  agent_id uuid not null references agents on delete cascade,
  user_id text not null,
  tenant_id text not null references tenants,
  created_at timestamptz not null default now(),
  primary key (agent_id, user_id)
);
create index on agent_stars (tenant_id, user_id);

-- Chats begun with a bot that `use_count` does not have yet: see `count_use`.
create table bot_uses (
  id bigint generated always as identity primary key,
  bot_id uuid not null references bots on delete cascade,
  tenant_id text not null references tenants
);
create index on bot_uses (bot_id);

-- Each state of a bot's configuration; the one with the highest number is how it is now.
create table bot_versions (
  bot_id uuid not null references bots on delete cascade,
  number integer not null, -- from 1
  tenant_id text not null references tenants,
  configuration jsonb not null, -- as `bot_configuration` makes it
  created_at timestamptz not null default now(),
  primary key (bot_id, number)
);

-- The configuration of a bot: what its owner sets, but for who may use it.
create function bot_configuration(bot bots) returns jsonb
language sql stable
return jsonb_build_object(
  'name', bot.name, 'description', bot.description, 'instructions', bot.instructions, 'model_id', bot.model_id,
  'temperature', bot.temperature, 'max_tokens', bot.max_tokens, 'rag_enabled', bot.rag_enabled,
  'knowledge_base_ids', bot.knowledge_base_ids, 'starters', bot.starters, 'icon', bot.icon, 'tags', bot.tags,
  'category', bot.category
);

-- Rows that are here already, of all tenants.
alter table bots no force row level security;
update bots set knowledge_base_ids = array[knowledge_base_id] where knowledge_base_id is not null;
insert into bot_versions (bot_id, number, tenant_id, configuration, created_at)
select id, 1, tenant_id, bot_configuration(bots), updated_at from bots;
alter table bots force row level security;

-- Who knows of one knowledge base only writes `knowledge_base_id`: an old client, or the version
-- before while this is rolled out. The first is then exchanged, or all are taken away.
create function keep_knowledge_bases() returns trigger
language plpgsql set search_path = public, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    if new.knowledge_base_ids = '{}' and new.knowledge_base_id is not null then
      new.knowledge_base_ids := array[new.knowledge_base_id];
    end if;
  elsif new.knowledge_base_ids = old.knowledge_base_ids
    and new.knowledge_base_id is distinct from old.knowledge_base_id
  then
    new.knowledge_base_ids := case when new.knowledge_base_id is null then '{}' else
      new.knowledge_base_id
        || array_remove(array_remove(old.knowledge_base_ids, old.knowledge_base_id), new.knowledge_base_id)
    end;
  end if;
  new.knowledge_base_id := new.knowledge_base_ids[1];
  return new;
end;
$$;
create trigger keep_knowledge_bases before insert or update of knowledge_base_id, knowledge_base_ids on bots
for each row execute function keep_knowledge_bases();

-- Keeps the newest hundred versions.
create function keep_version() returns trigger
language plpgsql set search_path = public, pg_temp
as $$
declare
  next integer;
begin
  if tg_op = 'UPDATE' and bot_configuration(new) = bot_configuration(old) then
    return null;
  end if;
  select coalesce(max(number), 0) + 1 into next from bot_versions where bot_id = new.id;
  insert into bot_versions (bot_id, number, tenant_id, configuration)
  values (new.id, next, new.tenant_id, bot_configuration(new));
  delete from bot_versions where bot_id = new.id and number <= next - 100;
  return null;
end;
$$;
create trigger keep_version after insert or update of
  name, description, instructions, model_id, temperature, max_tokens, rag_enabled, knowledge_base_id,
  knowledge_base_ids, starters, icon, tags, category
on bots for each row execute function keep_version();

create function count_bot_star() returns trigger
language plpgsql set search_path = public, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    update bots set star_count = star_count + 1 where id = new.bot_id;
  else
    update bots set star_count = star_count - 1 where id = old.bot_id;
  end if;
  return null;
end;
$$;
create trigger count_bot_star after insert or delete on bot_stars for each row execute function count_bot_star();

create function count_agent_star() returns trigger
language plpgsql set search_path = public, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    update agents set star_count = star_count + 1 where id = new.agent_id;
  else
    update agents set star_count = star_count - 1 where id = old.agent_id;
  end if;
  return null;
end;
$$;
create trigger count_agent_star after insert or delete on agent_stars
for each row execute function count_agent_star();

-- Counts a chat begun with a bot. Chats with a popular bot must not wait for each other's commit:
-- who finds the bot's row locked leaves a note, which the next one counts.
create function count_use() returns trigger
language plpgsql set search_path = public, pg_temp
as $$
begin
  perform from bots where id = new.bot_id for no key update skip locked;
  if found then
    with noted as (delete from bot_uses where bot_id = new.bot_id returning id)
    update bots set use_count = use_count + 1 + (select count(*) from noted) where id = new.bot_id;
  else
    insert into bot_uses (bot_id, tenant_id) values (new.bot_id, new.tenant_id);
  end if;
  return null;
end;
$$;
create trigger count_use after insert on chats
for each row when (new.bot_id is not null) execute function count_use();

do $$
declare
  name text;
begin
  foreach name in array array['bot_stars', 'agent_stars', 'bot_uses', 'bot_versions'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy tenant on %I using (tenant_id = (select current_setting(''app.tenant'', true)))', name
    );
  end loop;
end
$$;

grant select, insert, update, delete on bot_stars, agent_stars, bot_uses, bot_versions to mangoo_service;
