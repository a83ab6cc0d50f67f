-- CreateEnum
CREATE TYPE "IdentityHeader" AS ENUM ('pai', 'rpid', 'none');

-- AlterTable
ALTER TABLE "trunk" ADD COLUMN     "identity_header" "IdentityHeader" NOT NULL DEFAULT 'pai';
