-- CreateEnum
CREATE TYPE "CallLinkKind" AS ENUM ('forward', 'transfer', 'attended_transfer', 'pickup');

-- AlterTable
ALTER TABLE "call" ADD COLUMN     "link_kind" "CallLinkKind",
ADD COLUMN     "linked_call_id" UUID;

-- By hand: few calls are linked, and only those are looked for by it.
CREATE INDEX call_linked_call ON call (linked_call_id) WHERE linked_call_id IS NOT NULL;
ALTER TABLE call ADD CONSTRAINT call_link_whole CHECK ((linked_call_id IS NULL) = (link_kind IS NULL));
