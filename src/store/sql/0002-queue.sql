-- Every statement that adds jobs holds this in shared mode, and the collection of unused queues in exclusive
-- mode: a queue that goes between the two statements of add_jobs would leave a job without its queue, and so
-- without "one at a time". Always taken before the lock of a key.
create function supercargo.hold_queues() returns void language sql as $$
  select pg_advisory_xact_lock_shared(7332, 0)
$$;

-- Wakes a task of which one is enough (inbox, sweep). The job is always written, even when one is waiting: a
-- worker that took it before this transaction commits would not see what the transaction writes.
-- add_job returns nothing when the job was taken between its own two statements; then it is added anew.
create function supercargo.wake(p_task text, p_at timestamptz) returns void language plpgsql as $$
declare
  waiting timestamptz;
  added bigint;
begin
  perform supercargo.hold_queues();
  perform pg_advisory_xact_lock(7333, hashtext(p_task));
  loop
    select run_at into waiting from supercargo_worker.jobs
      where jobs.key = p_task and locked_at is null and attempts < max_attempts;
    select (supercargo_worker.add_job(
      p_task, '{}'::json, queue_name => p_task, run_at => least(p_at, waiting), max_attempts => 32767,
      job_key => p_task, priority => -10)).id into added;
    exit when added is not null;
  end loop;
end
$$;

-- Queues keys. A waiting key keeps the sooner of its times; a running one runs again; the forge's "not before"
-- holds for every cause. p_event: news about the key, which revives a dead one; the sweep leaves it dead.
create function supercargo.enqueue(p_keys text[], p_at timestamptz, p_event boolean) returns void
language plpgsql as $$
declare
  k text;
  state supercargo.key_states;
  waiting record;
  wanted timestamptz;
  urgency integer;
  added bigint;
begin
  perform supercargo.hold_queues();
  for k in
    select x from (select distinct unnest(p_keys) as x) as keys
    -- most keys of a storm wait already, at least as soon and as urgently: nothing to write, nothing to lock
    where not exists (select 1 from supercargo_worker.jobs
      where jobs.key = 'reconcile:' || x and locked_at is null and attempts < max_attempts
      and run_at <= coalesce(p_at, now()) and priority <= case when p_event then 0 else 10 end)
    order by hashtext(x), x
  loop
    perform pg_advisory_xact_lock(7334, hashtext(k));
    select * into state from supercargo.key_states where key_states.key = k;
    if state.dead_at is not null then
      continue when not p_event;
      delete from supercargo.key_states where key_states.key = k;
    end if;
    loop
      select run_at, priority into waiting from supercargo_worker.jobs
        where jobs.key = 'reconcile:' || k and locked_at is null and attempts < max_attempts;
      wanted := greatest(least(coalesce(p_at, now()), waiting.run_at), state.not_before);
      urgency := least(case when p_event then 0 else 10 end, waiting.priority);
      exit when waiting.run_at = wanted and waiting.priority = urgency;
      select (supercargo_worker.add_job(
        'reconcile', json_build_object('key', k), queue_name => supercargo.queue_of(k), run_at => wanted,
        max_attempts => 32767, job_key => 'reconcile:' || k, priority => urgency)).id into added;
      exit when added is not null;
    end loop;
  end loop;
end
$$;

-- graphile-worker allows 128 characters; a GitLab path may have more.
create function supercargo.queue_of(p_key text) returns text language sql immutable as $$
  select case when length(p_key) <= 128 then p_key else left(p_key, 95) || '#' || md5(p_key) end
$$;

-- Writes a failed pass. A dead key for which something was queued in the meantime is not dead: it runs.
create function supercargo.fail_key(
  p_key text, p_attempts integer, p_bugs integer, p_error text, p_at timestamptz, p_not_before timestamptz
) returns boolean language plpgsql as $$
declare
  dies boolean;
begin
  perform supercargo.hold_queues();
  perform pg_advisory_xact_lock(7334, hashtext(p_key));
  dies := p_at is null and not exists (select 1 from supercargo_worker.jobs
    where jobs.key = 'reconcile:' || p_key and locked_at is null and attempts < max_attempts);
  insert into supercargo.key_states (key, attempts, bugs, not_before, last_error, dead_at)
    values (p_key, p_attempts, p_bugs, p_not_before, p_error, case when dies then now() end)
  on conflict (key) do update set attempts = excluded.attempts, bugs = excluded.bugs,
    not_before = excluded.not_before, last_error = excluded.last_error, last_at = now(),
    dead_at = excluded.dead_at;
  if not dies then
    perform supercargo.enqueue(array[p_key], coalesce(p_at, 'infinity'), true);
  end if;
  return dies;
end
$$;

-- Writes a pass that ended well, and its timer.
create function supercargo.settle_key(p_key text, p_until timestamptz) returns void language plpgsql as $$
begin
  perform supercargo.hold_queues();
  perform pg_advisory_xact_lock(7334, hashtext(p_key));
  delete from supercargo.key_states where key = p_key;
  if p_until is not null then
    perform supercargo.enqueue(array[p_key], p_until, true);
  end if;
end
$$;

-- The inbox in one statement and so in one transaction. Sorted, so that two replicas that are sent the same
-- deliveries wait for each other in the same order.
create function supercargo.accept_deliveries(
  p_sources text[], p_ids text[], p_events text[], p_sizes integer[], p_payloads bytea[]
) returns table (source text, id text) language plpgsql as $$
begin
  return query
    with arrived as (
      select * from unnest(p_sources, p_ids, p_events, p_sizes, p_payloads) as a(source, id, event, size, bytes)
    ), written as (
      insert into supercargo.deliveries as d (source, id, event, size)
        select a.source, a.id, a.event, a.size from arrived a order by a.source, a.id
        on conflict do nothing
        returning d.seq, d.source, d.id
    ), stored as (
      insert into supercargo.payloads (delivery, part, bytes)
        select w.seq, 0, a.bytes from written w join arrived a on a.source = w.source and a.id = w.id
    )
    select w.source, w.id from written w;
  if found then
    perform supercargo.wake('inbox', now());
  end if;
end
$$;

-- A delivery whose payload is there already. What nobody claims is pruned.
create function supercargo.accept_large_delivery(
  p_seq bigint, p_source text, p_id text, p_event text, p_size integer
) returns boolean language plpgsql as $$
begin
  insert into supercargo.deliveries (seq, source, id, event, size) overriding system value
    values (p_seq, p_source, p_id, p_event, p_size) on conflict do nothing;
  if not found then
    return false;
  end if;
  perform supercargo.wake('inbox', now());
  return true;
end
$$;

create function supercargo.finish_deliveries(p_seqs bigint[], p_outcomes text[], p_keys text[]) returns void
language plpgsql as $$
begin
  update supercargo.deliveries d
    set finished_at = now(), outcome = f.outcome, dead_at = null
    from unnest(p_seqs, p_outcomes) as f(seq, outcome) where d.seq = f.seq;
  perform supercargo.enqueue(p_keys, now(), true);
end
$$;

-- Writes a failed delivery: it is tried again at p_at, or waits for a person where that is null.
create function supercargo.fail_delivery(
  p_seq bigint, p_attempts integer, p_bugs integer, p_error text, p_outcome text, p_at timestamptz
) returns void language plpgsql as $$
begin
  update supercargo.deliveries
    set attempts = p_attempts, bugs = p_bugs, last_error = p_error, outcome = p_outcome,
      next_at = coalesce(p_at, next_at), dead_at = case when p_at is null then now() end
    where seq = p_seq;
  if p_at is not null then
    perform supercargo.wake('inbox', p_at);
  end if;
end
$$;

-- One beat of a worker: says that it lives, frees what silent workers hold, and tells which jobs it holds
-- itself. known is false when others have already taken its jobs over.
create function supercargo.beat(p_id text, p_host text, p_pid integer, p_silent interval)
returns table (known boolean, freed text[], held text[]) language plpgsql as $$
begin
  update supercargo.workers set beat_at = now() where workers.id = p_id;
  known := found;
  if not known then
    insert into supercargo.workers (id, host, pid) values (p_id, p_host, p_pid)
      on conflict (id) do update set beat_at = now();
  end if;
  select array_agg(silent.id) into freed from (
    select w.id from supercargo.workers w where w.id <> p_id and w.beat_at < now() - p_silent
    union
    select j.locked_by from supercargo_worker.jobs j
      where j.locked_by <> p_id and j.locked_at < now() - p_silent
      and not exists (select 1 from supercargo.workers w where w.id = j.locked_by)
  ) as silent;
  if freed is not null then
    perform supercargo.release_workers(freed);
  end if;
  select coalesce(array_agg(j.id::text), '{}') into held from supercargo_worker.jobs j where j.locked_by = p_id;
  return next;
end
$$;

create function supercargo.release_workers(p_ids text[]) returns void language plpgsql as $$
begin
  perform supercargo_worker.force_unlock_workers(p_ids);
  delete from supercargo.workers where id = any (p_ids);
end
$$;
