-- Deleting a large knowledge base, and what was found wanting in searches.

-- Its rows go in pieces, which takes a while: nobody sees it meanwhile but who deletes them.
alter table knowledge_bases add deleted_at timestamptz;
drop policy tenant on knowledge_bases;
create policy tenant on knowledge_bases using (
  tenant_id = (select current_setting('app.tenant', true))
  and (deleted_at is null or (select current_setting('app.sees_deleted', true)) = 'yes')
);

create or replace function has_knowledge_base(base uuid) returns boolean
language sql stable
return exists (
  select from knowledge_bases
  where id = base and tenant_id = current_setting('app.tenant', true) and deleted_at is null
);

-- A filter by metadata looks at few chunks of a large knowledge base.
create index on knowledge_chunks using gin (metadata jsonb_path_ops) where metadata <> '{}';

-- A word longer than this is none that anybody searches for, and Postgres takes none of 2 kB.
create or replace function words_of_chunk(number bigint, language text, headings text[], text text) returns tsvector
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
  where octet_length(lexeme) <= 500
);

-- The `count` chunks of a knowledge base that are closest to `query`, of those that the filters
-- (null: none) let through. Where these are few, they are compared one by one, and all are found.
-- As before, but that a small knowledge base counts as few, and that more are compared of a large one.
create or replace function nearest_chunks(
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
set hnsw.ef_search = 500
set hnsw.iterative_scan = relaxed_order
set hnsw.max_scan_tuples = 200000
as $$
declare
  query_code bit(1024) := binary_quantize(query)::bit(1024);
  is_filtered boolean := documents is not null or source_types is not null or having_metadata is not null;
  -- Measured: of the ten closest, at least 0.97 are among so many (0.995 in 5,000 chunks, 0.970 in 50,000).
  candidates integer := greatest(500, 10 * count);
  nearest uuid[];
begin
  if query is null or not has_knowledge_base(base) then
    return;
  end if;
  if not is_filtered and 2000 < (select chunk_count from knowledge_bases where id = base) then
    nearest := array(
      select k.chunk_id from knowledge_codes k where k.knowledge_base_id = base
      order by k.code <~> query_code limit candidates
    );
  elsif is_filtered and 2000 < (
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

-- As before, but that words of more than `occurrences` chunks are not counted to their end: a long
-- question is full of them, and counting reads every chunk that has one. They count next to nothing.
create or replace function matching_chunks(
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
  most integer := 3000;
  -- Occurrences that are looked at, those of the rarest words first. Every match counts with a filter.
  occurrences bigint := case when is_filtered then 1000000000 else most end;
  number bigint;
  language text;
  total bigint;
begin
  select b.number, b.language, b.chunk_count into number, language, total from knowledge_bases b
  where b.id = base and has_knowledge_base(base);
  if query is null or not found then
    return;
  end if;
  return query
    with asked as materialized (
      select word.query, (
        select count(*) from (select from knowledge_words w where w.words @@ word.query limit most + 1) chunk
      ) as chunks
      from (
        select distinct knowledge_word(number, lexeme)::tsquery as query from unnest(words_of(language, query))
        where octet_length(lexeme) <= 500 limit 100
      ) word
    ), weighted as materialized (
      select asked.query, asked.chunks,
        case when asked.chunks > most then 0.01
          else ln(1 + (greatest(total - chunks, 0) + 0.5) / (chunks + 0.5))
        end::double precision as weight,
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

-- Takes the words anew of the next `count` chunks after `after`, as far as theirs are of another
-- language than their knowledge base has by now. Gives the last of them; null when there are none.
-- (The version before calls the one that begins anew each time.)
create function reword_chunks(base uuid, after uuid, count integer) returns uuid
language sql security definer
set search_path = public, pg_temp
begin atomic
  with next as (
    select k.chunk_id, b.number, b.language
    from knowledge_bases b join knowledge_codes k on k.knowledge_base_id = b.id
    where b.id = base and b.tenant_id = current_setting('app.tenant', true) and k.chunk_id > after
    order by k.chunk_id limit count
  ), reworded as (
    update knowledge_words w
    set language = next.language, words = words_of_chunk(next.number, next.language, c.headings, c.text)
    from next join knowledge_chunks c on c.id = next.chunk_id
    where w.chunk_id = next.chunk_id and w.language <> next.language
  )
  select chunk_id from next order by chunk_id desc limit 1;
end;
revoke execute on function reword_chunks(uuid, uuid, integer) from public;
grant execute on function reword_chunks(uuid, uuid, integer) to mangoo_service;

-- What a search waits for behind it, it must not wait for long itself: it is tried again.
alter function forget_knowledge_base set lock_timeout = '200ms';
-- With less, most of a large index is made on the disk.
alter function index_knowledge_base set maintenance_work_mem = '256MB';
