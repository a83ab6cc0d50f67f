-- CreateEnum
CREATE TYPE "MediaSecurity" AS ENUM ('auto', 'off', 'sdes', 'dtls');

-- AlterTable
ALTER TABLE "extension" ADD COLUMN     "media_security" "MediaSecurity" NOT NULL DEFAULT 'auto';

-- AlterTable
ALTER TABLE "trunk" ADD COLUMN     "media_security" "MediaSecurity" NOT NULL DEFAULT 'auto';
