CREATE TABLE "grants" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"person_id" uuid NOT NULL,
	"role" text NOT NULL,
	"organisation_id" uuid,
	"granted_by" text NOT NULL,
	"granted_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "grant_role_known" CHECK ("grants"."role" in ('exploitant', 'administrateur', 'formateur', 'referent', 'employeur', 'comite')),
	CONSTRAINT "grant_scope_fits_role" CHECK (("grants"."role" in ('exploitant', 'comite')) = ("grants"."organisation_id" is null))
);
--> statement-breakpoint
CREATE TABLE "revoked_tokens" (
	"jti" text PRIMARY KEY NOT NULL,
	"revoked_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "web_sessions" (
	"secret_hash" text PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"method" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "web_session_method_known" CHECK ("web_sessions"."method" in ('lien', 'proconnect'))
);
--> statement-breakpoint
CREATE TABLE "api_clients" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"name" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "client_scopes_known" CHECK ("api_clients"."scopes" <@ array['sessions', 'completions', 'credentials', 'credentials:write'] and cardinality("api_clients"."scopes") > 0)
);
--> statement-breakpoint
CREATE TABLE "api_secrets" (
	"hash" text PRIMARY KEY NOT NULL,
	"client_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "proconnect_accounts" (
	"issuer" text NOT NULL,
	"sub" text NOT NULL,
	"person_id" uuid NOT NULL,
	"siret" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen" timestamp with time zone NOT NULL,
	CONSTRAINT "proconnect_account_once" PRIMARY KEY("issuer","sub")
);
--> statement-breakpoint
CREATE TABLE "sign_in_links" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"token_hash" text NOT NULL,
	"email" text NOT NULL,
	"email_fingerprint" text NOT NULL,
	"suite" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "sign_in_link_token_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "invitations" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"token_hash" text NOT NULL,
	"organisation_id" uuid NOT NULL,
	"role" text NOT NULL,
	"email" text NOT NULL,
	"invited_by" text NOT NULL,
	"invited_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "invitation_token_unique" UNIQUE("token_hash"),
	CONSTRAINT "invitation_role_known" CHECK ("invitations"."role" in ('administrateur', 'formateur', 'referent', 'employeur'))
);
--> statement-breakpoint
CREATE TABLE "display_consents" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"display" text NOT NULL,
	"credential_id" uuid NOT NULL,
	"given_at" timestamp with time zone DEFAULT now() NOT NULL,
	"withdrawn_at" timestamp with time zone,
	CONSTRAINT "consent_display_known" CHECK ("display_consents"."display" in ('name-on-badge'))
);
--> statement-breakpoint
CREATE TABLE "identity_links" (
	"credential_id" uuid PRIMARY KEY NOT NULL,
	"addresses" text NOT NULL,
	"document" text NOT NULL,
	"signed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "document_templates" (
	"digest" text PRIMARY KEY NOT NULL,
	"parts" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "journal" (
	"position" bigint PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"author" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"organisation_id" uuid,
	"person_id" uuid,
	"reason" text,
	"details" text,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "journal_seals" (
	"position" bigint PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"mac" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"kind" text NOT NULL,
	"content" text,
	"recipient" text,
	"state" text DEFAULT 'queued' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp with time zone,
	CONSTRAINT "message_state_known" CHECK ("messages"."state" in ('queued', 'sending', 'sent', 'failed', 'uncertain'))
);
--> statement-breakpoint
CREATE TABLE "network_achievements" (
	"network_id" uuid NOT NULL,
	"achievement_slug" text NOT NULL,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "network_achievement_once" PRIMARY KEY("network_id","achievement_slug")
);
--> statement-breakpoint
CREATE TABLE "network_members" (
	"network_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "network_member_once" PRIMARY KEY("network_id","organisation_id")
);
--> statement-breakpoint
CREATE TABLE "networks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"source" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "network_slug_unique" UNIQUE("slug"),
	CONSTRAINT "network_slug_form" CHECK ("networks"."slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length("networks"."slug") <= 60),
	CONSTRAINT "network_kind_known" CHECK ("networks"."kind" in ('branche', 'reseau', 'hub', 'collectivites', 'formation-publique'))
);
--> statement-breakpoint
CREATE TABLE "organisation_events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"state" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"author" text NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "organisation_event_state_known" CHECK ("organisation_events"."state" in ('pending', 'approved', 'suspended', 'refused')),
	CONSTRAINT "organisation_event_says_why" CHECK (length("organisation_events"."reason") > 0)
);
--> statement-breakpoint
CREATE TABLE "organisation_facts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"source" text NOT NULL,
	"checked_on" date NOT NULL,
	"recorded_by" text NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"superseded_at" timestamp with time zone,
	CONSTRAINT "organisation_fact_kind_known" CHECK ("organisation_facts"."kind" in ('siret', 'nda', 'qualiopi', 'certificateur')),
	CONSTRAINT "organisation_fact_form" CHECK (case "organisation_facts"."kind" when 'siret' then "organisation_facts"."value" ~ '^([0-9]{14}|[0-9]{7,10})$' when 'nda' then "organisation_facts"."value" ~ '^[0-9]{11}$'
          when 'qualiopi' then "organisation_facts"."value" in ('oui', 'non') else "organisation_facts"."value" ~ '^(RNCP|RS)[0-9]{1,6}$' end),
	CONSTRAINT "organisation_fact_has_source" CHECK (length("organisation_facts"."source") > 0)
);
--> statement-breakpoint
CREATE TABLE "address_proofs" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"email" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "credentials" ALTER COLUMN "document" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "people" ALTER COLUMN "email_fingerprint" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "people" ALTER COLUMN "identity" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "completions" ALTER COLUMN "identity" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "completions" ALTER COLUMN "fingerprint" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "template_digest" text;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "values" text[];--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "erased_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "status_lists" ADD COLUMN "seed" text;--> statement-breakpoint
ALTER TABLE "organisations" ADD COLUMN "state" text DEFAULT 'pending' NOT NULL;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "alias_of" uuid;--> statement-breakpoint
ALTER TABLE "people" ADD COLUMN "erased_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "web_sessions" ADD CONSTRAINT "web_sessions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_clients" ADD CONSTRAINT "api_clients_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_secrets" ADD CONSTRAINT "api_secrets_client_id_api_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."api_clients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proconnect_accounts" ADD CONSTRAINT "proconnect_accounts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "display_consents" ADD CONSTRAINT "display_consents_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "display_consents" ADD CONSTRAINT "display_consents_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity_links" ADD CONSTRAINT "identity_links_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "network_achievements" ADD CONSTRAINT "network_achievements_network_id_networks_id_fk" FOREIGN KEY ("network_id") REFERENCES "public"."networks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "network_members" ADD CONSTRAINT "network_members_network_id_networks_id_fk" FOREIGN KEY ("network_id") REFERENCES "public"."networks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "network_members" ADD CONSTRAINT "network_members_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisation_events" ADD CONSTRAINT "organisation_events_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisation_facts" ADD CONSTRAINT "organisation_facts_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "address_proofs" ADD CONSTRAINT "address_proofs_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "grant_once" ON "grants" USING btree ("person_id","role",coalesce("organisation_id", '00000000-0000-0000-0000-000000000000')) WHERE "grants"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "grants_by_organisation" ON "grants" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "web_sessions_by_person" ON "web_sessions" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "api_clients_by_organisation" ON "api_clients" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "api_secrets_by_client" ON "api_secrets" USING btree ("client_id");--> statement-breakpoint
CREATE INDEX "proconnect_accounts_by_person" ON "proconnect_accounts" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "sign_in_links_by_email" ON "sign_in_links" USING btree ("email_fingerprint","created_at");--> statement-breakpoint
CREATE INDEX "sign_in_links_ended" ON "sign_in_links" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "invitations_by_organisation" ON "invitations" USING btree ("organisation_id","invited_at");--> statement-breakpoint
CREATE UNIQUE INDEX "consent_in_force_once" ON "display_consents" USING btree ("credential_id","display") WHERE "display_consents"."withdrawn_at" is null;--> statement-breakpoint
CREATE INDEX "display_consents_by_person" ON "display_consents" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "journal_by_organisation" ON "journal" USING btree ("organisation_id","position");--> statement-breakpoint
CREATE INDEX "journal_by_person" ON "journal" USING btree ("person_id","position");--> statement-breakpoint
CREATE INDEX "messages_by_recipient" ON "messages" USING btree ("recipient");--> statement-breakpoint
CREATE INDEX "messages_due" ON "messages" USING btree ("due_at") WHERE "messages"."state" in ('queued', 'sending');--> statement-breakpoint
CREATE INDEX "network_achievements_by_achievement" ON "network_achievements" USING btree ("achievement_slug");--> statement-breakpoint
CREATE INDEX "network_members_by_organisation" ON "network_members" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "organisation_events_by_organisation" ON "organisation_events" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "organisation_fact_one_current" ON "organisation_facts" USING btree ("organisation_id","kind",(case when "kind" = 'certificateur' then "value" else '' end)) WHERE "organisation_facts"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "address_proofs_by_person" ON "address_proofs" USING btree ("person_id");--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_template_digest_document_templates_digest_fk" FOREIGN KEY ("template_digest") REFERENCES "public"."document_templates"("digest") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "people" ADD CONSTRAINT "people_alias_of_people_id_fk" FOREIGN KEY ("alias_of") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "organisations_not_approved" ON "organisations" USING btree ("state") WHERE "organisations"."state" <> 'approved';--> statement-breakpoint
CREATE INDEX "people_by_alias" ON "people" USING btree ("alias_of") WHERE "people"."alias_of" is not null;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credential_has_its_document" CHECK (case when "credentials"."erased_at" is null
            then ("credentials"."document" is null) = ("credentials"."template_digest" is not null) and ("credentials"."document" is null) = ("credentials"."values" is not null)
            else num_nonnulls("credentials"."document", "credentials"."template_digest", "credentials"."values") = 0 end);--> statement-breakpoint
ALTER TABLE "organisations" ADD CONSTRAINT "organisation_state_known" CHECK ("organisations"."state" in ('pending', 'approved', 'suspended', 'refused'));--> statement-breakpoint
ALTER TABLE "people" ADD CONSTRAINT "person_not_alias_of_itself" CHECK ("people"."alias_of" <> "people"."id");--> statement-breakpoint
ALTER TABLE "people" ADD CONSTRAINT "person_known_or_erased" CHECK (("people"."erased_at" is null) = ("people"."identity" is not null) and ("people"."erased_at" is null) = ("people"."email_fingerprint" is not null));--> statement-breakpoint
ALTER TABLE "completions" ADD CONSTRAINT "completion_whole_or_erased" CHECK (("completions"."identity" is null) = ("completions"."fingerprint" is null));