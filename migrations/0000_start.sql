CREATE TABLE "achievements" (
	"slug" text NOT NULL,
	"version" text NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"digest" text NOT NULL,
	"about" jsonb NOT NULL,
	CONSTRAINT "achievements_slug_version_pk" PRIMARY KEY("slug","version"),
	CONSTRAINT "achievement_kind_known" CHECK ("achievements"."kind" in ('module', 'block', 'habilitation', 'milestone'))
);
--> statement-breakpoint
CREATE TABLE "credential_events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"credential_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"author" text NOT NULL,
	"reason" text,
	CONSTRAINT "credential_event_kind_known" CHECK ("credential_events"."kind" in ('issued', 'revoked', 'suspended', 'restored')),
	CONSTRAINT "credential_event_says_why" CHECK ("credential_events"."kind" = 'issued' or length("credential_events"."reason") > 0)
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"id" uuid PRIMARY KEY NOT NULL,
	"completion_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"achievement_slug" text NOT NULL,
	"achievement_version" text NOT NULL,
	"status_list_id" uuid NOT NULL,
	"status_index" integer NOT NULL,
	"document" text NOT NULL,
	"valid_from" timestamp with time zone NOT NULL,
	"valid_until" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"suspended_at" timestamp with time zone,
	CONSTRAINT "credential_once_per_completion" UNIQUE("completion_id"),
	CONSTRAINT "credential_status_index_once" UNIQUE("status_list_id","status_index"),
	CONSTRAINT "credential_status_index_in_list" CHECK ("credentials"."status_index" between 0 and 131071)
);
--> statement-breakpoint
CREATE TABLE "issuer_keys" (
	"public_key_multibase" text PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"sealed_secret_key" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"retired_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "status_list_credentials" (
	"list_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"document" text NOT NULL,
	"changes" integer NOT NULL,
	"signed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "status_list_credentials_list_id_purpose_pk" PRIMARY KEY("list_id","purpose"),
	CONSTRAINT "status_purpose_known" CHECK ("status_list_credentials"."purpose" in ('revocation', 'suspension'))
);
--> statement-breakpoint
CREATE TABLE "status_lists" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"allocated" integer DEFAULT 0 NOT NULL,
	"changes" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "status_list_sequence_once" UNIQUE("organisation_id","sequence"),
	CONSTRAINT "status_list_not_overfull" CHECK ("status_lists"."allocated" between 0 and 131072)
);
--> statement-breakpoint
CREATE TABLE "module_competences" (
	"slug" text NOT NULL,
	"module_version" text NOT NULL,
	"framework" text NOT NULL,
	"version" text NOT NULL,
	"code" text NOT NULL,
	CONSTRAINT "module_competence_once" PRIMARY KEY("slug","module_version","framework","version","code")
);
--> statement-breakpoint
CREATE TABLE "modules" (
	"slug" text NOT NULL,
	"version" text NOT NULL,
	"title" text NOT NULL,
	"about" jsonb NOT NULL,
	CONSTRAINT "modules_slug_version_pk" PRIMARY KEY("slug","version")
);
--> statement-breakpoint
CREATE TABLE "paths" (
	"slug" text NOT NULL,
	"version" text NOT NULL,
	"title" text NOT NULL,
	"about" jsonb NOT NULL,
	CONSTRAINT "paths_slug_version_pk" PRIMARY KEY("slug","version")
);
--> statement-breakpoint
CREATE TABLE "organisations" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"siret" text,
	"nda" text,
	"qualiopi" boolean DEFAULT false NOT NULL,
	"url" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "organisation_slug_unique" UNIQUE("slug"),
	CONSTRAINT "organisation_siret_unique" UNIQUE("siret"),
	CONSTRAINT "organisation_slug_form" CHECK ("organisations"."slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length("organisations"."slug") <= 60),
	CONSTRAINT "organisation_siret_form" CHECK ("organisations"."siret" ~ '^([0-9]{14}|[0-9]{7,10})$'),
	CONSTRAINT "organisation_nda_form" CHECK ("organisations"."nda" ~ '^[0-9]{11}$'),
	CONSTRAINT "organisation_url_form" CHECK ("organisations"."url" ~ '^https?://')
);
--> statement-breakpoint
CREATE TABLE "people" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"email_fingerprint" text NOT NULL,
	"identity" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "person_email_unique" UNIQUE("email_fingerprint")
);
--> statement-breakpoint
CREATE TABLE "certifications" (
	"slug" text PRIMARY KEY NOT NULL,
	"code" text,
	"about" jsonb NOT NULL,
	CONSTRAINT "certification_code_unique" UNIQUE("code")
);
--> statement-breakpoint
CREATE TABLE "competences" (
	"framework" text NOT NULL,
	"version" text NOT NULL,
	"code" text NOT NULL,
	"parent" text,
	"kind" text NOT NULL,
	"about" jsonb NOT NULL,
	CONSTRAINT "competences_framework_version_code_pk" PRIMARY KEY("framework","version","code")
);
--> statement-breakpoint
CREATE TABLE "crosswalks" (
	"from_framework" text NOT NULL,
	"from_version" text NOT NULL,
	"from_code" text NOT NULL,
	"relation" text NOT NULL,
	"to_framework" text NOT NULL,
	"to_version" text NOT NULL,
	"to_code" text NOT NULL,
	"status" text NOT NULL,
	"source" text NOT NULL,
	CONSTRAINT "crosswalk_once" PRIMARY KEY("from_framework","from_version","from_code","relation","to_framework","to_version","to_code"),
	CONSTRAINT "crosswalk_status_known" CHECK ("crosswalks"."status" in ('official', 'proposed')),
	CONSTRAINT "crosswalk_relation_known" CHECK ("crosswalks"."relation" in ('exactMatch', 'closeMatch', 'broadMatch', 'narrowMatch', 'relatedMatch'))
);
--> statement-breakpoint
CREATE TABLE "frameworks" (
	"framework" text NOT NULL,
	"version" text NOT NULL,
	"about" jsonb NOT NULL,
	CONSTRAINT "frameworks_framework_version_pk" PRIMARY KEY("framework","version")
);
--> statement-breakpoint
CREATE TABLE "metiers" (
	"slug" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"family" text,
	"about" jsonb NOT NULL,
	CONSTRAINT "metier_kind_known" CHECK ("metiers"."kind" in ('metier', 'role', 'scheme'))
);
--> statement-breakpoint
CREATE TABLE "campaigns" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"session_id" uuid NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	CONSTRAINT "campaign_state_known" CHECK ("campaigns"."state" in ('open', 'paused', 'cancelled'))
);
--> statement-breakpoint
CREATE TABLE "completions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"session_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"campaign_id" uuid NOT NULL,
	"identity" text NOT NULL,
	"completed_on" date NOT NULL,
	"levels" jsonb NOT NULL,
	"evidence_url" text,
	"narrative" text,
	"fingerprint" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "completion_once" UNIQUE("session_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "enrolments" (
	"session_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "enrolment_once" PRIMARY KEY("session_id","person_id")
);
--> statement-breakpoint
CREATE TABLE "receipts" (
	"campaign_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"outcome" text NOT NULL,
	"completion_id" uuid,
	"problem" jsonb,
	CONSTRAINT "receipts_campaign_id_line_pk" PRIMARY KEY("campaign_id","line"),
	CONSTRAINT "receipt_outcome_known" CHECK ("receipts"."outcome" in ('pending', 'issued', 'alreadyIssued', 'refused')),
	CONSTRAINT "receipt_refused_says_why" CHECK (("receipts"."outcome" = 'refused') = ("receipts"."problem" is not null)),
	CONSTRAINT "receipt_kept_has_completion" CHECK (("receipts"."outcome" = 'refused') = ("receipts"."completion_id" is null))
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"module_slug" text,
	"module_version" text,
	"achievement_slug" text NOT NULL,
	"achievement_version" text NOT NULL,
	"starts_on" date NOT NULL,
	"ends_on" date NOT NULL,
	"departement" text,
	"place" text,
	"capacity" integer NOT NULL,
	"modality" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "session_dates_in_order" CHECK ("sessions"."starts_on" <= "sessions"."ends_on"),
	CONSTRAINT "session_modality_known" CHECK ("sessions"."modality" in ('presentiel', 'distance', 'hybride')),
	CONSTRAINT "session_capacity_positive" CHECK ("sessions"."capacity" between 1 and 100000),
	CONSTRAINT "session_place_when_present" CHECK ("sessions"."modality" = 'distance' or "sessions"."departement" is not null)
);
--> statement-breakpoint
CREATE TABLE "idempotent_answers" (
	"caller" text NOT NULL,
	"key" text NOT NULL,
	"request" text NOT NULL,
	"status" integer,
	"body" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotent_answers_caller_key_pk" PRIMARY KEY("caller","key")
);
--> statement-breakpoint
ALTER TABLE "credential_events" ADD CONSTRAINT "credential_events_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_completion_id_completions_id_fk" FOREIGN KEY ("completion_id") REFERENCES "public"."completions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_status_list_id_status_lists_id_fk" FOREIGN KEY ("status_list_id") REFERENCES "public"."status_lists"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credential_achievement_exists" FOREIGN KEY ("achievement_slug","achievement_version") REFERENCES "public"."achievements"("slug","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "issuer_keys" ADD CONSTRAINT "issuer_keys_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_list_credentials" ADD CONSTRAINT "status_list_credentials_list_id_status_lists_id_fk" FOREIGN KEY ("list_id") REFERENCES "public"."status_lists"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_lists" ADD CONSTRAINT "status_lists_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "module_competences" ADD CONSTRAINT "module_competences_slug_module_version_modules_slug_version_fk" FOREIGN KEY ("slug","module_version") REFERENCES "public"."modules"("slug","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "module_competences" ADD CONSTRAINT "module_competence_exists" FOREIGN KEY ("framework","version","code") REFERENCES "public"."competences"("framework","version","code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "competences" ADD CONSTRAINT "competences_framework_version_frameworks_framework_version_fk" FOREIGN KEY ("framework","version") REFERENCES "public"."frameworks"("framework","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "crosswalks" ADD CONSTRAINT "crosswalk_from_exists" FOREIGN KEY ("from_framework","from_version","from_code") REFERENCES "public"."competences"("framework","version","code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "crosswalks" ADD CONSTRAINT "crosswalk_to_exists" FOREIGN KEY ("to_framework","to_version","to_code") REFERENCES "public"."competences"("framework","version","code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "campaigns" ADD CONSTRAINT "campaigns_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "completions" ADD CONSTRAINT "completions_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "completions" ADD CONSTRAINT "completions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "completions" ADD CONSTRAINT "completions_campaign_id_campaigns_id_fk" FOREIGN KEY ("campaign_id") REFERENCES "public"."campaigns"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrolments" ADD CONSTRAINT "enrolments_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrolments" ADD CONSTRAINT "enrolments_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "receipts" ADD CONSTRAINT "receipts_campaign_id_campaigns_id_fk" FOREIGN KEY ("campaign_id") REFERENCES "public"."campaigns"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "receipts" ADD CONSTRAINT "receipts_completion_id_completions_id_fk" FOREIGN KEY ("completion_id") REFERENCES "public"."completions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "session_achievement_exists" FOREIGN KEY ("achievement_slug","achievement_version") REFERENCES "public"."achievements"("slug","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "session_module_exists" FOREIGN KEY ("module_slug","module_version") REFERENCES "public"."modules"("slug","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "achievements_by_subject" ON "achievements" USING btree ("subject","version" desc);--> statement-breakpoint
CREATE INDEX "credential_events_by_credential" ON "credential_events" USING btree ("credential_id","id");--> statement-breakpoint
CREATE INDEX "credentials_by_organisation" ON "credentials" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "credentials_by_person" ON "credentials" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "credentials_by_achievement" ON "credentials" USING btree ("achievement_slug","achievement_version");--> statement-breakpoint
CREATE INDEX "credentials_revoked" ON "credentials" USING btree ("status_list_id") WHERE "credentials"."revoked_at" is not null;--> statement-breakpoint
CREATE INDEX "credentials_suspended" ON "credentials" USING btree ("status_list_id") WHERE "credentials"."suspended_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "issuer_key_one_active" ON "issuer_keys" USING btree ("organisation_id") WHERE "issuer_keys"."retired_at" is null;--> statement-breakpoint
CREATE INDEX "issuer_keys_by_organisation" ON "issuer_keys" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "campaigns_by_session" ON "campaigns" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "completions_by_campaign" ON "completions" USING btree ("campaign_id","id");--> statement-breakpoint
CREATE INDEX "completions_by_person" ON "completions" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "enrolments_by_person" ON "enrolments" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "receipts_by_completion" ON "receipts" USING btree ("completion_id");--> statement-breakpoint
CREATE INDEX "receipts_by_outcome" ON "receipts" USING btree ("campaign_id","outcome");--> statement-breakpoint
CREATE INDEX "receipts_pending" ON "receipts" USING btree ("campaign_id","line") WHERE "receipts"."outcome" = 'pending';--> statement-breakpoint
CREATE INDEX "sessions_by_organisation" ON "sessions" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "idempotent_answers_by_age" ON "idempotent_answers" USING btree ("created_at");