CREATE TABLE "conseiller_contracts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"identity" text,
	"type" text NOT NULL,
	"typologie" text NOT NULL,
	"signed_on" date,
	"starts_on" date NOT NULL,
	"ends_on" date,
	"ended_on" date,
	"ended_reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "contract_once" UNIQUE("organisation_id","person_id","starts_on"),
	CONSTRAINT "contract_type_known" CHECK ("conseiller_contracts"."type" in ('CDD', 'CDI', 'CDP', 'PEC')),
	CONSTRAINT "contract_typologie_known" CHECK ("conseiller_contracts"."typologie" in ('conum', 'coordo', 'dns')),
	CONSTRAINT "contract_days_in_order" CHECK ("conseiller_contracts"."starts_on" <= "conseiller_contracts"."ends_on"),
	CONSTRAINT "contract_cdi_has_no_term" CHECK ("conseiller_contracts"."type" <> 'CDI' or "conseiller_contracts"."ends_on" is null),
	CONSTRAINT "contract_ended_once_started" CHECK ("conseiller_contracts"."starts_on" <= "conseiller_contracts"."ended_on"),
	CONSTRAINT "contract_ended_by_its_term" CHECK ("conseiller_contracts"."ended_on" <= "conseiller_contracts"."ends_on"),
	CONSTRAINT "contract_ended_says_why" CHECK ("conseiller_contracts"."ended_reason" is null or "conseiller_contracts"."ended_on" is not null)
);
--> statement-breakpoint
CREATE TABLE "initial_trainings" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"identity" text,
	"label" text,
	"parcours" text,
	"lot" text,
	"marche_formation" text,
	"lieu" text,
	"starts_on" date NOT NULL,
	"ends_on" date,
	"pix" boolean,
	"remn" boolean,
	"observations" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "initial_training_once" UNIQUE("organisation_id","person_id","starts_on"),
	CONSTRAINT "initial_training_label_known" CHECK ("initial_trainings"."label" in ('CCP1', 'CCP2', 'CCP2 & CCP3')),
	CONSTRAINT "initial_training_parcours_known" CHECK ("initial_trainings"."parcours" in ('70h', '105h', '175h', '280h', '315h', '350h', '420h')),
	CONSTRAINT "initial_training_days_in_order" CHECK ("initial_trainings"."starts_on" <= "initial_trainings"."ends_on")
);
--> statement-breakpoint
CREATE TABLE "training_commitments" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"contract_id" uuid NOT NULL,
	"agreed_on" date NOT NULL,
	"content" text,
	"document_reference" text,
	"recorded_by" text NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "awards" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"key" text NOT NULL,
	"organisation_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"achievement_slug" text NOT NULL,
	"achievement_version" text NOT NULL,
	"identity" text,
	"awarded_on" date NOT NULL,
	"levels" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"evidence_url" text,
	"narrative" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"settled_at" timestamp with time zone,
	CONSTRAINT "award_once" UNIQUE("key"),
	CONSTRAINT "award_key_form" CHECK ("awards"."key" ~ '^[a-z]+:.')
);
--> statement-breakpoint
CREATE TABLE "expiry_reminders" (
	"credential_id" uuid NOT NULL,
	"days" integer NOT NULL,
	"posted_at" timestamp with time zone,
	"skipped_at" timestamp with time zone,
	CONSTRAINT "expiry_reminder_once" PRIMARY KEY("credential_id","days"),
	CONSTRAINT "expiry_reminder_days_known" CHECK ("expiry_reminders"."days" in (60, 30, 7)),
	CONSTRAINT "expiry_reminder_posted_or_skipped" CHECK (num_nonnulls("expiry_reminders"."posted_at", "expiry_reminders"."skipped_at") = 1)
);
--> statement-breakpoint
CREATE TABLE "habilitation_events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"habilitation_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"lapse" text,
	"at" timestamp with time zone NOT NULL,
	"author" text NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "habilitation_event_kind_known" CHECK ("habilitation_events"."kind" in ('granted', 'lapsed', 'restored', 'ended')),
	CONSTRAINT "habilitation_event_lapse" CHECK (("habilitation_events"."kind" in ('lapsed', 'restored')) = ("habilitation_events"."lapse" is not null)),
	CONSTRAINT "habilitation_event_lapse_known" CHECK ("habilitation_events"."lapse" in ('structure', 'inactivity', 'referent')),
	CONSTRAINT "habilitation_event_says_why" CHECK (length("habilitation_events"."reason") > 0)
);
--> statement-breakpoint
CREATE TABLE "habilitations" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"request_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"organisation_id" uuid NOT NULL,
	"granted_at" timestamp with time zone NOT NULL,
	"award_id" uuid,
	"lapses" text[] DEFAULT '{}' NOT NULL,
	"ended_at" timestamp with time zone,
	"last_seen_on" date,
	"warned_at" timestamp with time zone,
	CONSTRAINT "habilitation_once" UNIQUE("request_id"),
	CONSTRAINT "habilitation_award_once" UNIQUE("award_id"),
	CONSTRAINT "habilitation_lapses_known" CHECK ("habilitations"."lapses" <@ array['structure', 'inactivity', 'referent'])
);
--> statement-breakpoint
CREATE TABLE "structures" (
	"organisation_id" uuid PRIMARY KEY NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone,
	"reopened_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "pix_certifications" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"person_id" uuid NOT NULL,
	"verification_code" text NOT NULL,
	"code_fingerprint" text NOT NULL,
	"pix_score" integer NOT NULL,
	"certified_on" date NOT NULL,
	"marks" jsonb NOT NULL,
	"recorded_by" text NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "pix_certification_once" UNIQUE("code_fingerprint"),
	CONSTRAINT "pix_certification_score" CHECK ("pix_certifications"."pix_score" between 0 and 1024)
);
--> statement-breakpoint
CREATE TABLE "pix_results" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid,
	"email" text,
	"email_fingerprint" text,
	"sent_on" date NOT NULL,
	"score" integer NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"decided_by" text,
	"decided_reason" text,
	"dismissed_at" timestamp with time zone,
	CONSTRAINT "pix_result_once" UNIQUE("email_fingerprint","sent_on","score"),
	CONSTRAINT "pix_result_score" CHECK ("pix_results"."score" between 0 and 100),
	CONSTRAINT "pix_result_of_someone" CHECK (num_nonnulls("pix_results"."person_id", "pix_results"."email") > 0),
	CONSTRAINT "pix_result_email_found" CHECK (("pix_results"."email" is null) = ("pix_results"."email_fingerprint" is null)),
	CONSTRAINT "pix_result_decision_says_why" CHECK (("pix_results"."decided_by" is null) = ("pix_results"."decided_reason" is null)),
	CONSTRAINT "pix_result_dismissed" CHECK ("pix_results"."dismissed_at" is null or ("pix_results"."person_id" is null and "pix_results"."decided_by" is not null))
);
--> statement-breakpoint
CREATE TABLE "habilitation_requests" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"organisation_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"identity" text,
	"profession" text NOT NULL,
	"standing" text NOT NULL,
	"conseiller_numerique" boolean DEFAULT false NOT NULL,
	"origin" text NOT NULL,
	"connexion_mode" text,
	"course_type" text DEFAULT 'classic' NOT NULL,
	"status" text DEFAULT 'waitling_list' NOT NULL,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	"formation_done_on" date,
	"formation_source" text,
	"formation_completion_id" uuid,
	"pix_done_on" date,
	"pix_score" integer,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "habilitation_request_once" UNIQUE("person_id","organisation_id"),
	CONSTRAINT "habilitation_request_status_known" CHECK ("habilitation_requests"."status" in ('waitling_list', 'new', 'processing', 'processing_p2p', 'validated', 'refused', 'cancelled', 'status_cancelled_by_responsable')),
	CONSTRAINT "habilitation_request_professional" CHECK ("habilitation_requests"."standing" in ('salarie', 'agent')),
	CONSTRAINT "habilitation_request_origin_known" CHECK ("habilitation_requests"."origin" in ('datapass', 'responsable', 'autre', 'habilitation')),
	CONSTRAINT "habilitation_request_connexion_known" CHECK ("habilitation_requests"."connexion_mode" in ('card', 'phone')),
	CONSTRAINT "habilitation_request_course_known" CHECK ("habilitation_requests"."course_type" in ('classic', 'peers')),
	CONSTRAINT "habilitation_request_formation_sourced" CHECK (("habilitation_requests"."formation_done_on" is null) = ("habilitation_requests"."formation_source" is null) and ("habilitation_requests"."formation_source" is null or "habilitation_requests"."formation_source" in ('session', 'peers', 'officer', 'import'))),
	CONSTRAINT "habilitation_request_pix_score" CHECK ("habilitation_requests"."pix_score" between 0 and 100 and ("habilitation_requests"."pix_score" is null or "habilitation_requests"."pix_done_on" is not null))
);
--> statement-breakpoint
CREATE TABLE "organisation_request_aidants" (
	"request_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"identity" text,
	"profession" text NOT NULL,
	"standing" text NOT NULL,
	"conseiller_numerique" boolean DEFAULT false NOT NULL,
	"course_type" text DEFAULT 'classic' NOT NULL,
	CONSTRAINT "organisation_request_aidant_once" PRIMARY KEY("request_id","person_id"),
	CONSTRAINT "request_aidant_professional" CHECK ("organisation_request_aidants"."standing" in ('salarie', 'agent')),
	CONSTRAINT "request_aidant_course_known" CHECK ("organisation_request_aidants"."course_type" in ('classic', 'peers'))
);
--> statement-breakpoint
CREATE TABLE "organisation_requests" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"number" integer,
	"status" text DEFAULT 'NEW' NOT NULL,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	"issuer_id" uuid,
	"name" text NOT NULL,
	"siret" text NOT NULL,
	"departement" text,
	"url" text,
	"organisation_id" uuid,
	"manager_id" uuid,
	"manager_identity" text,
	"manager_profession" text,
	"cgu" boolean DEFAULT false NOT NULL,
	"not_free" boolean DEFAULT false NOT NULL,
	"dpo" boolean DEFAULT false NOT NULL,
	"professionals_only" boolean DEFAULT false NOT NULL,
	"without_elected" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "organisation_request_number_once" UNIQUE("number"),
	CONSTRAINT "organisation_request_status_known" CHECK ("organisation_requests"."status" in ('NEW', 'AC_VALIDATION_PROCESSING', 'VALIDATED', 'REFUSED', 'CLOSED', 'CHANGES_REQUIRED', 'CHANGES_PROPOSED')),
	CONSTRAINT "organisation_request_siret_form" CHECK ("organisation_requests"."siret" ~ '^([0-9]{14}|[0-9]{7,10})$'),
	CONSTRAINT "cgu_checked" CHECK ("organisation_requests"."status" = 'NEW' or "organisation_requests"."cgu"),
	CONSTRAINT "not_free_checked" CHECK ("organisation_requests"."status" = 'NEW' or "organisation_requests"."not_free"),
	CONSTRAINT "dpo_checked" CHECK ("organisation_requests"."status" = 'NEW' or "organisation_requests"."dpo"),
	CONSTRAINT "professionals_only_checked" CHECK ("organisation_requests"."status" = 'NEW' or "organisation_requests"."professionals_only"),
	CONSTRAINT "without_elected_checked" CHECK ("organisation_requests"."status" = 'NEW' or "organisation_requests"."without_elected"),
	CONSTRAINT "manager_set" CHECK ("organisation_requests"."status" = 'NEW' or "organisation_requests"."manager_id" is not null),
	CONSTRAINT "organisation_request_numbered" CHECK ("organisation_requests"."status" = 'NEW' or "organisation_requests"."number" is not null),
	CONSTRAINT "organisation_request_has_structure" CHECK ("organisation_requests"."status" not in ('VALIDATED', 'CLOSED') or "organisation_requests"."organisation_id" is not null)
);
--> statement-breakpoint
CREATE TABLE "request_events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"organisation_request_id" uuid,
	"habilitation_request_id" uuid,
	"move" text NOT NULL,
	"from" text,
	"to" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"author" text NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "request_event_of_one" CHECK (num_nonnulls("request_events"."organisation_request_id", "request_events"."habilitation_request_id") = 1),
	CONSTRAINT "request_event_says_why" CHECK (length("request_events"."reason") > 0)
);
--> statement-breakpoint
CREATE TABLE "milestone_parts" (
	"award_id" uuid NOT NULL,
	"subject" text NOT NULL,
	"credential_id" uuid,
	"proof_id" uuid,
	CONSTRAINT "milestone_part_once" PRIMARY KEY("award_id","subject"),
	CONSTRAINT "milestone_part_is_one_thing" CHECK (num_nonnulls("milestone_parts"."credential_id", "milestone_parts"."proof_id") = 1)
);
--> statement-breakpoint
CREATE TABLE "proof_checks" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"proof_id" uuid NOT NULL,
	"how" text NOT NULL,
	"outcome" text NOT NULL,
	"organisation_id" uuid,
	"author" text NOT NULL,
	"checked_on" date NOT NULL,
	"seen" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "proof_check_how_known" CHECK ("proof_checks"."how" in ('document', 'registre', 'badge')),
	CONSTRAINT "proof_check_outcome_known" CHECK ("proof_checks"."outcome" in ('confirmed', 'refused')),
	CONSTRAINT "proof_check_says_who" CHECK (("proof_checks"."organisation_id" is null) = ("proof_checks"."how" = 'badge'))
);
--> statement-breakpoint
CREATE TABLE "proofs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"person_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"certification_slug" text,
	"block_ref" text,
	"obtained_on" date,
	"level" integer,
	"content" text,
	"badge_digest" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"withdrawn_at" timestamp with time zone,
	CONSTRAINT "proof_kind_known" CHECK ("proofs"."kind" in ('certification', 'bloc', 'diplome', 'vae', 'pairs', 'poste')),
	CONSTRAINT "proof_block_of_a_certification" CHECK (("proofs"."block_ref" is not null) = ("proofs"."kind" = 'bloc' and "proofs"."certification_slug" is not null)),
	CONSTRAINT "proof_learnt_is_no_certification" CHECK ("proofs"."kind" not in ('pairs', 'poste') or "proofs"."certification_slug" is null),
	CONSTRAINT "proof_badge_names_no_certification" CHECK ("proofs"."badge_digest" is null or "proofs"."certification_slug" is null),
	CONSTRAINT "proof_level_known" CHECK ("proofs"."level" between 1 and 8),
	CONSTRAINT "proof_said_or_withdrawn" CHECK (("proofs"."content" is null) = ("proofs"."withdrawn_at" is not null))
);
--> statement-breakpoint
ALTER TABLE "grants" DROP CONSTRAINT "grant_role_known";--> statement-breakpoint
ALTER TABLE "grants" DROP CONSTRAINT "grant_scope_fits_role";--> statement-breakpoint
ALTER TABLE "organisation_events" DROP CONSTRAINT "organisation_event_state_known";--> statement-breakpoint
ALTER TABLE "organisations" DROP CONSTRAINT "organisation_state_known";--> statement-breakpoint
ALTER TABLE "credentials" ALTER COLUMN "completion_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "award_id" uuid;--> statement-breakpoint
ALTER TABLE "enrolments" ADD COLUMN "state" text DEFAULT 'registered' NOT NULL;--> statement-breakpoint
ALTER TABLE "enrolments" ADD COLUMN "attendance" text;--> statement-breakpoint
ALTER TABLE "enrolments" ADD COLUMN "waiting_rank" integer;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "hours" integer;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "cancelled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "cancelled_reason" text;--> statement-breakpoint
ALTER TABLE "conseiller_contracts" ADD CONSTRAINT "conseiller_contracts_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conseiller_contracts" ADD CONSTRAINT "conseiller_contracts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "initial_trainings" ADD CONSTRAINT "initial_trainings_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "initial_trainings" ADD CONSTRAINT "initial_trainings_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "training_commitments" ADD CONSTRAINT "training_commitments_contract_id_conseiller_contracts_id_fk" FOREIGN KEY ("contract_id") REFERENCES "public"."conseiller_contracts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "awards" ADD CONSTRAINT "awards_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "awards" ADD CONSTRAINT "awards_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "awards" ADD CONSTRAINT "award_achievement_exists" FOREIGN KEY ("achievement_slug","achievement_version") REFERENCES "public"."achievements"("slug","version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "expiry_reminders" ADD CONSTRAINT "expiry_reminders_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "habilitation_events" ADD CONSTRAINT "habilitation_events_habilitation_id_habilitations_id_fk" FOREIGN KEY ("habilitation_id") REFERENCES "public"."habilitations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "habilitations" ADD CONSTRAINT "habilitations_request_id_habilitation_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."habilitation_requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "habilitations" ADD CONSTRAINT "habilitations_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "habilitations" ADD CONSTRAINT "habilitations_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "habilitations" ADD CONSTRAINT "habilitations_award_id_awards_id_fk" FOREIGN KEY ("award_id") REFERENCES "public"."awards"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "structures" ADD CONSTRAINT "structures_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pix_certifications" ADD CONSTRAINT "pix_certifications_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pix_results" ADD CONSTRAINT "pix_results_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "habilitation_requests" ADD CONSTRAINT "habilitation_requests_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "habilitation_requests" ADD CONSTRAINT "habilitation_requests_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "habilitation_requests" ADD CONSTRAINT "habilitation_requests_formation_completion_id_completions_id_fk" FOREIGN KEY ("formation_completion_id") REFERENCES "public"."completions"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisation_request_aidants" ADD CONSTRAINT "organisation_request_aidants_request_id_organisation_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."organisation_requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisation_request_aidants" ADD CONSTRAINT "organisation_request_aidants_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisation_requests" ADD CONSTRAINT "organisation_requests_issuer_id_people_id_fk" FOREIGN KEY ("issuer_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisation_requests" ADD CONSTRAINT "organisation_requests_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisation_requests" ADD CONSTRAINT "organisation_requests_manager_id_people_id_fk" FOREIGN KEY ("manager_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_events" ADD CONSTRAINT "request_events_organisation_request_id_organisation_requests_id_fk" FOREIGN KEY ("organisation_request_id") REFERENCES "public"."organisation_requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_events" ADD CONSTRAINT "request_events_habilitation_request_id_habilitation_requests_id_fk" FOREIGN KEY ("habilitation_request_id") REFERENCES "public"."habilitation_requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "milestone_parts" ADD CONSTRAINT "milestone_parts_award_id_awards_id_fk" FOREIGN KEY ("award_id") REFERENCES "public"."awards"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "milestone_parts" ADD CONSTRAINT "milestone_parts_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "milestone_parts" ADD CONSTRAINT "milestone_parts_proof_id_proofs_id_fk" FOREIGN KEY ("proof_id") REFERENCES "public"."proofs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proof_checks" ADD CONSTRAINT "proof_checks_proof_id_proofs_id_fk" FOREIGN KEY ("proof_id") REFERENCES "public"."proofs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proof_checks" ADD CONSTRAINT "proof_checks_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proofs" ADD CONSTRAINT "proofs_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proofs" ADD CONSTRAINT "proofs_certification_slug_certifications_slug_fk" FOREIGN KEY ("certification_slug") REFERENCES "public"."certifications"("slug") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "conseiller_contracts_by_organisation" ON "conseiller_contracts" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "conseiller_contracts_by_person" ON "conseiller_contracts" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "initial_trainings_by_organisation" ON "initial_trainings" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "initial_trainings_by_person" ON "initial_trainings" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "training_commitments_by_contract" ON "training_commitments" USING btree ("contract_id","id");--> statement-breakpoint
CREATE INDEX "awards_by_person" ON "awards" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "awards_pending" ON "awards" USING btree ("organisation_id","id") WHERE "awards"."settled_at" is null;--> statement-breakpoint
CREATE INDEX "habilitation_events_by_habilitation" ON "habilitation_events" USING btree ("habilitation_id","id");--> statement-breakpoint
CREATE INDEX "habilitations_by_person" ON "habilitations" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "habilitations_by_organisation" ON "habilitations" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "habilitations_unsigned" ON "habilitations" USING btree ("id") WHERE "habilitations"."award_id" is null and "habilitations"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "habilitations_last_seen" ON "habilitations" USING btree ("last_seen_on") WHERE "habilitations"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "habilitations_inactive" ON "habilitations" USING btree ("id") WHERE "habilitations"."ended_at" is null and ("habilitations"."warned_at" is not null or "habilitations"."lapses" @> array['inactivity']);--> statement-breakpoint
CREATE INDEX "habilitations_active" ON "habilitations" USING btree ("organisation_id","person_id") WHERE "habilitations"."ended_at" is null and "habilitations"."lapses" = '{}';--> statement-breakpoint
CREATE INDEX "pix_certifications_by_person" ON "pix_certifications" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "pix_results_by_person" ON "pix_results" USING btree ("person_id","sent_on");--> statement-breakpoint
CREATE INDEX "pix_results_unmatched" ON "pix_results" USING btree ("id") WHERE "pix_results"."person_id" is null and "pix_results"."dismissed_at" is null;--> statement-breakpoint
CREATE INDEX "pix_results_dismissed" ON "pix_results" USING btree ("id") WHERE "pix_results"."dismissed_at" is not null;--> statement-breakpoint
CREATE INDEX "habilitation_requests_queue" ON "habilitation_requests" USING btree ("status","since","id");--> statement-breakpoint
CREATE INDEX "habilitation_requests_by_completion" ON "habilitation_requests" USING btree ("formation_completion_id") WHERE "habilitation_requests"."formation_completion_id" is not null;--> statement-breakpoint
CREATE INDEX "habilitation_requests_by_age" ON "habilitation_requests" USING btree ("since","id");--> statement-breakpoint
CREATE INDEX "habilitation_requests_by_organisation" ON "habilitation_requests" USING btree ("organisation_id","id");--> statement-breakpoint
CREATE INDEX "organisation_request_aidants_by_person" ON "organisation_request_aidants" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "organisation_requests_queue" ON "organisation_requests" USING btree ("status","since","id");--> statement-breakpoint
CREATE INDEX "organisation_requests_by_age" ON "organisation_requests" USING btree ("since","id");--> statement-breakpoint
CREATE INDEX "organisation_requests_by_issuer" ON "organisation_requests" USING btree ("issuer_id");--> statement-breakpoint
CREATE INDEX "organisation_requests_by_manager" ON "organisation_requests" USING btree ("manager_id");--> statement-breakpoint
CREATE INDEX "organisation_requests_by_organisation" ON "organisation_requests" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "request_events_by_organisation_request" ON "request_events" USING btree ("organisation_request_id","id");--> statement-breakpoint
CREATE INDEX "request_events_by_habilitation_request" ON "request_events" USING btree ("habilitation_request_id","id");--> statement-breakpoint
CREATE INDEX "milestone_parts_by_credential" ON "milestone_parts" USING btree ("credential_id");--> statement-breakpoint
CREATE INDEX "milestone_parts_by_proof" ON "milestone_parts" USING btree ("proof_id");--> statement-breakpoint
CREATE INDEX "proof_checks_by_proof" ON "proof_checks" USING btree ("proof_id","id");--> statement-breakpoint
CREATE INDEX "proof_checks_by_organisation" ON "proof_checks" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "proofs_by_person" ON "proofs" USING btree ("person_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "proof_badge_once" ON "proofs" USING btree ("person_id","badge_digest") WHERE "proofs"."withdrawn_at" is null;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_award_id_awards_id_fk" FOREIGN KEY ("award_id") REFERENCES "public"."awards"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "credentials_ending" ON "credentials" USING btree ("valid_until","id") WHERE "credentials"."valid_until" is not null and "credentials"."revoked_at" is null and "credentials"."suspended_at" is null and "credentials"."erased_at" is null;--> statement-breakpoint
CREATE INDEX "credentials_ending_by_organisation" ON "credentials" USING btree ("organisation_id","valid_until","id") WHERE "credentials"."valid_until" is not null and "credentials"."revoked_at" is null and "credentials"."suspended_at" is null and "credentials"."erased_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "enrolment_rank_once" ON "enrolments" USING btree ("session_id","waiting_rank") WHERE "enrolments"."waiting_rank" is not null;--> statement-breakpoint
CREATE INDEX "sessions_by_achievement" ON "sessions" USING btree ("achievement_slug","starts_on") WHERE "sessions"."cancelled_at" is null;--> statement-breakpoint
CREATE INDEX "sessions_by_start" ON "sessions" USING btree ("starts_on","id") WHERE "sessions"."cancelled_at" is null;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credential_once_per_award" UNIQUE("award_id");--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grant_role_known" CHECK ("grants"."role" in ('exploitant', 'instructeur', 'administrateur', 'formateur', 'referent', 'employeur', 'comite'));--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grant_scope_fits_role" CHECK (("grants"."role" in ('exploitant', 'instructeur', 'comite')) = ("grants"."organisation_id" is null));--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credential_has_one_source" CHECK (num_nonnulls("credentials"."completion_id", "credentials"."award_id") = 1);--> statement-breakpoint
ALTER TABLE "organisation_events" ADD CONSTRAINT "organisation_event_state_known" CHECK ("organisation_events"."state" in ('known', 'pending', 'approved', 'suspended', 'refused'));--> statement-breakpoint
ALTER TABLE "organisations" ADD CONSTRAINT "organisation_state_known" CHECK ("organisations"."state" in ('known', 'pending', 'approved', 'suspended', 'refused'));--> statement-breakpoint
ALTER TABLE "enrolments" ADD CONSTRAINT "enrolment_waiting_ranked" CHECK (("enrolments"."state" = 'waiting') = ("enrolments"."waiting_rank" is not null));--> statement-breakpoint
ALTER TABLE "enrolments" ADD CONSTRAINT "enrolment_state_known" CHECK ("enrolments"."state" in ('default', 'waiting', 'cancelled', 'registered'));--> statement-breakpoint
ALTER TABLE "enrolments" ADD CONSTRAINT "enrolment_attendance_known" CHECK ("enrolments"."attendance" in ('present', 'absent', 'replay'));--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "session_hours_positive" CHECK ("sessions"."hours" between 1 and 2000);--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "session_aidants_connect_hours" CHECK ("sessions"."module_slug" <> 'aidants-connect' or "sessions"."hours" in (7, 14));--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "session_cancelled_says_why" CHECK (("sessions"."cancelled_at" is null) = ("sessions"."cancelled_reason" is null));