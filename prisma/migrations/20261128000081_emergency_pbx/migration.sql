-- AlterTable
ALTER TABLE "emergency_call" ADD COLUMN     "trunk_id" UUID;
