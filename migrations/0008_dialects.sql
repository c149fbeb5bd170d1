CREATE TABLE "issuer_jwks" (
	"kid" text PRIMARY KEY NOT NULL,
	"organisation_id" uuid NOT NULL,
	"alg" text NOT NULL,
	"public_jwk" jsonb NOT NULL,
	"sealed_private_jwk" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"retired_at" timestamp with time zone,
	CONSTRAINT "issuer_jwk_alg_known" CHECK ("issuer_jwks"."alg" in ('RS256', 'ES256')),
	CONSTRAINT "issuer_jwk_tells_no_secret" CHECK (not "issuer_jwks"."public_jwk" ?| array['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'])
);
--> statement-breakpoint
CREATE TABLE "status_entries" (
	"list_id" uuid NOT NULL,
	"index" integer NOT NULL,
	"revoked_at" timestamp with time zone,
	"suspended_at" timestamp with time zone,
	CONSTRAINT "status_entry_once" PRIMARY KEY("list_id","index"),
	CONSTRAINT "status_entry_in_list" CHECK ("status_entries"."index" between 0 and 131071)
);
--> statement-breakpoint
CREATE TABLE "endorsements" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"credential_id" uuid,
	"organisation_id" uuid,
	"achievement_slug" text,
	"achievement_version" text,
	"state" text DEFAULT 'asked' NOT NULL,
	"endorser_id" uuid,
	"secret_hash" text,
	"secret" text,
	"note" text,
	"document" text,
	"status_list_id" uuid,
	"status_index" integer,
	"asked_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"given_at" timestamp with time zone,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "endorsement_has_one_subject" CHECK (num_nonnulls("endorsements"."credential_id", "endorsements"."organisation_id") = 1),
	CONSTRAINT "endorsement_class_is_an_organisation_s" CHECK (num_nulls("endorsements"."achievement_slug", "endorsements"."achievement_version") in (0, 2)
        and ("endorsements"."achievement_slug" is null or "endorsements"."organisation_id" is not null)),
	CONSTRAINT "endorsement_state_known" CHECK ("endorsements"."state" in ('asked', 'cancelled', 'refused', 'given', 'accepted', 'declined', 'withdrawn')),
	CONSTRAINT "endorsement_given_is_signed" CHECK (case when "endorsements"."state" in ('given', 'accepted', 'declined') then num_nonnulls("endorsements"."document", "endorsements"."given_at") = 2
            else "endorsements"."document" is null end),
	CONSTRAINT "endorsement_answered_forgets" CHECK ("endorsements"."state" = 'asked' or num_nonnulls("endorsements"."secret_hash", "endorsements"."secret", "endorsements"."note") = 0),
	CONSTRAINT "endorsement_link_or_organisation" CHECK ("endorsements"."state" <> 'asked' or num_nonnulls("endorsements"."secret", "endorsements"."endorser_id") = 1),
	CONSTRAINT "endorsement_place_whole" CHECK (num_nulls("endorsements"."status_list_id", "endorsements"."status_index") in (0, 2)),
	CONSTRAINT "endorsement_asked_ends" CHECK ("endorsements"."expires_at" > "endorsements"."asked_at")
);
--> statement-breakpoint
CREATE TABLE "evidence_contents" (
	"file_id" uuid PRIMARY KEY NOT NULL,
	"content" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "evidence_files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"credential_id" uuid NOT NULL,
	"depositor" text NOT NULL,
	"details" text NOT NULL,
	"media_type" text NOT NULL,
	"size" integer NOT NULL,
	"shown" boolean DEFAULT false NOT NULL,
	"content_key" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "evidence_depositor_known" CHECK ("evidence_files"."depositor" in ('holder', 'issuer')),
	CONSTRAINT "evidence_media_type_known" CHECK ("evidence_files"."media_type" in ('application/pdf', 'image/png', 'image/jpeg', 'text/plain')),
	CONSTRAINT "evidence_size_within_limits" CHECK ("evidence_files"."size" between 1 and 5242880)
);
--> statement-breakpoint
CREATE TABLE "shared_imports" (
	"share_id" uuid NOT NULL,
	"imported_id" uuid NOT NULL,
	CONSTRAINT "shared_import_once" PRIMARY KEY("share_id","imported_id")
);
--> statement-breakpoint
CREATE TABLE "badge_hosts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"address" text NOT NULL,
	"name" text NOT NULL,
	"registration" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "badge_host_once" UNIQUE("address")
);
--> statement-breakpoint
CREATE TABLE "host_deliveries" (
	"link_id" uuid NOT NULL,
	"credential_id" uuid NOT NULL,
	"outcome" text NOT NULL,
	"said" text,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "host_delivery_key" PRIMARY KEY("link_id","credential_id"),
	CONSTRAINT "host_delivery_outcome_known" CHECK ("host_deliveries"."outcome" in ('accepted', 'refused', 'unreachable', 'closed'))
);
--> statement-breakpoint
CREATE TABLE "host_links" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"person_id" uuid NOT NULL,
	"host_id" uuid NOT NULL,
	"state_hash" text,
	"verifier" text,
	"asked_until" timestamp with time zone,
	"tokens" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "host_link_state_unique" UNIQUE("state_hash"),
	CONSTRAINT "host_link_asked_whole" CHECK (num_nonnulls("host_links"."state_hash", "host_links"."verifier", "host_links"."asked_until") in (0, 3)),
	CONSTRAINT "host_link_asked_or_open" CHECK (num_nonnulls("host_links"."state_hash", "host_links"."tokens") > 0)
);
--> statement-breakpoint
CREATE TABLE "oauth_states" (
	"model" text NOT NULL,
	"id_hash" text NOT NULL,
	"payload" text NOT NULL,
	"uid_hash" text,
	"grant_hash" text,
	"client_hash" text,
	"person_id" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"consumed_at" timestamp with time zone,
	CONSTRAINT "oauth_state_key" PRIMARY KEY("model","id_hash")
);
--> statement-breakpoint
CREATE TABLE "wallet_profiles" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"profile_id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"content" text,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "wallet_profile_id_unique" UNIQUE("profile_id")
);
--> statement-breakpoint
CREATE TABLE "credential_offers" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"person_id" uuid NOT NULL,
	"credential_id" uuid NOT NULL,
	"flow" text NOT NULL,
	"secret_hash" text NOT NULL,
	"code_hash" text NOT NULL,
	"tx_code" text,
	"tries" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "credential_offer_flow_known" CHECK ("credential_offers"."flow" in ('pre-authorized_code', 'authorization_code')),
	CONSTRAINT "credential_offer_ends" CHECK ("credential_offers"."expires_at" > "credential_offers"."created_at"),
	CONSTRAINT "credential_offer_tries_bounded" CHECK ("credential_offers"."tries" between 0 and 5),
	CONSTRAINT "credential_offer_tx_code_has_use" CHECK ("credential_offers"."tx_code" is null or "credential_offers"."flow" = 'pre-authorized_code')
);
--> statement-breakpoint
CREATE TABLE "used_nonces" (
	"hash" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "wallet_deposits" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"person_id" uuid NOT NULL,
	"credential_id" uuid NOT NULL,
	"format" text NOT NULL,
	"wallet" text,
	"deposited_at" timestamp with time zone DEFAULT now() NOT NULL,
	"event" text,
	"notified_at" timestamp with time zone,
	CONSTRAINT "wallet_deposit_format_known" CHECK ("wallet_deposits"."format" in ('ldp_vc', 'jwt_vc_json')),
	CONSTRAINT "wallet_deposit_event_known" CHECK ("wallet_deposits"."event" in ('credential_accepted', 'credential_failure', 'credential_deleted')),
	CONSTRAINT "wallet_deposit_event_dated" CHECK (("wallet_deposits"."event" is null) = ("wallet_deposits"."notified_at" is null)),
	CONSTRAINT "wallet_deposit_name_bounded" CHECK (length("wallet_deposits"."wallet") <= 200)
);
--> statement-breakpoint
CREATE TABLE "vc_api_credentials" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"name_digest" text,
	"digest" text NOT NULL,
	"status_list_id" uuid,
	"status_index" integer,
	"issued_at" timestamp with time zone NOT NULL,
	CONSTRAINT "vc_api_status_index_once" UNIQUE("status_list_id","status_index"),
	CONSTRAINT "vc_api_status_is_whole" CHECK (("vc_api_credentials"."status_list_id" is null) = ("vc_api_credentials"."status_index" is null)),
	CONSTRAINT "vc_api_digests_are_digests" CHECK (length("vc_api_credentials"."digest") = 43 and length("vc_api_credentials"."name_digest") = 43)
);
--> statement-breakpoint
CREATE TABLE "equivalence_requests" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"issuer" text NOT NULL,
	"achievement" text NOT NULL,
	"class" text NOT NULL,
	"name" text NOT NULL,
	"description" text NOT NULL,
	"criteria" text,
	"asked_at" timestamp with time zone DEFAULT now() NOT NULL,
	"refused_at" timestamp with time zone,
	"refused_by" uuid,
	"refused_reason" text,
	CONSTRAINT "equivalence_request_refused_whole" CHECK (num_nonnulls("equivalence_requests"."refused_at", "equivalence_requests"."refused_by", "equivalence_requests"."refused_reason") in (0, 3))
);
--> statement-breakpoint
CREATE TABLE "equivalences" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"issuer" text NOT NULL,
	"achievement" text NOT NULL,
	"class" text NOT NULL,
	"name" text NOT NULL,
	"competences" jsonb NOT NULL,
	"reason" text NOT NULL,
	"starts_on" date NOT NULL,
	"ends_on" date,
	"author" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	"ended_reason" text,
	CONSTRAINT "equivalence_dates_in_order" CHECK ("equivalences"."ends_on" is null or "equivalences"."ends_on" >= "equivalences"."starts_on"),
	CONSTRAINT "equivalence_to_something" CHECK (jsonb_array_length("equivalences"."competences") between 1 and 20),
	CONSTRAINT "equivalence_ended_for_a_reason" CHECK (("equivalences"."ended_at" is null) = ("equivalences"."ended_reason" is null))
);
--> statement-breakpoint
CREATE TABLE "imported_badges" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"person_id" uuid NOT NULL,
	"text_key" text NOT NULL,
	"identity_key" text,
	"content" text NOT NULL,
	"about" text NOT NULL,
	"source" text NOT NULL,
	"version" text,
	"proof" text,
	"valid_from" timestamp with time zone,
	"valid_until" timestamp with time zone,
	"imported_at" timestamp with time zone DEFAULT now() NOT NULL,
	"imported_verdict" text NOT NULL,
	"verdict" text NOT NULL,
	"code" text,
	"checked_at" timestamp with time zone NOT NULL,
	"unanswered_at" timestamp with time zone,
	"request_id" uuid,
	CONSTRAINT "imported_badge_source_known" CHECK ("imported_badges"."source" in ('file', 'link', 'api')),
	CONSTRAINT "imported_badge_verdict_known" CHECK ("imported_badges"."verdict" in ('valid', 'indeterminate', 'invalid')),
	CONSTRAINT "imported_badge_never_invalid_at_first" CHECK ("imported_badges"."imported_verdict" in ('valid', 'indeterminate')),
	CONSTRAINT "imported_badge_reason" CHECK (("imported_badges"."code" is null) = ("imported_badges"."verdict" = 'valid')),
	CONSTRAINT "imported_badge_proven_whole" CHECK (num_nonnulls("imported_badges"."identity_key", "imported_badges"."version", "imported_badges"."proof", "imported_badges"."valid_from") in (0, 4)),
	CONSTRAINT "imported_badge_valid_is_proven" CHECK ("imported_badges"."verdict" <> 'valid' or "imported_badges"."identity_key" is not null),
	CONSTRAINT "imported_badge_asked_is_proven" CHECK ("imported_badges"."request_id" is null or "imported_badges"."identity_key" is not null)
);
--> statement-breakpoint
ALTER TABLE "issuer_jwks" ADD CONSTRAINT "issuer_jwks_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "status_entries" ADD CONSTRAINT "status_entries_list_id_status_lists_id_fk" FOREIGN KEY ("list_id") REFERENCES "public"."status_lists"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endorsements" ADD CONSTRAINT "endorsements_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endorsements" ADD CONSTRAINT "endorsements_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endorsements" ADD CONSTRAINT "endorsements_endorser_id_organisations_id_fk" FOREIGN KEY ("endorser_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endorsements" ADD CONSTRAINT "endorsements_status_list_id_status_lists_id_fk" FOREIGN KEY ("status_list_id") REFERENCES "public"."status_lists"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endorsements" ADD CONSTRAINT "endorsement_achievement_exists" FOREIGN KEY ("achievement_slug","achievement_version") REFERENCES "public"."achievements"("slug","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence_contents" ADD CONSTRAINT "evidence_contents_file_id_evidence_files_id_fk" FOREIGN KEY ("file_id") REFERENCES "public"."evidence_files"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evidence_files" ADD CONSTRAINT "evidence_files_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shared_imports" ADD CONSTRAINT "shared_imports_share_id_shares_id_fk" FOREIGN KEY ("share_id") REFERENCES "public"."shares"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shared_imports" ADD CONSTRAINT "shared_imports_imported_id_imported_badges_id_fk" FOREIGN KEY ("imported_id") REFERENCES "public"."imported_badges"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_deliveries" ADD CONSTRAINT "host_deliveries_link_id_host_links_id_fk" FOREIGN KEY ("link_id") REFERENCES "public"."host_links"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_deliveries" ADD CONSTRAINT "host_deliveries_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_links" ADD CONSTRAINT "host_links_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "host_links" ADD CONSTRAINT "host_links_host_id_badge_hosts_id_fk" FOREIGN KEY ("host_id") REFERENCES "public"."badge_hosts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_states" ADD CONSTRAINT "oauth_states_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "wallet_profiles" ADD CONSTRAINT "wallet_profiles_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credential_offers" ADD CONSTRAINT "credential_offers_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credential_offers" ADD CONSTRAINT "credential_offers_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "wallet_deposits" ADD CONSTRAINT "wallet_deposits_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "wallet_deposits" ADD CONSTRAINT "wallet_deposits_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vc_api_credentials" ADD CONSTRAINT "vc_api_credentials_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vc_api_credentials" ADD CONSTRAINT "vc_api_status_list_exists" FOREIGN KEY ("status_list_id") REFERENCES "public"."status_lists"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "equivalence_requests" ADD CONSTRAINT "equivalence_requests_refused_by_organisations_id_fk" FOREIGN KEY ("refused_by") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "equivalences" ADD CONSTRAINT "equivalences_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "imported_badges" ADD CONSTRAINT "imported_badges_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "imported_badges" ADD CONSTRAINT "imported_badges_request_id_equivalence_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."equivalence_requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "issuer_jwk_one_active" ON "issuer_jwks" USING btree ("organisation_id","alg") WHERE "issuer_jwks"."retired_at" is null;--> statement-breakpoint
CREATE INDEX "issuer_jwks_by_organisation" ON "issuer_jwks" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "status_entries_set" ON "status_entries" USING btree ("list_id") WHERE "status_entries"."revoked_at" is not null or "status_entries"."suspended_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "endorsement_secret_unique" ON "endorsements" USING btree ("secret_hash");--> statement-breakpoint
CREATE INDEX "endorsements_by_credential" ON "endorsements" USING btree ("credential_id");--> statement-breakpoint
CREATE INDEX "endorsements_by_organisation" ON "endorsements" USING btree ("organisation_id","asked_at");--> statement-breakpoint
CREATE INDEX "endorsements_by_endorser" ON "endorsements" USING btree ("endorser_id","asked_at");--> statement-breakpoint
CREATE INDEX "endorsements_of_achievement" ON "endorsements" USING btree ("achievement_slug","achievement_version");--> statement-breakpoint
CREATE INDEX "evidence_files_by_credential" ON "evidence_files" USING btree ("credential_id","id");--> statement-breakpoint
CREATE INDEX "shared_imports_by_badge" ON "shared_imports" USING btree ("imported_id");--> statement-breakpoint
CREATE INDEX "host_deliveries_by_credential" ON "host_deliveries" USING btree ("credential_id");--> statement-breakpoint
CREATE UNIQUE INDEX "host_link_once" ON "host_links" USING btree ("person_id","host_id");--> statement-breakpoint
CREATE INDEX "host_links_by_host" ON "host_links" USING btree ("host_id");--> statement-breakpoint
CREATE INDEX "oauth_states_by_uid" ON "oauth_states" USING btree ("uid_hash");--> statement-breakpoint
CREATE INDEX "oauth_states_by_grant" ON "oauth_states" USING btree ("grant_hash");--> statement-breakpoint
CREATE INDEX "oauth_states_by_client" ON "oauth_states" USING btree ("client_hash");--> statement-breakpoint
CREATE INDEX "oauth_states_by_person" ON "oauth_states" USING btree ("person_id","model");--> statement-breakpoint
CREATE INDEX "oauth_states_ended" ON "oauth_states" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "credential_offer_secret_unique" ON "credential_offers" USING btree ("secret_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "credential_offer_code_unique" ON "credential_offers" USING btree ("code_hash");--> statement-breakpoint
CREATE INDEX "credential_offers_by_person" ON "credential_offers" USING btree ("person_id","created_at");--> statement-breakpoint
CREATE INDEX "credential_offers_by_credential" ON "credential_offers" USING btree ("credential_id");--> statement-breakpoint
CREATE INDEX "credential_offers_by_end" ON "credential_offers" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "used_nonces_by_end" ON "used_nonces" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "wallet_deposits_by_person" ON "wallet_deposits" USING btree ("person_id","deposited_at");--> statement-breakpoint
CREATE INDEX "wallet_deposits_by_credential" ON "wallet_deposits" USING btree ("credential_id");--> statement-breakpoint
CREATE INDEX "vc_api_credentials_by_name" ON "vc_api_credentials" USING btree ("organisation_id","name_digest");--> statement-breakpoint
CREATE UNIQUE INDEX "equivalence_request_once" ON "equivalence_requests" USING btree ("class");--> statement-breakpoint
CREATE INDEX "equivalence_requests_by_day" ON "equivalence_requests" USING btree ("asked_at","id");--> statement-breakpoint
CREATE INDEX "equivalence_requests_by_organisation" ON "equivalence_requests" USING btree ("refused_by");--> statement-breakpoint
CREATE UNIQUE INDEX "equivalence_once" ON "equivalences" USING btree ("organisation_id","class") WHERE "equivalences"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "equivalences_by_class" ON "equivalences" USING btree ("class");--> statement-breakpoint
CREATE INDEX "equivalences_by_day" ON "equivalences" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "imported_badges_by_person" ON "imported_badges" USING btree ("person_id","imported_at","id");--> statement-breakpoint
CREATE INDEX "imported_badges_by_request" ON "imported_badges" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "imported_badges_by_check" ON "imported_badges" USING btree ("checked_at") WHERE "imported_badges"."unanswered_at" is null;--> statement-breakpoint
CREATE INDEX "imported_badges_unanswered" ON "imported_badges" USING btree ("unanswered_at") WHERE "imported_badges"."unanswered_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "imported_badge_text_once" ON "imported_badges" USING btree ("person_id","text_key");--> statement-breakpoint
CREATE UNIQUE INDEX "imported_badge_once" ON "imported_badges" USING btree ("person_id","identity_key");