-- Comments with commands. The comment's own number on its forge is the identity: however often its webhook comes, it
-- is one intent. It is done when it has an outcome.
create table supercargo.intents (
  seq bigint generated always as identity primary key,
  repository text not null,
  number bigint not null,
  comment bigint not null,
  login text not null,
  hash text not null,
  accepted_at timestamptz not null default now(),
  finished_at timestamptz,
  outcome text,
  unique (repository, comment)
);
create index intents_open on supercargo.intents (repository, number, seq) where finished_at is null;
create index intents_recent on supercargo.intents (repository, accepted_at);
create index intents_accepted on supercargo.intents (accepted_at);

-- Outcomes of deliveries, the keys and the intents that they led to: all or nothing.
create function supercargo.finish_deliveries(
  p_seqs bigint[], p_outcomes text[], p_keys text[], p_intents jsonb
) returns void language plpgsql as $$
begin
  insert into supercargo.intents (repository, number, comment, login, hash)
    select i.repository, i.number, i.comment, i.login, i.hash
      from jsonb_to_recordset(p_intents)
        as i(repository text, number bigint, comment bigint, login text, hash text)
    on conflict do nothing;
  perform supercargo.finish_deliveries(p_seqs, p_outcomes, p_keys);
end
$$;
