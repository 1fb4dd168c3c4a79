-- Inbox, queue state, feeds and journal. Jobs themselves live in graphile-worker's schema, supercargo_worker,
-- and are reached through its public functions and its public view only.

create table supercargo.deliveries (
  seq bigint generated always as identity primary key,
  source text not null,
  id text not null,
  event text not null,
  size integer not null,
  received_at timestamptz not null default now(),
  attempts integer not null default 0,
  bugs integer not null default 0,
  next_at timestamptz not null default now(),
  finished_at timestamptz,
  outcome text,
  last_error text,
  dead_at timestamptz,
  unique (source, id)
);
create index deliveries_waiting on supercargo.deliveries (next_at) where finished_at is null and dead_at is null;
create index deliveries_dead on supercargo.deliveries (dead_at) where dead_at is not null;
create index deliveries_received on supercargo.deliveries (received_at);

-- Apart from the delivery, so that writing an outcome does not copy it, and in pieces, so that one of 25 MiB
-- does not grow the embedded database's memory for ever. Bytes, not jsonb: JSON may hold \u0000. No foreign
-- key: the pieces of a large one are written before it, so that nobody waits for them.
create table supercargo.payloads (
  delivery bigint not null,
  part integer not null,
  bytes bytea not null,
  written_at timestamptz not null default now(),
  primary key (delivery, part)
);
alter table supercargo.payloads alter column bytes set storage external;

-- A key whose last pass failed; a key without a row is well.
create table supercargo.key_states (
  key text primary key,
  attempts integer not null,
  bugs integer not null,
  not_before timestamptz,
  last_error text not null,
  last_at timestamptz not null default now(),
  dead_at timestamptz
);

create table supercargo.workers (
  id text primary key,
  host text not null,
  pid integer not null,
  started_at timestamptz not null default now(),
  beat_at timestamptz not null default now()
);

create table supercargo.feeds (
  source text not null,
  manifests text not null,
  primary key (manifests, source)
);
create index feeds_source on supercargo.feeds (source);

create table supercargo.journal (
  seq bigint generated always as identity primary key,
  at timestamptz not null default now(),
  key text not null,
  action text not null,
  code text not null,
  message text not null,
  target text,
  url text
);
create index journal_key on supercargo.journal (key, seq);
create index journal_at on supercargo.journal (at);
