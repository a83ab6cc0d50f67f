-- CreateEnum
CREATE TYPE "NumberKind" AS ENUM ('geographic', 'mobile', 'national', 'toll_free', 'shared_cost', 'premium');

-- CreateEnum
CREATE TYPE "PortInState" AS ENUM ('draft', 'submitted', 'info_needed', 'accepted', 'scheduled', 'done', 'rejected', 'cancelled');

-- AlterTable
ALTER TABLE "phone_number" ADD COLUMN     "area" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "carrier_id" UUID,
ADD COLUMN     "country" CHAR(2),
ADD COLUMN     "emergency_location_id" UUID,
ADD COLUMN     "held_until" TIMESTAMPTZ(6),
ADD COLUMN     "kind" "NumberKind" NOT NULL DEFAULT 'geographic',
ADD COLUMN     "number_group" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "reserved_for_id" UUID,
ADD COLUMN     "suspended_at" TIMESTAMPTZ(6);

-- AlterTable
ALTER TABLE "tenant" ADD COLUMN     "emergency_location_id" UUID,
ADD COLUMN     "emergency_number_id" UUID;

-- AlterTable
ALTER TABLE "trunk" ADD COLUMN     "emergency_countries" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- CreateTable
CREATE TABLE "emergency_location" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "country" CHAR(2) NOT NULL,
    "street" TEXT NOT NULL,
    "house_number" TEXT NOT NULL,
    "unit" TEXT NOT NULL DEFAULT '',
    "city" TEXT NOT NULL,
    "region" TEXT NOT NULL DEFAULT '',
    "postal_code" TEXT NOT NULL,
    "contact" TEXT NOT NULL DEFAULT '',
    "number_id" UUID,
    "confirmed_at" TIMESTAMPTZ(6) NOT NULL,
    "confirmed_by_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "emergency_location_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "emergency_call" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "extension_id" UUID,
    "digits" TEXT NOT NULL,
    "shown_number" TEXT,
    "location_id" UUID,
    "location" JSONB,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "callback_until" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "emergency_call_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "number_settings" (
    "account_id" UUID NOT NULL,
    "aging_days" SMALLINT NOT NULL DEFAULT 30,
    "reservation_minutes" SMALLINT NOT NULL DEFAULT 30,

    CONSTRAINT "number_settings_pkey" PRIMARY KEY ("account_id")
);

-- CreateTable
CREATE TABLE "number_price" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "buyer_id" UUID,
    "country" CHAR(2),
    "kind" "NumberKind",
    "number_group" TEXT NOT NULL DEFAULT '',
    "prefix" TEXT NOT NULL DEFAULT '',
    "currency" CHAR(3) NOT NULL,
    "set_up_micro" BIGINT NOT NULL,
    "per_period_micro" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "number_price_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "number_rental" (
    "id" UUID NOT NULL,
    "number_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "stock_id" UUID NOT NULL,
    "order_key" TEXT,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "time_zone" TEXT NOT NULL,
    "ended_at" TIMESTAMPTZ(6),
    "next_period" INTEGER NOT NULL DEFAULT 0,
    "next_due_at" TIMESTAMPTZ(6) NOT NULL,
    "unpaid_since" TIMESTAMPTZ(6),
    "retry_at" TIMESTAMPTZ(6),

    CONSTRAINT "number_rental_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "number_rental_hop" (
    "rental_id" UUID NOT NULL,
    "hop" SMALLINT NOT NULL,
    "buyer_id" UUID NOT NULL,
    "seller_id" UUID NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "set_up_micro" BIGINT NOT NULL,
    "per_period_micro" BIGINT NOT NULL,
    "external" BOOLEAN NOT NULL,

    CONSTRAINT "number_rental_hop_pkey" PRIMARY KEY ("rental_id","hop")
);

-- CreateTable
CREATE TABLE "number_charge" (
    "rental_id" UUID NOT NULL,
    "period" INTEGER NOT NULL,
    "hop" SMALLINT NOT NULL,
    "buyer_id" UUID NOT NULL,
    "seller_id" UUID NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "set_up_micro" BIGINT NOT NULL,
    "period_micro" BIGINT NOT NULL,
    "period_start" TIMESTAMPTZ(6) NOT NULL,
    "period_end" TIMESTAMPTZ(6) NOT NULL,
    "transaction_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "number_charge_pkey" PRIMARY KEY ("rental_id","period","hop")
);

-- CreateTable
CREATE TABLE "port_in" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "state" "PortInState" NOT NULL DEFAULT 'draft',
    "numbers" TEXT[],
    "losing_carrier" TEXT NOT NULL,
    "account_holder" TEXT NOT NULL,
    "account_number" TEXT NOT NULL DEFAULT '',
    "street" TEXT NOT NULL,
    "city" TEXT NOT NULL,
    "region" TEXT NOT NULL DEFAULT '',
    "postal_code" TEXT NOT NULL,
    "country" CHAR(2) NOT NULL,
    "wished_on" DATE NOT NULL,
    "scheduled_on" DATE,
    "tenant_id" UUID,
    "extension_id" UUID,
    "trunk_id" UUID,
    "letter_name" TEXT,
    "letter_type" TEXT,
    "letter_bytes" INTEGER,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "port_in_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "port_in_note" (
    "id" UUID NOT NULL,
    "port_in_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "side" TEXT NOT NULL,
    "author_id" UUID,
    "state" "PortInState",
    "text" TEXT NOT NULL,

    CONSTRAINT "port_in_note_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "emergency_location_account_id_idx" ON "emergency_location"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "emergency_location_tenant_id_name_key" ON "emergency_location"("tenant_id", "name");

-- CreateIndex
CREATE INDEX "emergency_call_account_id_id_idx" ON "emergency_call"("account_id", "id");

-- CreateIndex
CREATE INDEX "emergency_call_callback_until_idx" ON "emergency_call"("callback_until");

-- CreateIndex
CREATE INDEX "number_rental_number_id_idx" ON "number_rental"("number_id");

-- CreateIndex
CREATE INDEX "number_rental_ended_at_next_due_at_idx" ON "number_rental"("ended_at", "next_due_at");

-- CreateIndex
CREATE UNIQUE INDEX "number_rental_account_id_order_key_key" ON "number_rental"("account_id", "order_key");

-- CreateIndex
CREATE INDEX "number_charge_buyer_id_idx" ON "number_charge"("buyer_id");

-- CreateIndex
CREATE INDEX "port_in_account_id_idx" ON "port_in"("account_id");

-- CreateIndex
CREATE INDEX "port_in_state_id_idx" ON "port_in"("state", "id");

-- CreateIndex
CREATE INDEX "port_in_note_port_in_id_id_idx" ON "port_in_note"("port_in_id", "id");

-- CreateIndex
CREATE INDEX "phone_number_state_country_e164_idx" ON "phone_number"("state", "country", "e164");

-- CreateIndex
CREATE INDEX "phone_number_held_until_idx" ON "phone_number"("held_until");

-- AddForeignKey
ALTER TABLE "emergency_location" ADD CONSTRAINT "emergency_location_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "emergency_location" ADD CONSTRAINT "emergency_location_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "emergency_location" ADD CONSTRAINT "emergency_location_number_id_fkey" FOREIGN KEY ("number_id") REFERENCES "phone_number"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "phone_number" ADD CONSTRAINT "phone_number_carrier_id_fkey" FOREIGN KEY ("carrier_id") REFERENCES "carrier"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "phone_number" ADD CONSTRAINT "phone_number_reserved_for_id_fkey" FOREIGN KEY ("reserved_for_id") REFERENCES "account"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "phone_number" ADD CONSTRAINT "phone_number_emergency_location_id_fkey" FOREIGN KEY ("emergency_location_id") REFERENCES "emergency_location"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "number_settings" ADD CONSTRAINT "number_settings_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "number_price" ADD CONSTRAINT "number_price_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "number_price" ADD CONSTRAINT "number_price_buyer_id_fkey" FOREIGN KEY ("buyer_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "number_rental" ADD CONSTRAINT "number_rental_number_id_fkey" FOREIGN KEY ("number_id") REFERENCES "phone_number"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "number_rental" ADD CONSTRAINT "number_rental_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "number_rental" ADD CONSTRAINT "number_rental_stock_id_fkey" FOREIGN KEY ("stock_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "number_rental_hop" ADD CONSTRAINT "number_rental_hop_rental_id_fkey" FOREIGN KEY ("rental_id") REFERENCES "number_rental"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "number_charge" ADD CONSTRAINT "number_charge_rental_id_fkey" FOREIGN KEY ("rental_id") REFERENCES "number_rental"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "port_in" ADD CONSTRAINT "port_in_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "port_in" ADD CONSTRAINT "port_in_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "port_in" ADD CONSTRAINT "port_in_extension_id_fkey" FOREIGN KEY ("extension_id") REFERENCES "extension"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "port_in" ADD CONSTRAINT "port_in_trunk_id_fkey" FOREIGN KEY ("trunk_id") REFERENCES "trunk"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "port_in_note" ADD CONSTRAINT "port_in_note_port_in_id_fkey" FOREIGN KEY ("port_in_id") REFERENCES "port_in"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tenant" ADD CONSTRAINT "tenant_emergency_location_id_fkey" FOREIGN KEY ("emergency_location_id") REFERENCES "emergency_location"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tenant" ADD CONSTRAINT "tenant_emergency_number_id_fkey" FOREIGN KEY ("emergency_number_id") REFERENCES "phone_number"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- By hand: a number is in one pair of hands at a time, is priced once by each rule, and what was
-- charged for it is never edited.
CREATE UNIQUE INDEX "number_rental_running" ON "number_rental" ("number_id") WHERE "ended_at" IS NULL;
CREATE UNIQUE INDEX "number_price_rule" ON "number_price"
  ("account_id", "buyer_id", "country", "kind", "number_group", "prefix", "currency") NULLS NOT DISTINCT;
ALTER TABLE "number_price" ADD CONSTRAINT "number_price_not_negative"
  CHECK (set_up_micro >= 0 AND per_period_micro >= 0);
CREATE TRIGGER number_charge_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON number_charge
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Numbers that are known already: the country of their code, and of +1 the largest; whoever knows
-- better says so by import.
UPDATE phone_number SET country = CASE
  WHEN e164 LIKE '+1%' THEN 'US' WHEN e164 LIKE '+44%' THEN 'GB' WHEN e164 LIKE '+49%' THEN 'DE'
  WHEN e164 LIKE '+33%' THEN 'FR' WHEN e164 LIKE '+31%' THEN 'NL' WHEN e164 LIKE '+41%' THEN 'CH'
  WHEN e164 LIKE '+43%' THEN 'AT' END;
