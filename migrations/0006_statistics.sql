CREATE TABLE "badge_counts" (
	"month" text NOT NULL,
	"achievement_slug" text NOT NULL,
	"achievement_version" text NOT NULL,
	"departement" text NOT NULL,
	"issued" integer NOT NULL,
	"revoked" integer NOT NULL,
	CONSTRAINT "badge_count_once" PRIMARY KEY("month","achievement_slug","achievement_version","departement"),
	CONSTRAINT "badge_count_month_form" CHECK ("badge_counts"."month" ~ '^[0-9]{4}-[0-9]{2}$'),
	CONSTRAINT "badge_count_positive" CHECK ("badge_counts"."issued" >= 0 and "badge_counts"."revoked" >= 0)
);
--> statement-breakpoint
CREATE TABLE "level_counts" (
	"month" text NOT NULL,
	"competence" text NOT NULL,
	"level" text NOT NULL,
	"departement" text NOT NULL,
	"issued" integer NOT NULL,
	"revoked" integer NOT NULL,
	CONSTRAINT "level_count_once" PRIMARY KEY("month","competence","level","departement"),
	CONSTRAINT "level_count_positive" CHECK ("level_counts"."issued" >= 0 and "level_counts"."revoked" >= 0)
);
--> statement-breakpoint
CREATE TABLE "statistics_editions" (
	"edition" text PRIMARY KEY NOT NULL,
	"from_month" text NOT NULL,
	"to_month" text NOT NULL,
	"threshold" integer NOT NULL,
	"published_at" timestamp with time zone DEFAULT now() NOT NULL,
	"author" text NOT NULL,
	"digest" text NOT NULL,
	CONSTRAINT "edition_name_form" CHECK ("statistics_editions"."edition" ~ '^[a-z0-9][a-z0-9-]{3,39}$'),
	CONSTRAINT "edition_months" CHECK ("statistics_editions"."from_month" ~ '^[0-9]{4}-[0-9]{2}$' and "statistics_editions"."to_month" ~ '^[0-9]{4}-[0-9]{2}$' and "statistics_editions"."from_month" <= "statistics_editions"."to_month"),
	CONSTRAINT "edition_threshold" CHECK ("statistics_editions"."threshold" between 2 and 1000)
);
--> statement-breakpoint
CREATE TABLE "statistics_figures" (
	"edition" text NOT NULL,
	"kind" text NOT NULL,
	"of" text NOT NULL,
	"territory" text NOT NULL,
	"month" text NOT NULL,
	"count" integer,
	CONSTRAINT "figure_once" PRIMARY KEY("edition","kind","territory","of","month"),
	CONSTRAINT "figure_kind_known" CHECK ("statistics_figures"."kind" in ('all', 'badge', 'competence', 'level', 'public')),
	CONSTRAINT "figure_positive" CHECK ("statistics_figures"."count" > 0)
);
--> statement-breakpoint
ALTER TABLE "credential_events" ADD COLUMN "counted" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "statistics_figures" ADD CONSTRAINT "statistics_figures_edition_statistics_editions_edition_fk" FOREIGN KEY ("edition") REFERENCES "public"."statistics_editions"("edition") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "credential_events_uncounted" ON "credential_events" USING btree ("id") WHERE not "credential_events"."counted";
--> statement-breakpoint
-- An edition never changes: neither its line, nor its figures; figures come in the transaction of their edition only.
create function edition_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'editions of the statistics are never changed nor removed' using errcode = '55000', constraint = 'edition_immutable';
end $$;
--> statement-breakpoint
create trigger edition_immutable before update or delete on statistics_editions for each row execute function edition_refuse_change();
--> statement-breakpoint
create trigger edition_immutable_whole before truncate on statistics_editions for each statement execute function edition_refuse_change();
--> statement-breakpoint
create trigger figure_immutable before update or delete on statistics_figures for each row execute function edition_refuse_change();
--> statement-breakpoint
create trigger figure_immutable_whole before truncate on statistics_figures for each statement execute function edition_refuse_change();
--> statement-breakpoint
create function edition_refuse_figure() returns trigger language plpgsql as $$
begin
  if exists (select 1 from statistics_editions where edition = new.edition and published_at <> now()) then
    raise exception 'an edition that stands takes no more figures' using errcode = '55000', constraint = 'edition_closed';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger edition_closed before insert on statistics_figures for each row execute function edition_refuse_figure();
