-- no-transaction
-- What 0007 meant to do where row-level security bound the role that migrated: it saw no message,
-- and so placed none. Until it came, a message followed the one before it. Tenant by tenant, because
-- row-level security binds here as well, and a chat in a transaction, so that nobody waits for the
-- rest. One statement: only so may it commit. It can be broken off, and begun again.
do $$
declare
  tenant text;
  chat uuid;
begin
  for tenant in select id from tenants loop
    perform set_config('app.tenant', tenant, false);
    for chat in select distinct chat_id from messages where not is_placed loop
      update messages m set parent_id = before.parent_id, is_placed = true
      from (
        select id, lag(id) over (order by id) as parent_id from messages where chat_id = chat and not is_placed
      ) before
      where before.id = m.id;
      commit;
    end loop;
  end loop;
  perform set_config('app.tenant', '', false);
end
$$;
