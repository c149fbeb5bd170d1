ALTER TABLE "statistics_figures" DROP CONSTRAINT "figure_kind_known";--> statement-breakpoint
ALTER TABLE "statistics_figures" ADD CONSTRAINT "figure_kind_form" CHECK ("statistics_figures"."kind" ~ '^[a-z]+(-[a-z]+)*$');
--> statement-breakpoint
CREATE TABLE "statistics_files" (
	"edition" text NOT NULL,
	"name" text NOT NULL,
	"position" integer NOT NULL,
	"title" text NOT NULL,
	"media_type" text NOT NULL,
	"content" "bytea" NOT NULL,
	"bytes" integer NOT NULL,
	"sha256" text NOT NULL,
	CONSTRAINT "statistics_file_once" PRIMARY KEY("edition","name"),
	CONSTRAINT "statistics_file_size" CHECK ("statistics_files"."bytes" = octet_length("statistics_files"."content")),
	CONSTRAINT "statistics_file_digest" CHECK ("statistics_files"."sha256" = encode(sha256("statistics_files"."content"), 'hex'))
);
--> statement-breakpoint
CREATE TABLE "statistics_orders" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"edition" text NOT NULL,
	"from_month" text NOT NULL,
	"to_month" text NOT NULL,
	"threshold" integer NOT NULL,
	"organisation_id" uuid NOT NULL,
	"author" text NOT NULL,
	"asked_at" timestamp with time zone DEFAULT now() NOT NULL,
	"state" text DEFAULT 'preparing' NOT NULL,
	"refusal" jsonb,
	"settled_at" timestamp with time zone,
	"taken_until" timestamp with time zone,
	CONSTRAINT "order_name_form" CHECK ("statistics_orders"."edition" ~ '^[a-z0-9][a-z0-9-]{3,39}$'),
	CONSTRAINT "order_months" CHECK ("statistics_orders"."from_month" ~ '^[0-9]{4}-(0[1-9]|1[0-2])$' and "statistics_orders"."to_month" ~ '^[0-9]{4}-(0[1-9]|1[0-2])$' and "statistics_orders"."from_month" <= "statistics_orders"."to_month"),
	CONSTRAINT "order_threshold" CHECK ("statistics_orders"."threshold" between 2 and 1000),
	CONSTRAINT "order_state_known" CHECK ("statistics_orders"."state" in ('preparing', 'published', 'refused')),
	CONSTRAINT "order_settled_when" CHECK (("statistics_orders"."state" = 'preparing') = ("statistics_orders"."settled_at" is null)),
	CONSTRAINT "order_refused_why" CHECK (("statistics_orders"."state" = 'refused') = ("statistics_orders"."refusal" is not null))
);
--> statement-breakpoint
ALTER TABLE "statistics_editions" ADD COLUMN "organisation_id" uuid;--> statement-breakpoint
ALTER TABLE "statistics_editions" ADD COLUMN "kept_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "statistics_figures" ADD COLUMN "denominator" integer;--> statement-breakpoint
ALTER TABLE "statistics_files" ADD CONSTRAINT "statistics_files_edition_statistics_editions_edition_fk" FOREIGN KEY ("edition") REFERENCES "public"."statistics_editions"("edition") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "statistics_orders" ADD CONSTRAINT "statistics_orders_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "order_stands_once" ON "statistics_orders" USING btree ("edition") WHERE "statistics_orders"."state" <> 'refused';--> statement-breakpoint
CREATE INDEX "orders_preparing" ON "statistics_orders" USING btree ("asked_at") WHERE "statistics_orders"."state" = 'preparing';--> statement-breakpoint
ALTER TABLE "statistics_editions" ADD CONSTRAINT "statistics_editions_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "figures_by_territory" ON "statistics_figures" USING btree ("edition","territory","kind","of","month");--> statement-breakpoint
ALTER TABLE "statistics_figures" ADD CONSTRAINT "figure_denominator_positive" CHECK ("statistics_figures"."denominator" > 0);--> statement-breakpoint
-- No month is in two editions, nor ordered twice.
alter table statistics_editions add constraint edition_months_free exclude using gist (
  int4range(left(from_month, 4)::int * 12 + right(from_month, 2)::int, left(to_month, 4)::int * 12 + right(to_month, 2)::int, '[]') with &&
);
--> statement-breakpoint
alter table statistics_orders add constraint order_months_free exclude using gist (
  int4range(left(from_month, 4)::int * 12 + right(from_month, 2)::int, left(to_month, 4)::int * 12 + right(to_month, 2)::int, '[]') with &&
) where (state <> 'refused');
--> statement-breakpoint
-- The day of publication is signed before the transaction begins: what joins an edition is known by `kept_at`.
create or replace function edition_refuse_figure() returns trigger language plpgsql as $$
begin
  if exists (select 1 from statistics_editions where edition = new.edition and kept_at <> now()) then
    raise exception 'an edition that stands takes no more figures nor files' using errcode = '55000', constraint = 'edition_closed';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger edition_file_closed before insert on statistics_files for each row execute function edition_refuse_figure();
--> statement-breakpoint
create trigger edition_file_immutable before update or delete on statistics_files for each row execute function edition_refuse_change();
--> statement-breakpoint
create trigger edition_file_immutable_whole before truncate on statistics_files for each statement execute function edition_refuse_change();
--> statement-breakpoint
CREATE TABLE "verification_counts" (
	"month" text NOT NULL,
	"verdict" text NOT NULL,
	"means" text NOT NULL,
	"shard" smallint NOT NULL,
	"count" integer NOT NULL,
	CONSTRAINT "verification_count_once" PRIMARY KEY("month","verdict","means","shard"),
	CONSTRAINT "verification_count_month_form" CHECK ("verification_counts"."month" ~ '^[0-9]{4}-[0-9]{2}$'),
	CONSTRAINT "verification_count_verdict" CHECK ("verification_counts"."verdict" in ('valid', 'invalid', 'indeterminate')),
	CONSTRAINT "verification_count_means" CHECK ("verification_counts"."means" in ('own', 'other', 'unreadable')),
	CONSTRAINT "verification_count_positive" CHECK ("verification_counts"."shard" >= 0 and "verification_counts"."count" > 0)
);
--> statement-breakpoint
CREATE TABLE "feed_events" (
	"position" bigint PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"organisation_id" uuid NOT NULL,
	"type" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"body" jsonb NOT NULL,
	CONSTRAINT "feed_event_once" UNIQUE("id"),
	CONSTRAINT "feed_event_type_form" CHECK ("feed_events"."type" ~ '^[a-z]+\.[a-z]+$')
);
--> statement-breakpoint
CREATE TABLE "feed_head" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"position" bigint NOT NULL,
	"forgotten" bigint NOT NULL,
	"journal" bigint NOT NULL,
	CONSTRAINT "feed_head_is_one" CHECK ("feed_head"."only"),
	CONSTRAINT "feed_head_in_order" CHECK ("feed_head"."forgotten" between 0 and "feed_head"."position")
);
--> statement-breakpoint
CREATE TABLE "webhooks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"url" text NOT NULL,
	"types" text[] NOT NULL,
	"secret" text NOT NULL,
	"previous_secret" text,
	"previous_ends_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"state" text DEFAULT 'active' NOT NULL,
	"position" bigint NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"failing_since" timestamp with time zone,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"held_by" uuid,
	"held_until" timestamp with time zone,
	"last_answer" text,
	"last_at" timestamp with time zone,
	CONSTRAINT "webhook_state_known" CHECK ("webhooks"."state" in ('active', 'paused', 'ended')),
	CONSTRAINT "webhook_has_types" CHECK (cardinality("webhooks"."types") > 0),
	CONSTRAINT "webhook_previous_secret_ends" CHECK (("webhooks"."previous_secret" is null) = ("webhooks"."previous_ends_at" is null))
);
--> statement-breakpoint
CREATE TABLE "need_declarations" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"person_id" uuid,
	"organisation_id" uuid,
	"respondent" text NOT NULL,
	"departement" text,
	"themes" text NOT NULL,
	"needed" text[] NOT NULL,
	"not_needed" text[] NOT NULL,
	"declared_at" timestamp with time zone NOT NULL,
	CONSTRAINT "need_respondent_known" CHECK ("need_declarations"."respondent" in ('mediateur', 'conseiller', 'aidant', 'cadre', 'independant', 'employeur')),
	CONSTRAINT "need_of_one" CHECK (num_nonnulls("need_declarations"."person_id", "need_declarations"."organisation_id") = 1),
	CONSTRAINT "need_of_team_by_organisation" CHECK (("need_declarations"."respondent" = 'employeur') = ("need_declarations"."organisation_id" is not null)),
	CONSTRAINT "need_answered_once" CHECK (not ("need_declarations"."needed" && "need_declarations"."not_needed")),
	CONSTRAINT "need_themes_form" CHECK (array_to_string("need_declarations"."needed" || "need_declarations"."not_needed", ',', '?') ~ '^([a-z]+(,[a-z]+)*)?$'),
	CONSTRAINT "need_departement_form" CHECK ("need_declarations"."departement" ~ '^([0-9]{2}|2[AB]|9[78][0-9])$')
);
--> statement-breakpoint
ALTER TABLE "api_clients" DROP CONSTRAINT "client_scopes_known";--> statement-breakpoint
-- What is there already is not news: the catalogue alone says so of old rows, none is rewritten; new ones wait to be told.
ALTER TABLE "credential_events" ADD COLUMN "fed" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "credential_events" ALTER COLUMN "fed" SET DEFAULT false;--> statement-breakpoint
-- What is there already is not news: the catalogue alone says so of old rows, none is rewritten; new ones wait to be told.
ALTER TABLE "habilitation_events" ADD COLUMN "fed" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "habilitation_events" ALTER COLUMN "fed" SET DEFAULT false;--> statement-breakpoint
ALTER TABLE "feed_events" ADD CONSTRAINT "feed_events_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "need_declarations" ADD CONSTRAINT "need_declarations_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "need_declarations" ADD CONSTRAINT "need_declarations_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feed_events_by_organisation" ON "feed_events" USING btree ("organisation_id","position");--> statement-breakpoint
CREATE INDEX "webhooks_by_organisation" ON "webhooks" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "webhooks_active" ON "webhooks" USING btree ("due_at") WHERE "webhooks"."state" = 'active';--> statement-breakpoint
CREATE INDEX "need_declarations_by_person" ON "need_declarations" USING btree ("person_id","respondent","declared_at","id") WHERE "need_declarations"."person_id" is not null;--> statement-breakpoint
CREATE INDEX "need_declarations_by_organisation" ON "need_declarations" USING btree ("organisation_id","declared_at","id") WHERE "need_declarations"."organisation_id" is not null;--> statement-breakpoint
CREATE INDEX "need_declarations_by_time" ON "need_declarations" USING btree ("declared_at");--> statement-breakpoint
CREATE INDEX "credential_events_unfed" ON "credential_events" USING btree ("id") WHERE not "credential_events"."fed";--> statement-breakpoint
CREATE INDEX "habilitation_events_unfed" ON "habilitation_events" USING btree ("id") WHERE not "habilitation_events"."fed";--> statement-breakpoint
ALTER TABLE "api_clients" ADD CONSTRAINT "client_scopes_known" CHECK ("api_clients"."scopes" <@ array['sessions', 'completions', 'credentials', 'credentials:write', 'events'] and cardinality("api_clients"."scopes") > 0);
--> statement-breakpoint
-- Or the planner would take every other row for one that waits.
analyze credential_events (fed), habilitation_events (fed);
--> statement-breakpoint
-- The feed begins now: sessions planned before are read from the list of sessions.
insert into feed_head (position, forgotten, journal) select 0, 0, coalesce(max(position), 0) from journal;
--> statement-breakpoint
-- An event never changes, and goes only once its position was forgotten as a whole.
create function feed_refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and old.position <= (select forgotten from feed_head) then
    return old;
  end if;
  raise exception 'events of the feed are never changed, nor removed before their time' using errcode = '55000', constraint = 'feed_immutable';
end $$;
--> statement-breakpoint
create function feed_refuse_truncate() returns trigger language plpgsql as $$
begin
  raise exception 'events of the feed are never changed, nor removed before their time' using errcode = '55000', constraint = 'feed_immutable';
end $$;
--> statement-breakpoint
create trigger feed_immutable before update or delete on feed_events for each row execute function feed_refuse_change();
--> statement-breakpoint
create trigger feed_immutable_whole before truncate on feed_events for each statement execute function feed_refuse_truncate();
--> statement-breakpoint
create trigger feed_head_kept before delete or truncate on feed_head for each statement execute function feed_refuse_truncate();
--> statement-breakpoint
CREATE TABLE "credentials_to_count" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"credential_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "session_counts" (
	"session_id" uuid PRIMARY KEY NOT NULL,
	"ends_on" date NOT NULL,
	"departement" text NOT NULL,
	"modality" text NOT NULL,
	"module_slug" text,
	"hours" integer,
	"capacity" integer NOT NULL,
	"held" integer NOT NULL,
	"completed" integer NOT NULL,
	CONSTRAINT "session_count_within" CHECK ("session_counts"."completed" between 0 and "session_counts"."held")
);
--> statement-breakpoint
CREATE TABLE "sessions_to_count" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"session_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "structure_moves" (
	"state" text NOT NULL,
	"month" text NOT NULL,
	"organisation_id" uuid NOT NULL,
	"count" integer NOT NULL,
	CONSTRAINT "structure_move_once" PRIMARY KEY("state","month","organisation_id"),
	CONSTRAINT "structure_move_state_known" CHECK ("structure_moves"."state" in ('habilites', 'en-cours')),
	CONSTRAINT "structure_move_month_form" CHECK ("structure_moves"."month" ~ '^[0-9]{4}-[0-9]{2}$')
);
--> statement-breakpoint
CREATE TABLE "tallies" (
	"kind" text NOT NULL,
	"month" text NOT NULL,
	"departement" text NOT NULL,
	"of" text NOT NULL,
	"count" integer NOT NULL,
	CONSTRAINT "tally_once" PRIMARY KEY("kind","month","departement","of"),
	CONSTRAINT "tally_kind_known" CHECK ("tallies"."kind" in ('renewal', 'delay', 'ending')),
	CONSTRAINT "tally_month_form" CHECK ("tallies"."month" ~ '^[0-9]{4}-[0-9]{2}$')
);
--> statement-breakpoint
ALTER TABLE "credential_events" ADD COLUMN "tallied_as" text;--> statement-breakpoint
ALTER TABLE "habilitation_events" ADD COLUMN "counted" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "request_events" ADD COLUMN "counted" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "session_counts_by_end" ON "session_counts" USING btree ("ends_on");--> statement-breakpoint
CREATE INDEX "credential_events_untallied" ON "credential_events" USING btree ("id") WHERE "credential_events"."tallied_as" is null;--> statement-breakpoint
CREATE INDEX "habilitation_events_uncounted" ON "habilitation_events" USING btree ("id") WHERE not "habilitation_events"."counted";--> statement-breakpoint
CREATE INDEX "request_events_uncounted" ON "request_events" USING btree ("id") WHERE not "request_events"."counted" and "request_events"."habilitation_request_id" is not null;--> statement-breakpoint
ALTER TABLE "credential_events" ADD CONSTRAINT "credential_event_tally_known" CHECK ("credential_events"."tallied_as" in ('first', 'renewed', 'neither'));--> statement-breakpoint
-- What changes a session asks for it to be counted again. Lines are only added: no one waits for another.
create function session_to_count() returns trigger language plpgsql as $$
begin
  insert into sessions_to_count (session_id) select id from changed;
  return null;
end $$;
--> statement-breakpoint
create trigger session_planned after insert on sessions referencing new table as changed for each statement execute function session_to_count();
--> statement-breakpoint
create trigger session_changed after update on sessions referencing new table as changed for each statement execute function session_to_count();
--> statement-breakpoint
create function session_of_learners_to_count() returns trigger language plpgsql as $$
begin
  insert into sessions_to_count (session_id) select distinct session_id from changed;
  return null;
end $$;
--> statement-breakpoint
create trigger enrolment_added after insert on enrolments referencing new table as changed for each statement execute function session_of_learners_to_count();
--> statement-breakpoint
create trigger enrolment_changed after update on enrolments referencing new table as changed for each statement execute function session_of_learners_to_count();
--> statement-breakpoint
create trigger enrolment_removed after delete on enrolments referencing old table as changed for each statement execute function session_of_learners_to_count();
--> statement-breakpoint
create trigger completion_added after insert on completions referencing new table as changed for each statement execute function session_of_learners_to_count();
--> statement-breakpoint
create trigger completion_removed after delete on completions referencing old table as changed for each statement execute function session_of_learners_to_count();
--> statement-breakpoint
-- Of a change of a completion, only whose it is counts: whoever was enrolled too is then one person, no longer two.
create function moved_completion_to_count() returns trigger language plpgsql as $$
begin
  insert into sessions_to_count (session_id) values (new.session_id);
  return null;
end $$;
--> statement-breakpoint
create trigger completion_moved after update of person_id on completions for each row when (old.person_id <> new.person_id) execute function moved_completion_to_count();
--> statement-breakpoint
-- A badge that comes to another person may now renew one, or be renewed; so may what it leaves behind, which one badge stands for.
create function moved_credential_to_count() returns trigger language plpgsql as $$
begin
  insert into credentials_to_count (credential_id) values (new.id);
  insert into credentials_to_count (credential_id)
  select id from credentials where person_id = old.person_id and achievement_slug = new.achievement_slug limit 1;
  return null;
end $$;
--> statement-breakpoint
create trigger credential_moved after update of person_id on credentials for each row when (old.person_id <> new.person_id) execute function moved_credential_to_count();
--> statement-breakpoint
-- Those of before, once; after the triggers, so that none falls between.
insert into sessions_to_count (session_id) select id from sessions;
--> statement-breakpoint
CREATE TABLE "organisation_places" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"place_id" text NOT NULL,
	"organisation_id" uuid NOT NULL,
	"nom" text NOT NULL,
	"tells" text DEFAULT 'presence' NOT NULL,
	"agreed_at" timestamp with time zone,
	"since" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "place_id_form" CHECK ("organisation_places"."place_id" !~ '[[:space:]]' and length("organisation_places"."place_id") between 1 and 150),
	CONSTRAINT "place_nom_said" CHECK (length("organisation_places"."nom") > 0),
	CONSTRAINT "place_tells_known" CHECK ("organisation_places"."tells" in ('presence', 'numbers', 'all')),
	CONSTRAINT "place_agreement_stated" CHECK (("organisation_places"."tells" = 'all') = ("organisation_places"."agreed_at" is not null)),
	CONSTRAINT "place_days_in_order" CHECK ("organisation_places"."since" <= "organisation_places"."ended_at")
);
--> statement-breakpoint
ALTER TABLE "organisation_places" ADD CONSTRAINT "organisation_places_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "place_one_structure" ON "organisation_places" USING btree ("place_id") WHERE "organisation_places"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "organisation_places_by_organisation" ON "organisation_places" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "organisation_places_by_place" ON "organisation_places" USING btree ("place_id");
--> statement-breakpoint
-- A declaration never changes; it only follows its person, when two records of one person are brought together.
create function need_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'declared needs are never changed' using errcode = '55000', constraint = 'need_unchanged';
end $$;
--> statement-breakpoint
create trigger need_unchanged before update on need_declarations for each row
  when ((old.id, old.organisation_id, old.respondent, old.departement, old.themes, old.needed, old.not_needed, old.declared_at)
    is distinct from (new.id, new.organisation_id, new.respondent, new.departement, new.themes, new.needed, new.not_needed, new.declared_at))
  execute function need_refuse_change();
