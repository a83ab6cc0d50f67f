-- CreateEnum
CREATE TYPE "RecordingConsent" AS ENUM ('off', 'one_party', 'all_party');

-- CreateEnum
CREATE TYPE "RecordingRule" AS ENUM ('never', 'on_demand', 'always');

-- CreateEnum
CREATE TYPE "RecordingFormat" AS ENUM ('wav', 'opus');

-- CreateEnum
CREATE TYPE "RecordingState" AS ENUM ('capturing', 'processing', 'ready', 'failed', 'discarded');

-- AlterTable
ALTER TABLE "extension" ADD COLUMN     "recording" "RecordingRule" NOT NULL DEFAULT 'on_demand';

-- AlterTable
ALTER TABLE "plan_version" ADD COLUMN     "recording" "RecordingRule" NOT NULL DEFAULT 'on_demand';

-- AlterTable
ALTER TABLE "tenant" ADD COLUMN     "recording_consent" "RecordingConsent" NOT NULL DEFAULT 'off',
ADD COLUMN     "recording_days" SMALLINT NOT NULL DEFAULT 90,
ADD COLUMN     "recording_format" "RecordingFormat" NOT NULL DEFAULT 'wav',
ADD COLUMN     "recording_full" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "recording_max_bytes" BIGINT NOT NULL DEFAULT 10000000000,
ADD COLUMN     "recording_sealed" BOOLEAN NOT NULL DEFAULT true;

-- AlterTable
ALTER TABLE "trunk" ADD COLUMN     "recording" "RecordingRule" NOT NULL DEFAULT 'on_demand';

-- CreateTable
CREATE TABLE "recording" (
    "id" UUID NOT NULL,
    "call_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "node_id" TEXT NOT NULL,
    "from_extension_id" UUID,
    "to_extension_id" UUID,
    "consent" "RecordingConsent" NOT NULL,
    "automatic" BOOLEAN NOT NULL,
    "state" "RecordingState" NOT NULL,
    "format" "RecordingFormat" NOT NULL,
    "sealed" BOOLEAN NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "ended_at" TIMESTAMPTZ(6),
    "duration_ms" INTEGER,
    "bytes" BIGINT,
    "incomplete" BOOLEAN NOT NULL DEFAULT false,
    "failure" TEXT,
    "blob_key" TEXT,
    "peaks" BYTEA,
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "claimed_until" TIMESTAMPTZ(6),
    "expires_at" TIMESTAMPTZ(6),

    CONSTRAINT "recording_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "recording_account_id_id_idx" ON "recording"("account_id", "id");

-- CreateIndex
CREATE INDEX "recording_call_id_idx" ON "recording"("call_id");

-- CreateIndex
CREATE INDEX "recording_tenant_id_idx" ON "recording"("tenant_id");

-- CreateIndex
CREATE INDEX "recording_state_claimed_until_idx" ON "recording"("state", "claimed_until");

-- CreateIndex
CREATE INDEX "recording_expires_at_idx" ON "recording"("expires_at");

-- AddForeignKey
ALTER TABLE "recording" ADD CONSTRAINT "recording_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recording" ADD CONSTRAINT "recording_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand: what people said is not kept for ever.
ALTER TABLE tenant ADD CONSTRAINT tenant_recording_days CHECK (recording_days BETWEEN 1 AND 3650);
ALTER TABLE tenant ADD CONSTRAINT tenant_recording_max_bytes CHECK (recording_max_bytes >= 0);
