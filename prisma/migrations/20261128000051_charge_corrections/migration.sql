-- CreateEnum
CREATE TYPE "ChargeKind" AS ENUM ('call', 'reversal', 'correction');

-- AlterTable
ALTER TABLE "charge" ADD COLUMN     "kind" "ChargeKind" NOT NULL DEFAULT 'call';

-- CreateTable
CREATE TABLE "charge_correction" (
    "charge_id" UUID NOT NULL,
    "call_id" UUID NOT NULL,
    "reversal_id" UUID NOT NULL,
    "replacement_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "actor_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "charge_correction_pkey" PRIMARY KEY ("charge_id")
);

-- CreateIndex
CREATE INDEX "charge_correction_call_id_idx" ON "charge_correction"("call_id");

-- By hand: what was corrected stays so.
CREATE TRIGGER charge_correction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON charge_correction
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
