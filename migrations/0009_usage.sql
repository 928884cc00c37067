-- What answers cost, kept also when their chats are deleted; pinned bots.

create table usage (
  tenant_id text not null references tenants,
  day date not null, -- in UTC
  user_id text, -- none once they have deleted their data
  bot_id uuid, -- as it was: it may be deleted by now
  bot_name text,
  model_id text not null,
  answers bigint not null,
  estimated_answers bigint not null, -- of which the tokens, or some of them, are our estimate
  input_tokens bigint not null,
  output_tokens bigint not null,
  unique nulls not distinct (tenant_id, user_id, day, bot_id, model_id)
);
create index on usage (tenant_id, day);

-- Adds an answer to a user's day.
create function count_usage(
  tenant_id text, user_id text, day date, bot_id uuid, bot_name text, model_id text,
  input_tokens bigint, output_tokens bigint, is_estimated boolean
) returns void
language sql
begin atomic
  insert into usage as u
    (tenant_id, day, user_id, bot_id, bot_name, model_id, answers, estimated_answers, input_tokens, output_tokens)
  values (
    count_usage.tenant_id, count_usage.day, count_usage.user_id, count_usage.bot_id, count_usage.bot_name,
    count_usage.model_id, 1, count_usage.is_estimated::integer, count_usage.input_tokens, count_usage.output_tokens
  )
  on conflict (tenant_id, user_id, day, bot_id, model_id) do update set
    bot_name = coalesce(excluded.bot_name, u.bot_name),
    answers = u.answers + 1,
    estimated_answers = u.estimated_answers + excluded.estimated_answers,
    input_tokens = u.input_tokens + excluded.input_tokens,
    output_tokens = u.output_tokens + excluded.output_tokens;
end;

-- Counts an answer in the statement that ends it, whichever that is, and so once. The chats of
-- somebody who has deleted their data belong to nobody for as long as they are there.
create function count_answer() returns trigger
language plpgsql
as $$
declare
  chat record;
  -- As many as `estimate_tokens` says: what a process that died was told of them, died with it.
  written bigint := (
    select coalesce(sum(octet_length(block ->> 'text') + 3), 0) / 4 from jsonb_array_elements(new.content) block
  );
begin
  -- Nothing was spent, as far as anybody knows.
  if new.usage is null and written = 0 then
    return null;
  end if;
  select c.owner_id, b.id as bot_id, b.name as bot_name into chat
  from chats c left join bots b on b.id = c.bot_id where c.id = new.chat_id;
  perform count_usage(
    new.tenant_id, case when chat.owner_id = new.owner_id then new.owner_id end, (now() at time zone 'utc')::date,
    chat.bot_id, chat.bot_name, coalesce(new.model_id, 'unknown'),
    coalesce((new.usage ->> 'input_tokens')::bigint, 0), coalesce((new.usage ->> 'output_tokens')::bigint, written),
    coalesce((new.usage ->> 'estimated')::boolean, true)
  );
  return null;
end;
$$;

create table bot_pins (
  tenant_id text not null references tenants,
  user_id text not null,
  bot_id uuid not null references bots on delete cascade,
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id, bot_id)
);
create index on bot_pins (bot_id);

do $$
declare
  name text;
begin
  foreach name in array array['usage', 'bot_pins'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy tenant on %I using (tenant_id = (select current_setting(''app.tenant'', true)))', name
    );
  end loop;
end
$$;

grant select, insert, update, delete on usage, bot_pins to mangoo_service;

-- The answers that there are already: row-level security binds the owner, so tenant by tenant. Those
-- of before `since` first, which can be many, and only then the trigger, for which answers wait.
create procedure backfill_usage(low uuid, high uuid)
language plpgsql
as $$
declare
  tenant text;
begin
  for tenant in select id from tenants loop
    perform set_config('app.tenant', tenant, true);
    insert into usage as u
      (tenant_id, day, user_id, bot_id, bot_name, model_id, answers, estimated_answers, input_tokens, output_tokens)
    select
      m.tenant_id, (m.created_at at time zone 'utc')::date, m.owner_id, b.id, min(b.name),
      coalesce(m.model_id, 'unknown'), count(*), count(*) filter (where (m.usage ->> 'estimated')::boolean),
      sum((m.usage ->> 'input_tokens')::bigint), sum((m.usage ->> 'output_tokens')::bigint)
    from messages m join chats c on c.id = m.chat_id left join bots b on b.id = c.bot_id
    where m.id >= low and m.id < high and m.role = 'assistant' and m.status <> 'streaming' and m.usage is not null
    group by 1, 2, 3, 4, 6
    on conflict (tenant_id, user_id, day, bot_id, model_id) do update set
      answers = u.answers + excluded.answers,
      estimated_answers = u.estimated_answers + excluded.estimated_answers,
      input_tokens = u.input_tokens + excluded.input_tokens,
      output_tokens = u.output_tokens + excluded.output_tokens;
  end loop;
  perform set_config('app.tenant', '', true);
end;
$$;

do $$
declare
  -- Keys begin with the time. What began an hour ago has ended.
  since uuid := (lpad(to_hex((extract(epoch from now() - interval '1 hour') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;
begin
  call backfill_usage('00000000-0000-0000-0000-000000000000', since);
  create trigger count_answer after update of status on messages for each row
    when (old.status = 'streaming' and new.status <> 'streaming' and new.role = 'assistant')
    execute function count_answer();
  call backfill_usage(since, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
end
$$;
drop procedure backfill_usage;
