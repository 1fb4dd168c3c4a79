-- Labels that a person gave are an intent as well: it names the head that they were given for. The delivery that told of
-- it is its identity.
alter table supercargo.intents
  alter column comment drop not null,
  alter column hash drop not null,
  add column labels jsonb,
  add column head text,
  add column delivery text,
  add constraint intents_kind check (
    case when comment is null then num_nulls(labels, head, delivery) = 0 else hash is not null end
  );
create unique index intents_labels on supercargo.intents (repository, delivery) where comment is null;

create or replace function supercargo.finish_deliveries(
  p_seqs bigint[], p_outcomes text[], p_keys text[], p_intents jsonb
) returns void language plpgsql as $$
begin
  insert into supercargo.intents (repository, number, comment, login, hash, labels, head, delivery)
    select i.repository, i.number, i.comment, i.login, i.hash, i.labels, i.head, i.delivery
      from jsonb_to_recordset(p_intents) as i(
        repository text, number bigint, comment bigint, login text, hash text, labels jsonb, head text, delivery text
      )
    on conflict do nothing;
  perform supercargo.finish_deliveries(p_seqs, p_outcomes, p_keys);
end
$$;
