CREATE TABLE "shared_credentials" (
	"share_id" uuid NOT NULL,
	"credential_id" uuid NOT NULL,
	CONSTRAINT "shared_credential_once" PRIMARY KEY("share_id","credential_id")
);
--> statement-breakpoint
CREATE TABLE "shares" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"person_id" uuid NOT NULL,
	"secret_hash" text NOT NULL,
	"secret" text,
	"label" text,
	"show_name" boolean NOT NULL,
	"show_habilitations" boolean NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"withdrawn_at" timestamp with time zone,
	CONSTRAINT "share_ends" CHECK ("shares"."expires_at" > "shares"."created_at"),
	CONSTRAINT "share_withdrawn_forgets" CHECK ("shares"."withdrawn_at" is null or "shares"."secret" is null)
);
--> statement-breakpoint
CREATE TABLE "organisation_badges" (
	"slug" text PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"draft" jsonb NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"published_version" text,
	"withdrawn_at" timestamp with time zone,
	CONSTRAINT "organisation_badge_named" CHECK ("organisation_badges"."slug" like '%--%')
);
--> statement-breakpoint
CREATE TABLE "enrolment_asks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"session_id" uuid NOT NULL,
	"email_fingerprint" text NOT NULL,
	"identity" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "enrolment_ask_once" UNIQUE("session_id","email_fingerprint")
);
--> statement-breakpoint
CREATE TABLE "enrolment_links" (
	"session_id" uuid PRIMARY KEY NOT NULL,
	"secret_hash" text NOT NULL,
	"secret" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "shared_credentials" ADD CONSTRAINT "shared_credentials_share_id_shares_id_fk" FOREIGN KEY ("share_id") REFERENCES "public"."shares"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shared_credentials" ADD CONSTRAINT "shared_credentials_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shares" ADD CONSTRAINT "shares_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisation_badges" ADD CONSTRAINT "organisation_badges_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrolment_asks" ADD CONSTRAINT "enrolment_asks_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrolment_links" ADD CONSTRAINT "enrolment_links_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "shared_credentials_by_credential" ON "shared_credentials" USING btree ("credential_id");--> statement-breakpoint
CREATE UNIQUE INDEX "share_secret_unique" ON "shares" USING btree ("secret_hash");--> statement-breakpoint
CREATE INDEX "shares_by_person" ON "shares" USING btree ("person_id","created_at");--> statement-breakpoint
CREATE INDEX "organisation_badges_by_organisation" ON "organisation_badges" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "enrolment_asks_by_email" ON "enrolment_asks" USING btree ("email_fingerprint");--> statement-breakpoint
CREATE UNIQUE INDEX "enrolment_link_secret_unique" ON "enrolment_links" USING btree ("secret_hash");--> statement-breakpoint
CREATE INDEX "organisations_approved_by_name" ON "organisations" USING btree ("name","slug") WHERE "organisations"."state" = 'approved';--> statement-breakpoint
CREATE INDEX "sessions_by_organisation_start" ON "sessions" USING btree ("organisation_id","starts_on","id");--> statement-breakpoint
CREATE INDEX "sessions_by_departement" ON "sessions" USING btree ("departement","organisation_id") WHERE "sessions"."cancelled_at" is null;