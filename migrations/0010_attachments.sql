-- Images and documents that questions are asked with. They are small (Bedrock takes no larger ones),
-- belong to one chat, and go with it: so their bytes are here, and not in the store of documents.

create table attachments (
  id uuid primary key,
  tenant_id text not null references tenants,
  owner_id text not null,
  chat_id uuid references chats on delete cascade, -- none until a question is asked with it
  name text not null,
  media_type text not null,
  content bytea not null,
  created_at timestamptz not null default now()
);
-- Compressed already, most of them.
alter table attachments alter content set storage external;
create index on attachments (chat_id);
create index on attachments (tenant_id, owner_id) where chat_id is null;
alter table attachments enable row level security;
alter table attachments force row level security;
create policy tenant on attachments using (tenant_id = (select current_setting('app.tenant', true)));
grant select, insert, update, delete on attachments to mangoo_service;
