CREATE TABLE "document_templates" (
	"digest" text PRIMARY KEY NOT NULL,
	"parts" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "credentials" ALTER COLUMN "document" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "template_digest" text;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "values" text[];--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_template_digest_document_templates_digest_fk" FOREIGN KEY ("template_digest") REFERENCES "public"."document_templates"("digest") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credential_has_its_document" CHECK (("credentials"."document" is null) = ("credentials"."template_digest" is not null) and ("credentials"."document" is null) = ("credentials"."values" is not null));