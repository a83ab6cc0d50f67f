-- AlterTable
ALTER TABLE "extension" ADD COLUMN     "forward_always" TEXT,
ADD COLUMN     "forward_busy" TEXT,
ADD COLUMN     "forward_no_answer" TEXT,
ADD COLUMN     "forward_no_answer_seconds" SMALLINT NOT NULL DEFAULT 20,
ADD COLUMN     "forward_unreachable" TEXT;

-- By hand: what the switch dials is digits and nothing else, and it never rings for ever.
ALTER TABLE extension ADD CONSTRAINT extension_forward_digits CHECK (
  forward_always ~ '^\+?[0-9]{2,20}$' AND forward_busy ~ '^\+?[0-9]{2,20}$'
  AND forward_no_answer ~ '^\+?[0-9]{2,20}$' AND forward_unreachable ~ '^\+?[0-9]{2,20}$');
ALTER TABLE extension ADD CONSTRAINT extension_forward_seconds
  CHECK (forward_no_answer_seconds BETWEEN 5 AND 120);
