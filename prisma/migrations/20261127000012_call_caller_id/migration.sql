-- AlterTable
ALTER TABLE "call" ADD COLUMN     "caller_id" JSONB;
