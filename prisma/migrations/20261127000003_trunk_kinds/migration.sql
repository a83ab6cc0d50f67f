-- CreateEnum
CREATE TYPE "TrunkKind" AS ENUM ('ip', 'registration', 'pbx');

-- AlterTable
ALTER TABLE "phone_number" ADD COLUMN     "trunk_id" UUID;

-- AlterTable
ALTER TABLE "trunk" ADD COLUMN     "codecs" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "country" CHAR(2) NOT NULL DEFAULT 'US',
ADD COLUMN     "host" TEXT,
ADD COLUMN     "kind" "TrunkKind" NOT NULL DEFAULT 'ip',
ADD COLUMN     "max_calls_per_second" INTEGER,
ADD COLUMN     "max_channels_in" INTEGER,
ADD COLUMN     "max_channels_out" INTEGER,
ADD COLUMN     "number_format_in" "NumberFormat" NOT NULL DEFAULT 'plus_e164',
ADD COLUMN     "options_seconds" INTEGER,
ADD COLUMN     "prepend_digits" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "prepend_digits_in" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "proxy" TEXT,
ADD COLUMN     "realm" TEXT,
ADD COLUMN     "register_seconds" INTEGER NOT NULL DEFAULT 600,
ADD COLUMN     "revealed_at" TIMESTAMPTZ(6),
ADD COLUMN     "secret_sealed" BYTEA,
ADD COLUMN     "strip_digits" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "strip_digits_in" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "tenant_id" UUID,
ADD COLUMN     "tls_ca" TEXT,
ADD COLUMN     "tls_name" TEXT,
ADD COLUMN     "trusted_identity" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "username" TEXT,
ALTER COLUMN "address" DROP NOT NULL;

-- CreateTable
CREATE TABLE "trunk_state" (
    "trunk_id" UUID NOT NULL,
    "node_id" TEXT,
    "lease_until" TIMESTAMPTZ(6),
    "registration" TEXT,
    "registered_until" TIMESTAMPTZ(6),
    "registration_at" TIMESTAMPTZ(6),
    "health" TEXT,
    "health_at" TIMESTAMPTZ(6),
    "round_trip_ms" INTEGER,
    "error_status" INTEGER,
    "error_text" TEXT,
    "contacts" JSONB,

    CONSTRAINT "trunk_state_pkey" PRIMARY KEY ("trunk_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "trunk_tenant_id_username_key" ON "trunk"("tenant_id", "username");

-- AddForeignKey
ALTER TABLE "phone_number" ADD CONSTRAINT "phone_number_trunk_id_fkey" FOREIGN KEY ("trunk_id") REFERENCES "trunk"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trunk" ADD CONSTRAINT "trunk_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trunk_state" ADD CONSTRAINT "trunk_state_trunk_id_fkey" FOREIGN KEY ("trunk_id") REFERENCES "trunk"("id") ON DELETE CASCADE ON UPDATE CASCADE;

------------------------------------------------------------------------------------------------
-- By hand: what each kind must have, so that no code has to wonder.

ALTER TABLE "trunk" ADD CONSTRAINT trunk_kind_has_its_parts CHECK (
  CASE kind
    WHEN 'ip' THEN carrier_id IS NOT NULL AND tenant_id IS NULL AND address IS NOT NULL
    WHEN 'registration' THEN carrier_id IS NOT NULL AND tenant_id IS NULL AND host IS NOT NULL
      AND username IS NOT NULL AND secret_sealed IS NOT NULL
    ELSE tenant_id IS NOT NULL AND carrier_id IS NULL
      AND (address IS NOT NULL OR (username IS NOT NULL AND secret_sealed IS NOT NULL))
  END);
