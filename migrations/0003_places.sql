-- What documents are, and where in them a chunk stands.

alter table knowledge_bases
  add chunk_tokens integer not null default 400 check (chunk_tokens between 50 and 2000),
  add chunk_overlap integer not null default 60 check (chunk_overlap >= 0),
  add check (chunk_overlap <= chunk_tokens / 2);

alter table documents
  add kind text check (kind in ('pdf', 'docx', 'pptx', 'xlsx', 'csv', 'html', 'markdown', 'text', 'json', 'epub')),
  add pages integer, -- or slides
  add characters integer; -- of its text, which is kept beside its bytes

alter table knowledge_chunks
  add page integer, -- from 1
  add headings text[] not null default '{}', -- that it stands under, the highest first
  add char_start integer, -- in its document's text, from 0
  add char_end integer; -- after its last character

-- Workers of the version before still write here, without places: their chunks are read anew.
alter table document_chunks
  alter metadata set default '{}',
  add page integer,
  add headings text[] not null default '{}',
  add char_start integer not null default 0,
  add char_end integer not null default 0;
