-- Documents that are fetched from the web.

alter table documents
  add url text, -- where from, if it is of the web
  drop constraint documents_size_check,
  add constraint documents_size_check check (size > 0 or url is not null), -- 0 until it is fetched
  drop constraint documents_kind_check,
  add constraint documents_kind_check check (
    kind in ('pdf', 'docx', 'pptx', 'xlsx', 'csv', 'html', 'markdown', 'text', 'json', 'epub', 'sitemap')
  );
