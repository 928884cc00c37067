-- Reciprocal ranks with the usual constant, 60 <https://doi.org/10.1145/1571941.1572114>. What
-- shares a word or two with a question that is put in other words must not push aside what
-- means the same. So a place by words counts double for a chunk that has all of them and is as
-- close as the closest, once for one that has two thirds (by their rarity), and for one that
-- has a third not at all.
with by_meaning as (
  select chunk_id, similarity, row_number() over (order by similarity desc, chunk_id) as place
  from unnest($1::uuid[]) base, nearest_chunks(base, $2, $4, $5, $6, $7)
), by_words as (
  select chunk_id, row_number() over (order by score desc, chunk_id) as place,
    case when $2::halfvec is null then 1 else greatest(
      3 * coverage * least((1 - (c.embedding <=> $2)) / greatest(closest, 0.001), 1) - 1
    , 0) end as weight
  from unnest($1::uuid[]) base, matching_chunks(base, $3, $4, $5, $6, $7)
    join knowledge_chunks c on c.id = chunk_id, (select max(similarity) as closest from by_meaning) closest
), fused as (
  select chunk_id,
    coalesce(1 / (60.0 + by_meaning.place), 0) + coalesce(weight / (60 + by_words.place), 0) as score
  from by_meaning full join by_words using (chunk_id)
  order by score desc, chunk_id limit $8
)
select c.id as "id: ChunkId", b.id as "knowledge_base_id: KnowledgeBaseId", c.text, c.source_type, c.source_uri,
  c.chunk_index, c.metadata,
  -- A text without a word may have a vector without a direction: it is similar to nothing.
  coalesce(nullif(1 - (c.embedding <=> $2), 'NaN'), 0) as "similarity!", score as "score!",
  c.document_id as "document_id: DocumentId", c.page, c.headings, c.char_start, c.char_end
from fused join knowledge_chunks c on c.id = fused.chunk_id
join knowledge_bases b on b.id = c.knowledge_base_id
where b.id = any($1) and (b.owner_id = $9 or b.is_shared)
order by score desc, c.id
