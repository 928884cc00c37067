-- Finding chunks: by meaning and by words.

alter table knowledge_bases
  -- A configuration of Postgres' text search. Not a regconfig: that would be in the way of an upgrade.
  add language text not null default 'english' check (language in (
    'simple', 'arabic', 'armenian', 'basque', 'catalan', 'danish', 'dutch', 'english', 'finnish', 'french', 'german',
    'greek', 'hindi', 'hungarian', 'indonesian', 'irish', 'italian', 'lithuanian', 'nepali', 'norwegian', 'portuguese',
    'romanian', 'russian', 'serbian', 'spanish', 'swedish', 'tamil', 'turkish', 'yiddish'
  )),
  add chunk_count bigint not null default 0, -- kept by triggers
  add is_shared boolean not null default false, -- whether everybody of the tenant may read it
  add number bigint generated always as identity; -- its words begin with it
create index on knowledge_bases (tenant_id, created_at desc, id desc) where is_shared;

-- Half precision costs no recall that could be measured, and half the room. In the row itself,
-- since ranking candidates reads hundreds of them. The version before writes vectors, which
-- Postgres converts.
alter table knowledge_chunks
  alter embedding type halfvec(1024),
  alter embedding set storage plain,
  add embedded_sha256 bytea; -- of the model and the text that the vector is of
create index on knowledge_chunks (embedded_sha256);
alter table document_chunks
  alter embedding type halfvec(1024),
  add embedded_sha256 bytea;
create index on document_chunks (embedded_sha256);
alter table documents add metadata jsonb not null default '{}';

-- The signs of a chunk's vector: 128 bytes to compare where the vector has 2,048. The closest by
-- them, then ranked by their vectors, are the closest, nearly always. A scan finds them among
-- 20,000 in 4 ms; a larger knowledge base has an index of its own (`index_knowledge_base`),
-- because an index over all finds other knowledge bases' chunks, which are then filtered out.
--
-- The service reaches neither this table nor the next but through functions that look only at a
-- knowledge base of the tenant's: row-level security on them would keep Postgres from using the
-- index of words.
create table knowledge_codes (
  chunk_id uuid primary key references knowledge_chunks on delete cascade,
  knowledge_base_id uuid not null,
  code bit(1024) not null
)
-- Often: an index alone answers only for rows that a vacuum has seen.
with (autovacuum_vacuum_insert_scale_factor = 0.02);
create index on knowledge_codes (knowledge_base_id) include (chunk_id, code);

-- The words of chunks, each with its knowledge base's number before it: so one index holds the
-- words of all, and a search meets its own alone.
create table knowledge_words (
  chunk_id uuid primary key references knowledge_chunks on delete cascade,
  language text not null, -- that they are words of
  words tsvector not null
)
-- In the row, as they are: ranking reads them by the thousand.
with (toast_tuple_target = 8160);
alter table knowledge_words alter words set storage main;
-- What lies in the list of pending words is searched one by one.
create index on knowledge_words using gin (words) with (gin_pending_list_limit = 256);

-- The words of a text. Scripts without spaces between words go character by character.
create function words_of(language text, text text) returns tsvector
language sql immutable parallel safe
return to_tsvector(
  language::regconfig,
  case when text ~ '[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]'
    then regexp_replace(text, '([\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff])', ' \1 ', 'g')
    else text
  end
);

-- A word of a knowledge base as text that `tsvector` and `tsquery` read.
create function knowledge_word(number bigint, word text) returns text
language sql immutable parallel safe
return '''' || number || ':' || replace(replace(word, '\', '\\'), '''', '''''') || '''';

-- What is searched for words: a chunk with the headings that it stands under, which weigh more.
create function words_of_chunk(number bigint, language text, headings text[], text text) returns tsvector
language sql immutable parallel safe
return (
  select coalesce(string_agg(
    knowledge_word(number, lexeme) || ':' || (
      select string_agg(position || weight, ',') from unnest(positions, weights) place (position, weight)
    ), ' '
  ), '')::tsvector
  from unnest(
    setweight(words_of(language, array_to_string(headings, ' ')), 'C') || words_of(language, text)
  )
);

create function index_chunks() returns trigger
language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  insert into knowledge_codes (chunk_id, knowledge_base_id, code)
  select id, knowledge_base_id, binary_quantize(embedding)::bit(1024) from added;
  insert into knowledge_words (chunk_id, language, words)
  select c.id, b.language, words_of_chunk(b.number, b.language, c.headings, c.text)
  from added c join knowledge_bases b on b.id = c.knowledge_base_id;
  update knowledge_bases b set chunk_count = chunk_count + n
  from (select knowledge_base_id, count(*) as n from added group by 1) a where b.id = a.knowledge_base_id;
  return null;
end;
$$;

create function count_deleted_chunks() returns trigger
language plpgsql set search_path = public, pg_temp
as $$
begin
  update knowledge_bases b set chunk_count = chunk_count - n
  from (select knowledge_base_id, count(*) as n from deleted group by 1) d where b.id = d.knowledge_base_id;
  return null;
end;
$$;

-- Rows that are here already, of all tenants.
alter table knowledge_bases no force row level security;
alter table knowledge_chunks no force row level security;
insert into knowledge_codes (chunk_id, knowledge_base_id, code)
select id, knowledge_base_id, binary_quantize(embedding)::bit(1024) from knowledge_chunks;
insert into knowledge_words (chunk_id, language, words)
select c.id, b.language, words_of_chunk(b.number, b.language, c.headings, c.text)
from knowledge_chunks c join knowledge_bases b on b.id = c.knowledge_base_id;
update knowledge_bases b set chunk_count = (select count(*) from knowledge_chunks where knowledge_base_id = b.id);
alter table knowledge_bases force row level security;
alter table knowledge_chunks force row level security;

create trigger index_chunks after insert on knowledge_chunks
referencing new table as added for each statement execute function index_chunks();
create trigger count_deleted_chunks after delete on knowledge_chunks
referencing old table as deleted for each statement execute function count_deleted_chunks();

-- Whether the connection's tenant has this knowledge base: functions that run as the owner of
-- tables without row-level security have to ask.
create function has_knowledge_base(base uuid) returns boolean
language sql stable
return exists (select from knowledge_bases where id = base and tenant_id = current_setting('app.tenant', true));

-- The `count` chunks of a knowledge base that are closest to `query`, of those that the filters
-- (null: none) let through. Where these are few, they are compared one by one.
create function nearest_chunks(
  base uuid, query halfvec, count integer, documents uuid[], source_types text[], having_metadata jsonb
) returns table (chunk_id uuid, similarity double precision)
language plpgsql stable security definer
set search_path = public, pg_temp
-- A plan for all knowledge bases can use no index that is made for one.
set plan_cache_mode = force_custom_plan
set max_parallel_workers_per_gather = 0
set jit = off
-- The index of codes has all that a scan of them needs.
set enable_seqscan = off
set enable_bitmapscan = off
set hnsw.ef_search = 200
set hnsw.iterative_scan = relaxed_order
set hnsw.max_scan_tuples = 200000
as $$
declare
  query_code bit(1024) := binary_quantize(query)::bit(1024);
  -- Measured: enough to lose none of the closest.
  candidates integer := greatest(250, 8 * count);
  nearest uuid[];
begin
  if query is null or not has_knowledge_base(base) then
    return;
  end if;
  if documents is null and source_types is null and having_metadata is null then
    nearest := array(
      select k.chunk_id from knowledge_codes k where k.knowledge_base_id = base
      order by k.code <~> query_code limit candidates
    );
  elsif 2000 < (
    select count(*) from (
      select from knowledge_chunks c
      where c.knowledge_base_id = base and (documents is null or c.document_id = any(documents))
        and (source_types is null or c.source_type = any(source_types))
        and (having_metadata is null or c.metadata @> having_metadata)
      limit 2001
    ) matching
  ) then
    nearest := array(
      select k.chunk_id from knowledge_codes k join knowledge_chunks c on c.id = k.chunk_id
      where k.knowledge_base_id = base and (documents is null or c.document_id = any(documents))
        and (source_types is null or c.source_type = any(source_types))
        and (having_metadata is null or c.metadata @> having_metadata)
      order by k.code <~> query_code limit candidates
    );
  end if;
  if cardinality(nearest) >= count then
    return query
      select c.id, coalesce(nullif(1 - (c.embedding <=> query), 'NaN'), 0)
      from knowledge_chunks c where c.id = any(nearest)
      order by c.embedding <=> query, c.id limit count;
  else
    -- Few, or an index that gave up: each is looked at, so that none is missed.
    return query
      select c.id, coalesce(nullif(1 - (c.embedding <=> query), 'NaN'), 0)
      from knowledge_chunks c
      where c.knowledge_base_id = base and (documents is null or c.document_id = any(documents))
        and (source_types is null or c.source_type = any(source_types))
        and (having_metadata is null or c.metadata @> having_metadata)
      order by c.embedding <=> query, c.id limit count;
  end if;
end;
$$;

-- The `count` chunks of a knowledge base that hold most of the words of `query`, the rare ones
-- counting most (the inverse document frequency of BM25), of those that the filters let through.
-- `coverage` is the share of what all the words count that a chunk has.
create function matching_chunks(
  base uuid, query text, count integer, documents uuid[], source_types text[], having_metadata jsonb
) returns table (chunk_id uuid, score double precision, coverage double precision)
language plpgsql stable security definer
set search_path = public, pg_temp
set plan_cache_mode = force_custom_plan
set max_parallel_workers_per_gather = 0
set jit = off
as $$
declare
  is_filtered boolean := documents is not null or source_types is not null or having_metadata is not null;
  -- Occurrences that are looked at, those of the rarest words first. Every match counts with a filter.
  occurrences bigint := case when is_filtered then 1000000000 else 3000 end;
  number bigint;
  language text;
  total bigint;
begin
  select b.number, b.language, b.chunk_count into number, language, total from knowledge_bases b
  where b.id = base and b.tenant_id = current_setting('app.tenant', true);
  if query is null or not found then
    return;
  end if;
  return query
    with asked as materialized (
      select word.query, (select count(*) from knowledge_words w where w.words @@ word.query) as chunks
      from (
        select distinct knowledge_word(number, lexeme)::tsquery as query from unnest(words_of(language, query)) limit 100
      ) word
    ), weighted as materialized (
      select asked.query, asked.chunks, ln(1 + (greatest(total - chunks, 0) + 0.5) / (chunks + 0.5))::double precision as weight,
        sum(chunks) over (order by chunks, asked.query) - chunks as before
      from asked
    ), hits as (
      select hit.chunk_id, weighted.weight, hit.frequency
      from weighted cross join lateral (
        -- A chunk that has a word once gets 0.06 of `ts_rank`, one that has it often 0.1.
        select w.chunk_id, ts_rank(w.words, weighted.query) as frequency
        from knowledge_words w where w.words @@ weighted.query limit occurrences
      ) hit
      where weighted.chunks > 0 and weighted.before < occurrences
    )
    select hits.chunk_id, sum(hits.weight * hits.frequency), (sum(hits.weight) / (select sum(weight) from weighted))
    from hits
    where not is_filtered or exists (
      select from knowledge_chunks c
      where c.id = hits.chunk_id and (documents is null or c.document_id = any(documents))
        and (source_types is null or c.source_type = any(source_types))
        and (having_metadata is null or c.metadata @> having_metadata)
    )
    group by hits.chunk_id order by 2 desc, 1 limit count;
end;
$$;

-- Gives a knowledge base an index of its own if it is large and has none. Others that write
-- chunks wait for the seconds this takes, nobody who reads.
create function index_knowledge_base(base uuid) returns void
language plpgsql security definer
set search_path = public, pg_temp
set lock_timeout = '5s'
as $$
begin
  if needs_index(base) then
    execute format(
      'create index if not exists %I on knowledge_codes using hnsw (code bit_hamming_ops) where knowledge_base_id = %L',
      'knowledge_codes_' || base, base
    );
  end if;
end;
$$;

-- Whether a knowledge base has become too large to be scanned.
create function needs_index(base uuid) returns boolean
language sql stable security definer
set search_path = public, pg_temp
return not exists (select from pg_class where relname = 'knowledge_codes_' || base) and exists (
  select from knowledge_bases
  where id = base and tenant_id = current_setting('app.tenant', true) and chunk_count > 20000
);

-- Takes the words anew of up to `count` chunks whose words are of another language than their
-- knowledge base has by now, and says how many there were.
create function reword_chunks(base uuid, count integer) returns bigint
language sql security definer
set search_path = public, pg_temp
begin atomic
  with stale as (
    select w.chunk_id, b.number, b.language
    from knowledge_bases b
    join knowledge_codes k on k.knowledge_base_id = b.id
    join knowledge_words w on w.chunk_id = k.chunk_id and w.language <> b.language
    where b.id = base and b.tenant_id = current_setting('app.tenant', true)
    limit count
  ), reworded as (
    update knowledge_words w
    set language = stale.language, words = words_of_chunk(stale.number, stale.language, c.headings, c.text)
    from stale join knowledge_chunks c on c.id = stale.chunk_id
    where w.chunk_id = stale.chunk_id
    returning w.chunk_id
  )
  select count(*) from reworded;
end;

-- Takes the index away of a knowledge base that is deleted.
create function forget_knowledge_base(base uuid) returns void
language plpgsql security definer
set search_path = public, pg_temp
set lock_timeout = '5s'
as $$
begin
  if not exists (select from knowledge_codes where knowledge_base_id = base) then
    execute format('drop index if exists %I', 'knowledge_codes_' || base);
  end if;
end;
$$;

revoke execute on function index_chunks, nearest_chunks, matching_chunks, index_knowledge_base, needs_index,
  reword_chunks, forget_knowledge_base from public;
grant execute on function nearest_chunks, matching_chunks, index_knowledge_base, needs_index, reword_chunks,
  forget_knowledge_base to mangoo_service;
