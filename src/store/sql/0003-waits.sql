-- What the last pass over a key waited for, and since when. Git does not know it: nobody commits a wait.
create table supercargo.waits (
  key text not null,
  what text not null,
  since timestamptz not null,
  primary key (key, what)
);
