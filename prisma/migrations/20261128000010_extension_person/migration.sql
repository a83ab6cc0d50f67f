-- AlterTable
ALTER TABLE "extension" ADD COLUMN     "user_id" UUID;

-- CreateIndex
CREATE UNIQUE INDEX "extension_tenant_id_user_id_key" ON "extension"("tenant_id", "user_id");

-- AddForeignKey
ALTER TABLE "extension" ADD CONSTRAINT "extension_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE SET NULL ON UPDATE CASCADE;
