-- AlterTable
ALTER TABLE "rate_deck" ADD COLUMN     "decimals" SMALLINT NOT NULL DEFAULT 6;

-- By hand: money is counted in millionths.
ALTER TABLE rate_deck ADD CONSTRAINT rate_deck_decimals CHECK (decimals BETWEEN 0 AND 6);
