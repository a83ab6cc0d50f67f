-- CreateEnum
CREATE TYPE "SoundKind" AS ENUM ('music', 'announcement');

-- AlterTable
ALTER TABLE "account" ADD COLUMN     "announcements" JSONB NOT NULL DEFAULT '{}';

-- AlterTable
ALTER TABLE "tenant" ADD COLUMN     "hold_sound_id" UUID;

-- CreateTable
CREATE TABLE "sound" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "kind" "SoundKind" NOT NULL,
    "name" TEXT NOT NULL,
    "replaces" TEXT,
    "duration_ms" INTEGER NOT NULL,
    "bytes" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sound_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "sound_account_id_name_id_idx" ON "sound"("account_id", "name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "sound_account_id_replaces_key" ON "sound"("account_id", "replaces");

-- AddForeignKey
ALTER TABLE "sound" ADD CONSTRAINT "sound_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tenant" ADD CONSTRAINT "tenant_hold_sound_id_fkey" FOREIGN KEY ("hold_sound_id") REFERENCES "sound"("id") ON DELETE SET NULL ON UPDATE CASCADE;
