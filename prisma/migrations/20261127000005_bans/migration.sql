-- CreateEnum
CREATE TYPE "AddressAction" AS ENUM ('ban', 'allow');

-- CreateEnum
CREATE TYPE "RuleOrigin" AS ENUM ('switch', 'person');

-- CreateTable
CREATE TABLE "address_rule" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "action" "AddressAction" NOT NULL,
    "origin" "RuleOrigin" NOT NULL,
    "cidr" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "detail" TEXT NOT NULL DEFAULT '',
    "level" INTEGER NOT NULL DEFAULT 0,
    "attempts" BIGINT NOT NULL DEFAULT 0,
    "since" TIMESTAMPTZ(6) NOT NULL,
    "until" TIMESTAMPTZ(6),
    "generation" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "address_rule_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "address_rule_action_until_idx" ON "address_rule"("action", "until");

-- AddForeignKey
ALTER TABLE "address_rule" ADD CONSTRAINT "address_rule_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand: what the switch counts (attempts) is no change of what it reads.
CREATE OR REPLACE FUNCTION config_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  unread CONSTANT text[] := ARRAY['generation', 'updated_at', 'revealed_at', 'attempts'];
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - unread = to_jsonb(OLD) - unread THEN
    NEW.generation := OLD.generation;
  ELSE
    NEW.generation := nextval('config_generation');
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER config_stamp BEFORE INSERT OR UPDATE ON address_rule
  FOR EACH ROW EXECUTE FUNCTION config_stamp();
CREATE TRIGGER config_record AFTER INSERT OR UPDATE OR DELETE ON address_rule
  FOR EACH ROW EXECUTE FUNCTION config_record();
