-- What the last sweep saw of each repository (and registry tag) at a glance.
create table supercargo.glances (
  key text primary key,
  mark text not null
);

-- Keys whose last visit left nothing to wait for, with what was seen of all that they depend on before it began.
create table supercargo.quiet_keys (
  key text primary key,
  marks text not null,
  visited_at timestamptz not null default now()
);

-- What was seen of a key and of all that it depends on. Null where a part of it cannot be seen at a glance. Images
-- (`image:`) are only announced; what is followed of them has keys of its own (`manifest …`, `tags …`).
create function supercargo.marks_of(p_key text) returns text language sql stable as $$
  select case when bool_and(mark is not null) then md5(string_agg(key || ' ' || mark, E'\n' order by key)) end
  from (select p_key as key
    union select manifests from supercargo.feeds where source = p_key and manifests not like 'image:%') as parts
  left join supercargo.glances using (key)
$$;
