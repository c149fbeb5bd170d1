CREATE TABLE "lists" (
	"slug" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"about" jsonb NOT NULL,
	CONSTRAINT "list_kind_known" CHECK ("lists"."kind" in ('requirements', 'duties', 'activities', 'bridges', 'field-needs')),
	CONSTRAINT "list_status_known" CHECK ("lists"."status" in ('official', 'illustrative'))
);
