-- Usage that ends while its user is erased keeps no name of a bot of theirs: it belongs to nobody by then.
create or replace function count_answer() returns trigger
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
  from chats c left join bots b on b.id = c.bot_id and b.owner_id not like 'deleted:%' where c.id = new.chat_id;
  perform count_usage(
    new.tenant_id, case when chat.owner_id = new.owner_id then new.owner_id end, (now() at time zone 'utc')::date,
    chat.bot_id, chat.bot_name, coalesce(new.model_id, 'unknown'),
    coalesce((new.usage ->> 'input_tokens')::bigint, 0), coalesce((new.usage ->> 'output_tokens')::bigint, written),
    coalesce((new.usage ->> 'estimated')::boolean, true)
  );
  return null;
end;
$$;
