-- Documents of knowledge bases, and the work of reading them.

create table documents (
  id uuid primary key,
  tenant_id text not null references tenants,
  knowledge_base_id uuid not null references knowledge_bases on delete cascade,
  name text not null,
  size bigint not null check (size > 0), -- bytes
  sha256 bytea, -- of its bytes, once they are read
  status text not null check (
    status in ('uploading', 'queued', 'extracting', 'chunking', 'embedding', 'ready', 'failed')
  ),
  error jsonb, -- {"code", "detail"}, when it failed
  chunks_total integer, -- once it is cut into chunks
  chunks_done integer not null default 0, -- that have a vector
  duplicate_of uuid references documents on delete cascade, -- the document with the same bytes, which stands for it
  attempts integer not null default 0, -- that ended with the process that made them
  lease_id uuid, -- the attempt under way,
  lease_until timestamptz, -- which is dead when this is past
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index on documents (knowledge_base_id, created_at desc, id desc);
create index on documents (knowledge_base_id, sha256);
create index on documents (duplicate_of);
-- Those with something still to do.
create index on documents (updated_at) where status not in ('ready', 'failed');

-- How much of the reading is done, in percent: nearly all of it is the vectors.
create function document_progress(d documents) returns integer
language sql immutable parallel safe
return case d.status
  when 'uploading' then 0
  when 'queued' then 0
  when 'extracting' then 2
  when 'chunking' then 5
  when 'embedding' then 10 + 90 * d.chunks_done / greatest(d.chunks_total, 1)
  when 'ready' then 100
  else 0
end;

-- Chunks of documents that are not ready yet. Readers never see them; when all are here they
-- become `knowledge_chunks` at once.
create table document_chunks (
  document_id uuid not null references documents on delete cascade,
  tenant_id text not null references tenants,
  chunk_index integer not null,
  text text not null,
  metadata jsonb not null,
  embedding vector(1024) not null,
  primary key (document_id, chunk_index)
);

alter table knowledge_chunks add document_id uuid references documents on delete cascade;
create index on knowledge_chunks (document_id);

-- Work to do, where there is no SQS, by the same rules: a message that was received is hidden
-- for a while, and back if it was not deleted by then. It names rows and holds no user's data.
create table jobs (
  id bigint generated always as identity primary key,
  body jsonb not null,
  visible_at timestamptz not null default now(),
  receives integer not null default 0
);
create index on jobs (visible_at);

do $$
declare
  name text;
begin
  foreach name in array array['documents', 'document_chunks'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy tenant on %I using (tenant_id = (select current_setting(''app.tenant'', true)))', name
    );
  end loop;
end
$$;

grant select, insert, update, delete on documents, document_chunks, jobs to mangoo_service;
