-- A phone may be reached by several flows (RFC 5626), each a binding; and two phones behind two
-- NATs may name the same private contact.
UPDATE "binding" SET "instance_id" = '' WHERE "instance_id" IS NULL;
DROP INDEX "binding_extension_id_contact_uri_key";
ALTER TABLE "binding" ALTER COLUMN "instance_id" SET DEFAULT '',
ALTER COLUMN "instance_id" SET NOT NULL,
ADD COLUMN "reg_id" INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX "binding_extension_id_contact_uri_instance_id_reg_id_key" ON "binding"("extension_id", "contact_uri", "instance_id", "reg_id");

CREATE TABLE "registration_event" (
    "id" UUID NOT NULL,
    "extension_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "cause" TEXT NOT NULL,
    "user_agent" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "port" INTEGER NOT NULL,
    "transport" TEXT NOT NULL,

    CONSTRAINT "registration_event_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "registration_event_extension_id_id_idx" ON "registration_event"("extension_id", "id");
CREATE INDEX "registration_event_at_idx" ON "registration_event"("at");
ALTER TABLE "registration_event" ADD CONSTRAINT "registration_event_extension_id_fkey" FOREIGN KEY ("extension_id") REFERENCES "extension"("id") ON DELETE CASCADE ON UPDATE CASCADE;
