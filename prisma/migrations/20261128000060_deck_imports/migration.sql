-- CreateEnum
CREATE TYPE "DeckImportState" AS ENUM ('uploaded', 'mapping', 'queued', 'reading', 'done', 'refused', 'failed', 'discarded');

-- CreateEnum
CREATE TYPE "DeckImpactState" AS ENUM ('queued', 'running', 'done', 'failed');

-- AlterTable
ALTER TABLE "deck_version" ADD COLUMN     "rate_count" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "deck_import" (
    "id" UUID NOT NULL,
    "deck_id" UUID NOT NULL,
    "upload_key" TEXT,
    "state" "DeckImportState" NOT NULL DEFAULT 'uploaded',
    "file_name" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "sha256" CHAR(64) NOT NULL,
    "automatic" BOOLEAN NOT NULL DEFAULT false,
    "format" JSONB,
    "sample" JSONB,
    "mapping" JSONB,
    "header_key" TEXT,
    "rows_read" INTEGER NOT NULL DEFAULT 0,
    "progress_ppm" INTEGER NOT NULL DEFAULT 0,
    "problem_count" INTEGER NOT NULL DEFAULT 0,
    "problems_cut" BOOLEAN NOT NULL DEFAULT false,
    "failure" TEXT,
    "version_id" UUID,
    "actor_kind" TEXT NOT NULL,
    "actor_id" UUID,
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "claim" UUID,
    "claimed_until" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(6),

    CONSTRAINT "deck_import_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deck_import_problem" (
    "import_id" UUID NOT NULL,
    "seq" INTEGER NOT NULL,
    "line" INTEGER NOT NULL,
    "column" TEXT,
    "heading" TEXT,
    "value" TEXT NOT NULL,
    "message" TEXT NOT NULL,

    CONSTRAINT "deck_import_problem_pkey" PRIMARY KEY ("import_id","seq")
);

-- CreateTable
CREATE TABLE "deck_comparison" (
    "version_id" UUID NOT NULL,
    "base_id" UUID NOT NULL,
    "counts" JSONB NOT NULL,
    "counted_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deck_comparison_pkey" PRIMARY KEY ("version_id","base_id")
);

-- CreateTable
CREATE TABLE "deck_impact" (
    "id" UUID NOT NULL,
    "version_id" UUID NOT NULL,
    "base_id" UUID,
    "from_at" TIMESTAMPTZ(6) NOT NULL,
    "to_at" TIMESTAMPTZ(6) NOT NULL,
    "state" "DeckImpactState" NOT NULL DEFAULT 'queued',
    "calls_done" INTEGER NOT NULL DEFAULT 0,
    "calls_total" INTEGER NOT NULL DEFAULT 0,
    "result" JSONB,
    "failure" TEXT,
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "claim" UUID,
    "claimed_until" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(6),

    CONSTRAINT "deck_impact_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "deck_import_version_id_key" ON "deck_import"("version_id");

-- CreateIndex
CREATE INDEX "deck_import_deck_id_id_idx" ON "deck_import"("deck_id", "id");

-- CreateIndex
CREATE INDEX "deck_import_state_claimed_until_idx" ON "deck_import"("state", "claimed_until");

-- CreateIndex
CREATE UNIQUE INDEX "deck_import_deck_id_upload_key_key" ON "deck_import"("deck_id", "upload_key");

-- CreateIndex
CREATE INDEX "deck_impact_version_id_id_idx" ON "deck_impact"("version_id", "id");

-- CreateIndex
CREATE INDEX "deck_impact_state_claimed_until_idx" ON "deck_impact"("state", "claimed_until");

-- CreateIndex
CREATE INDEX "deck_version_activate_at_idx" ON "deck_version"("activate_at");

-- AddForeignKey
ALTER TABLE "deck_import" ADD CONSTRAINT "deck_import_deck_id_fkey" FOREIGN KEY ("deck_id") REFERENCES "rate_deck"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deck_import" ADD CONSTRAINT "deck_import_version_id_fkey" FOREIGN KEY ("version_id") REFERENCES "deck_version"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deck_import_problem" ADD CONSTRAINT "deck_import_problem_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "deck_import"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deck_comparison" ADD CONSTRAINT "deck_comparison_version_id_fkey" FOREIGN KEY ("version_id") REFERENCES "deck_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deck_comparison" ADD CONSTRAINT "deck_comparison_base_id_fkey" FOREIGN KEY ("base_id") REFERENCES "deck_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deck_impact" ADD CONSTRAINT "deck_impact_version_id_fkey" FOREIGN KEY ("version_id") REFERENCES "deck_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deck_impact" ADD CONSTRAINT "deck_impact_base_id_fkey" FOREIGN KEY ("base_id") REFERENCES "deck_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- By hand: half a million rates come in a few dozen statements. Whether their version is a draft is
-- asked once a statement, not once a row, and the version counts them.
DROP TRIGGER rate_live_append_only ON rate;
DROP FUNCTION refuse_live_rates();

UPDATE deck_version v SET rate_count = c.rates
  FROM (SELECT version_id, count(*)::int AS rates FROM rate GROUP BY version_id) AS c
 WHERE c.version_id = v.id;

-- The rates of a version that is or was live never change.
CREATE FUNCTION refuse_live_rates(versions uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM deck_version v WHERE v.status <> 'draft' AND v.id = ANY (versions)) THEN
    RAISE EXCEPTION 'rates of an activated deck version never change: make a new version'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

CREATE FUNCTION rate_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_live_rates(ARRAY(SELECT DISTINCT version_id FROM fresh));
  UPDATE deck_version v SET rate_count = v.rate_count + c.rates
    FROM (SELECT version_id, count(*)::int AS rates FROM fresh GROUP BY version_id) AS c
   WHERE c.version_id = v.id;
  RETURN NULL;
END $$;

CREATE FUNCTION rate_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_live_rates(ARRAY(SELECT version_id FROM fresh UNION SELECT version_id FROM gone));
  IF EXISTS (SELECT 1 FROM fresh JOIN gone USING (id) WHERE fresh.version_id <> gone.version_id) THEN
    RAISE EXCEPTION 'a rate stays in its version' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;

-- Those of a draft that is thrown away go with it: it is no longer there then.
CREATE FUNCTION rate_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_live_rates(ARRAY(SELECT DISTINCT version_id FROM gone));
  UPDATE deck_version v SET rate_count = v.rate_count - c.rates
    FROM (SELECT version_id, count(*)::int AS rates FROM gone GROUP BY version_id) AS c
   WHERE c.version_id = v.id;
  RETURN NULL;
END $$;

CREATE TRIGGER rate_inserted AFTER INSERT ON rate
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION rate_inserted();
CREATE TRIGGER rate_updated AFTER UPDATE ON rate
  REFERENCING OLD TABLE AS gone NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION rate_updated();
CREATE TRIGGER rate_deleted AFTER DELETE ON rate
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION rate_deleted();

-- A version that was live stays: charges name it. A draft may be thrown away.
CREATE FUNCTION refuse_live_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'draft' THEN
    RAISE EXCEPTION 'a deck version that was activated is kept' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER refuse_live_version BEFORE DELETE ON deck_version
  FOR EACH ROW EXECUTE FUNCTION refuse_live_version();
