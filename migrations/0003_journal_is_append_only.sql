-- The journal only grows: the database refuses that a line be changed or removed, whoever asks.
create function journal_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'journal lines are never changed nor removed' using errcode = '55000', constraint = 'journal_append_only';
end $$;
--> statement-breakpoint
create trigger journal_append_only before update or delete on journal for each row execute function journal_refuse_change();
--> statement-breakpoint
create trigger journal_append_only_whole before truncate on journal for each statement execute function journal_refuse_change();
