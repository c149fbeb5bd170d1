CREATE TABLE "content_imports" (
	"name" text PRIMARY KEY NOT NULL,
	"text" text NOT NULL,
	"sha256" text NOT NULL,
	"imported_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "content_import_size" CHECK (octet_length("content_imports"."text") <= 4194304)
);
--> statement-breakpoint
CREATE TABLE "cartography_release_files" (
	"number" integer NOT NULL,
	"name" text NOT NULL,
	"position" integer NOT NULL,
	"title" text NOT NULL,
	"media_type" text NOT NULL,
	"licences" jsonb NOT NULL,
	"content" text NOT NULL,
	"bytes" integer NOT NULL,
	"sha256" text NOT NULL,
	CONSTRAINT "release_file_once" PRIMARY KEY("number","name"),
	CONSTRAINT "release_file_digest_form" CHECK ("cartography_release_files"."sha256" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "release_file_size" CHECK ("cartography_release_files"."bytes" = octet_length("cartography_release_files"."content"))
);
--> statement-breakpoint
CREATE TABLE "cartography_releases" (
	"number" integer PRIMARY KEY NOT NULL,
	"previous" integer,
	"published_at" timestamp (3) with time zone NOT NULL,
	"note" text NOT NULL,
	"digest" text NOT NULL,
	"summary" jsonb NOT NULL,
	"kept_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "release_number_positive" CHECK ("cartography_releases"."number" > 0),
	CONSTRAINT "release_follows_previous" CHECK ("cartography_releases"."previous" is not distinct from nullif("cartography_releases"."number" - 1, 0)),
	CONSTRAINT "release_digest_form" CHECK ("cartography_releases"."digest" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "positionings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"organisation_id" uuid,
	"author" text NOT NULL,
	"target" text NOT NULL,
	"content" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "positioning_target_said" CHECK (length("positionings"."target") between 3 and 200)
);
--> statement-breakpoint
CREATE TABLE "lists" (
	"slug" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"about" jsonb NOT NULL,
	CONSTRAINT "list_kind_known" CHECK ("lists"."kind" in ('requirements', 'duties', 'activities', 'bridges', 'field-needs')),
	CONSTRAINT "list_status_known" CHECK ("lists"."status" in ('official', 'illustrative'))
);
--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "price_cents" integer;--> statement-breakpoint
ALTER TABLE "cartography_release_files" ADD CONSTRAINT "release_file_release" FOREIGN KEY ("number") REFERENCES "public"."cartography_releases"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cartography_releases" ADD CONSTRAINT "release_previous_exists" FOREIGN KEY ("previous") REFERENCES "public"."cartography_releases"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "positionings" ADD CONSTRAINT "positionings_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "positionings" ADD CONSTRAINT "positionings_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "positionings_by_person" ON "positionings" USING btree ("person_id","id");--> statement-breakpoint
CREATE INDEX "positionings_by_organisation" ON "positionings" USING btree ("organisation_id","id") WHERE "positionings"."organisation_id" is not null;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "session_price_admitted" CHECK ("sessions"."price_cents" between 0 and 10000000);--> statement-breakpoint
-- A release never changes: neither its line, nor its files, nor their number.
create function release_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'releases of the cartography are never changed nor removed' using errcode = '55000', constraint = 'release_immutable';
end $$;
--> statement-breakpoint
create trigger release_immutable before update or delete on cartography_releases for each row execute function release_refuse_change();
--> statement-breakpoint
create trigger release_immutable_whole before truncate on cartography_releases for each statement execute function release_refuse_change();
--> statement-breakpoint
create trigger release_file_immutable before update or delete on cartography_release_files for each row execute function release_refuse_change();
--> statement-breakpoint
create trigger release_file_immutable_whole before truncate on cartography_release_files for each statement execute function release_refuse_change();
--> statement-breakpoint
-- now() is when the transaction began: a file of another transaction than its release comes too late.
create function release_refuse_file() returns trigger language plpgsql as $$
begin
  if exists (select 1 from cartography_releases where number = new.number and kept_at <> now()) then
    raise exception 'a release that stands takes no more files' using errcode = '55000', constraint = 'release_closed';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger release_closed before insert on cartography_release_files for each row execute function release_refuse_file();
