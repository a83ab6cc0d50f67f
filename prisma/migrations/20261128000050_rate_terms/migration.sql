-- CreateEnum
CREATE TYPE "DeckPricing" AS ENUM ('rates', 'markup');

-- AlterTable
ALTER TABLE "deck_version" ADD COLUMN     "activate_at" TIMESTAMPTZ(6),
ADD COLUMN     "bands" JSONB,
ADD COLUMN     "source" JSONB,
ADD COLUMN     "time_zone" TEXT;

-- AlterTable
ALTER TABLE "rate" ADD COLUMN     "band" SMALLINT NOT NULL DEFAULT 0,
ADD COLUMN     "free_seconds" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "markup_min_per_minute_nano" BIGINT,
ADD COLUMN     "markup_ppm" INTEGER,
ADD COLUMN     "reverse_billed" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "rate_deck" ADD COLUMN     "pricing" "DeckPricing" NOT NULL DEFAULT 'rates';

-- By hand: what no rate can mean.
ALTER TABLE rate ADD CONSTRAINT rate_free_seconds CHECK (free_seconds >= 0);
ALTER TABLE rate ADD CONSTRAINT rate_band CHECK (band >= 0);
ALTER TABLE rate ADD CONSTRAINT rate_markup CHECK (markup_ppm >= 0 AND markup_min_per_minute_nano >= 0);
