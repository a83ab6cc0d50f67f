-- CreateEnum
CREATE TYPE "FraudMode" AS ENUM ('off', 'shadow', 'enforce');

-- CreateEnum
CREATE TYPE "LimitSubject" AS ENUM ('account', 'tenant', 'extension', 'trunk', 'number');

-- CreateEnum
CREATE TYPE "DestinationClass" AS ENUM ('fixed', 'mobile', 'toll_free', 'premium', 'satellite', 'high_risk', 'unknown');

-- CreateEnum
CREATE TYPE "CallerIdPolicy" AS ENUM ('replace', 'refuse');

-- AlterTable
ALTER TABLE "tenant" ADD COLUMN     "caller_id_policy" "CallerIdPolicy" NOT NULL DEFAULT 'replace';

-- CreateTable
CREATE TABLE "fraud_profile" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "mode" "FraudMode" NOT NULL DEFAULT 'enforce',
    "any_country" BOOLEAN NOT NULL DEFAULT false,
    "countries" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "blocked_classes" "DestinationClass"[] DEFAULT ARRAY[]::"DestinationClass"[],
    "max_per_minute_nano" BIGINT,
    "max_connect_fee_micro" BIGINT,
    "max_daily_spend_micro" BIGINT,
    "long_call_seconds" INTEGER,
    "velocity_window_seconds" INTEGER NOT NULL DEFAULT 600,
    "velocity_digits" SMALLINT NOT NULL DEFAULT 5,
    "velocity_max_calls" INTEGER,
    "velocity_max_spend_micro" BIGINT,
    "blocks_by_itself" BOOLEAN NOT NULL DEFAULT true,
    "generation" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "fraud_profile_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "fraud_block" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "subject" "LimitSubject" NOT NULL,
    "subject_id" UUID NOT NULL,
    "rule" TEXT NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "profile_account_id" UUID,
    "call_id" UUID,
    "prefix" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "released_at" TIMESTAMPTZ(6),
    "generation" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "fraud_block_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "fraud_event" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "caller_account_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "extension_id" UUID,
    "call_id" UUID NOT NULL,
    "rule" TEXT NOT NULL,
    "shadow" BOOLEAN NOT NULL,
    "class" "DestinationClass" NOT NULL,
    "country" CHAR(2),
    "prefix" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "fraud_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verified_number" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "e164" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "generation" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verified_number_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "call_limit" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "subject" "LimitSubject" NOT NULL,
    "subject_id" UUID NOT NULL,
    "set_by_id" UUID NOT NULL,
    "max_concurrent_calls" INTEGER,
    "max_concurrent_in" INTEGER,
    "max_concurrent_out" INTEGER,
    "max_calls_per_second" INTEGER,
    "max_call_seconds" INTEGER,
    "max_daily_spend_micro" BIGINT,
    "max_per_minute_nano" BIGINT,
    "max_connect_fee_micro" BIGINT,
    "blocked_classes" "DestinationClass"[] DEFAULT ARRAY[]::"DestinationClass"[],
    "generation" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "call_limit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "daily_spend" (
    "subject" "LimitSubject" NOT NULL,
    "subject_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "node_id" TEXT NOT NULL,
    "amount_micro" BIGINT NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "daily_spend_pkey" PRIMARY KEY ("subject","subject_id","day","node_id")
);

-- CreateTable
CREATE TABLE "destination_prefix" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "prefix" TEXT NOT NULL,
    "class" "DestinationClass" NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "generation" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "destination_prefix_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "fraud_profile_account_id_key" ON "fraud_profile"("account_id");

-- CreateIndex
CREATE INDEX "fraud_block_account_id_id_idx" ON "fraud_block"("account_id", "id");

-- CreateIndex
CREATE INDEX "fraud_block_subject_id_idx" ON "fraud_block"("subject_id");

-- CreateIndex
CREATE INDEX "fraud_event_account_id_id_idx" ON "fraud_event"("account_id", "id");

-- CreateIndex
CREATE INDEX "fraud_event_at_idx" ON "fraud_event"("at");

-- CreateIndex
CREATE UNIQUE INDEX "fraud_event_call_id_account_id_rule_key" ON "fraud_event"("call_id", "account_id", "rule");

-- CreateIndex
CREATE INDEX "verified_number_account_id_idx" ON "verified_number"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "verified_number_tenant_id_e164_key" ON "verified_number"("tenant_id", "e164");

-- CreateIndex
CREATE INDEX "call_limit_account_id_idx" ON "call_limit"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "call_limit_subject_subject_id_key" ON "call_limit"("subject", "subject_id");

-- CreateIndex
CREATE INDEX "daily_spend_day_idx" ON "daily_spend"("day");

-- CreateIndex
CREATE UNIQUE INDEX "destination_prefix_prefix_key" ON "destination_prefix"("prefix");

-- AddForeignKey
ALTER TABLE "fraud_profile" ADD CONSTRAINT "fraud_profile_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "fraud_block" ADD CONSTRAINT "fraud_block_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "fraud_event" ADD CONSTRAINT "fraud_event_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "verified_number" ADD CONSTRAINT "verified_number_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "verified_number" ADD CONSTRAINT "verified_number_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "call_limit" ADD CONSTRAINT "call_limit_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "destination_prefix" ADD CONSTRAINT "destination_prefix_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand: what the switch reads of it, by generation.
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['call_limit', 'destination_prefix', 'fraud_profile', 'fraud_block',
                           'verified_number'] LOOP
    EXECUTE format('CREATE TRIGGER config_stamp BEFORE INSERT OR UPDATE ON %I
                    FOR EACH ROW EXECUTE FUNCTION config_stamp()', t);
    EXECUTE format('CREATE TRIGGER config_record AFTER INSERT OR UPDATE OR DELETE ON %I
                    FOR EACH ROW EXECUTE FUNCTION config_record()', t);
  END LOOP;
END $$;

-- A subject's limits go with it.
CREATE FUNCTION call_limit_drop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM call_limit
   WHERE subject = TG_ARGV[0]::"LimitSubject" AND subject_id = OLD.id;
  RETURN NULL;
END $$;
CREATE TRIGGER call_limit_drop AFTER DELETE ON tenant
  FOR EACH ROW EXECUTE FUNCTION call_limit_drop('tenant');
CREATE TRIGGER call_limit_drop AFTER DELETE ON extension
  FOR EACH ROW EXECUTE FUNCTION call_limit_drop('extension');
CREATE TRIGGER call_limit_drop AFTER DELETE ON trunk
  FOR EACH ROW EXECUTE FUNCTION call_limit_drop('trunk');
CREATE TRIGGER call_limit_drop AFTER DELETE ON phone_number
  FOR EACH ROW EXECUTE FUNCTION call_limit_drop('number');

-- Nobody is blocked twice at a time, however many nodes find it.
CREATE UNIQUE INDEX fraud_block_standing ON fraud_block (subject, subject_id) WHERE released_at IS NULL;

ALTER TABLE call_limit ADD CONSTRAINT call_limit_not_negative CHECK (
  max_concurrent_calls >= 0 AND max_concurrent_in >= 0 AND max_concurrent_out >= 0
  AND max_calls_per_second >= 0 AND max_call_seconds > 0 AND max_daily_spend_micro >= 0
  AND max_per_minute_nano >= 0 AND max_connect_fee_micro >= 0);
