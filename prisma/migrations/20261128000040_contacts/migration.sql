-- CreateTable
CREATE TABLE "contact" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "company" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "contact_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "contact_number" (
    "id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "label" TEXT NOT NULL DEFAULT '',
    "position" SMALLINT NOT NULL,

    CONSTRAINT "contact_number_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "contact_account_id_name_id_idx" ON "contact"("account_id", "name", "id");

-- CreateIndex
CREATE INDEX "contact_number_number_idx" ON "contact_number"("number");

-- CreateIndex
CREATE UNIQUE INDEX "contact_number_contact_id_number_key" ON "contact_number"("contact_id", "number");

-- AddForeignKey
ALTER TABLE "contact" ADD CONSTRAINT "contact_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_number" ADD CONSTRAINT "contact_number_contact_id_fkey" FOREIGN KEY ("contact_id") REFERENCES "contact"("id") ON DELETE CASCADE ON UPDATE CASCADE;
