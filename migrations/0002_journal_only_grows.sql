-- The journal only grows: the database refuses that a line be changed or removed, whoever asks.
create function journal_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'journal lines are never changed nor removed' using errcode = '55000', constraint = 'journal_append_only';
end $$;
--> statement-breakpoint
create trigger journal_append_only before update or delete on journal for each row execute function journal_refuse_change();
--> statement-breakpoint
create trigger journal_append_only_whole before truncate on journal for each statement execute function journal_refuse_change();
--> statement-breakpoint
-- Seals only add up as well. Their mark alone may change: it is made anew under the next master key.
create trigger journal_seals_kept before delete on journal_seals for each row execute function journal_refuse_change();
--> statement-breakpoint
create trigger journal_seals_unchanged before update on journal_seals for each row
  when ((old.position, old.hash, old.at) is distinct from (new.position, new.hash, new.at)) execute function journal_refuse_change();
--> statement-breakpoint
create trigger journal_seals_kept_whole before truncate on journal_seals for each statement execute function journal_refuse_change();
--> statement-breakpoint
-- Organisations registered before they had a state were all registered by the operator, and issue already.
UPDATE "organisations" SET "state" = 'approved';
--> statement-breakpoint
-- Answers kept for a day are now sealed: those kept in clear could not be opened, and a caller asks again.
DELETE FROM "idempotent_answers";
