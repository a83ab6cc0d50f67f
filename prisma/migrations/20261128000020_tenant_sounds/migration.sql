-- AlterTable
ALTER TABLE "tenant" ADD COLUMN     "announce_refusals" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "hold_music" BOOLEAN NOT NULL DEFAULT true;
