-- AlterTable
ALTER TABLE "tenant" ADD COLUMN     "capture" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "capture_days" SMALLINT NOT NULL DEFAULT 7;

-- CreateTable
CREATE TABLE "call_trace" (
    "call_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "message_count" INTEGER NOT NULL,
    "truncated" BOOLEAN NOT NULL,
    "content" BYTEA NOT NULL,

    CONSTRAINT "call_trace_pkey" PRIMARY KEY ("call_id","account_id")
);

-- CreateIndex
CREATE INDEX "call_trace_expires_at_idx" ON "call_trace"("expires_at");

-- CreateIndex
CREATE INDEX "call_trace_account_id_idx" ON "call_trace"("account_id");

-- AddForeignKey
ALTER TABLE "call_trace" ADD CONSTRAINT "call_trace_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- By hand: what is kept for support is not kept for ever.
ALTER TABLE tenant ADD CONSTRAINT tenant_capture_days CHECK (capture_days BETWEEN 1 AND 90);
