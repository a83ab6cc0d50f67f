-- The tables of prisma/schema; call, leg, charge and posting are partitioned by month on their id.
-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "AccountKind" AS ENUM ('operator', 'reseller', 'customer');

-- CreateEnum
CREATE TYPE "AccountStatus" AS ENUM ('active', 'suspended', 'terminated');

-- CreateEnum
CREATE TYPE "BilledBy" AS ENUM ('portal', 'external');

-- CreateEnum
CREATE TYPE "CallClass" AS ENUM ('internal', 'onnet', 'outbound', 'inbound', 'emergency');

-- CreateEnum
CREATE TYPE "HungUpBy" AS ENUM ('caller', 'callee', 'switch', 'node_failure');

-- CreateEnum
CREATE TYPE "DeckKind" AS ENUM ('sell', 'buy');

-- CreateEnum
CREATE TYPE "DeckVersionStatus" AS ENUM ('draft', 'active', 'retired');

-- CreateEnum
CREATE TYPE "DeckRounding" AS ENUM ('half_up', 'half_even', 'up', 'down');

-- CreateEnum
CREATE TYPE "LedgerAccountKind" AS ENUM ('wallet', 'receivable', 'revenue', 'tax_payable', 'psp_clearing', 'rounding', 'fx_clearing', 'due_from', 'due_to', 'carrier_cost', 'carrier_payable', 'opening_balance');

-- CreateEnum
CREATE TYPE "NumberState" AS ENUM ('discovered', 'available', 'reserved', 'in_service', 'aging', 'released', 'port_in', 'port_out');

-- CreateEnum
CREATE TYPE "PlanStatus" AS ENUM ('draft', 'active', 'retired');

-- CreateEnum
CREATE TYPE "SubscriptionStatus" AS ENUM ('pending', 'active', 'suspended', 'cancelled');

-- CreateEnum
CREATE TYPE "ServiceStatus" AS ENUM ('active', 'suspended');

-- CreateEnum
CREATE TYPE "SipTransport" AS ENUM ('udp', 'tcp', 'tls');

-- CreateEnum
CREATE TYPE "NumberFormat" AS ENUM ('plus_e164', 'e164', 'national');

-- CreateEnum
CREATE TYPE "RouteStrategy" AS ENUM ('lcr', 'priority');

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('owner', 'admin', 'billing', 'support', 'read_only', 'developer');

-- CreateEnum
CREATE TYPE "OneTimeTokenKind" AS ENUM ('operator_setup', 'invitation', 'password_reset', 'sip_credentials', 'device_provisioning');

-- CreateEnum
CREATE TYPE "WalletMode" AS ENUM ('prepaid', 'postpaid');

-- CreateEnum
CREATE TYPE "HoldState" AS ENUM ('open', 'settled', 'released');

-- CreateTable
CREATE TABLE "account" (
    "id" UUID NOT NULL,
    "parent_id" UUID,
    "path" TEXT NOT NULL,
    "kind" "AccountKind" NOT NULL,
    "name" TEXT NOT NULL,
    "status" "AccountStatus" NOT NULL DEFAULT 'active',
    "billed_by" "BilledBy" NOT NULL DEFAULT 'portal',
    "currency" CHAR(3) NOT NULL,
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "country" CHAR(2) NOT NULL DEFAULT 'US',
    "sell_deck_id" UUID,
    "max_concurrent_calls" INTEGER NOT NULL DEFAULT 10,
    "max_calls_per_second" INTEGER NOT NULL DEFAULT 5,
    "generation" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "portal_domain" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "host" TEXT NOT NULL,
    "verified_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "portal_domain_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "role" "Role" NOT NULL DEFAULT 'admin',
    "scopes" TEXT[],
    "cidrs" TEXT[],
    "expires_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),
    "last_used_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_record" (
    "caller_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "status" INTEGER,
    "body" JSONB,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(6),
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "idempotency_record_pkey" PRIMARY KEY ("caller_id","key")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "account_id" UUID,
    "actor_kind" TEXT NOT NULL,
    "actor_id" UUID,
    "behind_id" UUID,
    "address" TEXT,
    "request_id" TEXT,
    "verb" TEXT NOT NULL,
    "object_kind" TEXT NOT NULL,
    "object_id" UUID,
    "detail" JSONB NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "live_call" (
    "id" UUID NOT NULL,
    "node_id" TEXT NOT NULL,
    "lease_epoch" BIGINT NOT NULL,
    "payer_account_id" UUID,
    "class" "CallClass" NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "answered_at" TIMESTAMPTZ(6),
    "granted_seconds" INTEGER NOT NULL DEFAULT 0,
    "fenced_at" TIMESTAMPTZ(6),
    "facts" JSONB NOT NULL,
    "dialogs" JSONB,

    CONSTRAINT "live_call_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "call" (
    "id" UUID NOT NULL,
    "node_id" TEXT NOT NULL,
    "class" "CallClass" NOT NULL,
    "account_id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "payer_account_id" UUID,
    "from_extension_id" UUID,
    "to_extension_id" UUID,
    "peer_account_id" UUID,
    "peer_tenant_id" UUID,
    "from_number" TEXT NOT NULL,
    "dialled" TEXT NOT NULL,
    "to_number" TEXT NOT NULL,
    "destination" TEXT,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "ringing_at" TIMESTAMPTZ(6),
    "answered_at" TIMESTAMPTZ(6),
    "ended_at" TIMESTAMPTZ(6) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "rated_seconds" INTEGER NOT NULL,
    "hung_up_by" "HungUpBy",
    "sip_status" SMALLINT NOT NULL,
    "q850_cause" SMALLINT,
    "refusal_code" TEXT,
    "refusal_hop_id" UUID,
    "refusal_text" TEXT,
    "trunk_id" UUID,
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "codec" TEXT,
    "media" JSONB,

    CONSTRAINT "call_pkey" PRIMARY KEY ("id")
) PARTITION BY RANGE ("id");

-- CreateTable
CREATE TABLE "leg" (
    "id" UUID NOT NULL,
    "call_id" UUID NOT NULL,
    "seq" SMALLINT NOT NULL,
    "sip_call_id" TEXT NOT NULL,
    "extension_id" UUID,
    "trunk_id" UUID,
    "target" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "transport" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "ringing_at" TIMESTAMPTZ(6),
    "answered_at" TIMESTAMPTZ(6),
    "ended_at" TIMESTAMPTZ(6) NOT NULL,
    "sip_status" SMALLINT NOT NULL,
    "q850_cause" SMALLINT,
    "codec" TEXT,
    "media" JSONB,

    CONSTRAINT "leg_pkey" PRIMARY KEY ("id")
) PARTITION BY RANGE ("id");

-- CreateTable
CREATE TABLE "charge" (
    "id" UUID NOT NULL,
    "call_id" UUID NOT NULL,
    "hop" SMALLINT NOT NULL,
    "seller_account_id" UUID,
    "carrier_id" UUID,
    "buyer_account_id" UUID NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "amount_micro" BIGINT NOT NULL,
    "rated_seconds" INTEGER NOT NULL,
    "billed_seconds" INTEGER NOT NULL,
    "snapshot" JSONB,
    "transaction_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "charge_pkey" PRIMARY KEY ("id")
) PARTITION BY RANGE ("id");

-- CreateTable
CREATE TABLE "settled_call" (
    "call_id" UUID NOT NULL,
    "settled_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "settled_call_pkey" PRIMARY KEY ("call_id")
);

-- CreateTable
CREATE TABLE "rate_deck" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "kind" "DeckKind" NOT NULL,
    "name" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "rounding" "DeckRounding" NOT NULL DEFAULT 'half_up',
    "active_version_id" UUID,
    "generation" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "rate_deck_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deck_version" (
    "id" UUID NOT NULL,
    "deck_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "status" "DeckVersionStatus" NOT NULL DEFAULT 'draft',
    "activated_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deck_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate" (
    "id" BIGSERIAL NOT NULL,
    "version_id" UUID NOT NULL,
    "prefix" TEXT NOT NULL,
    "destination" TEXT NOT NULL,
    "connect_fee_micro" BIGINT NOT NULL DEFAULT 0,
    "minimum_micro" BIGINT NOT NULL DEFAULT 0,
    "no_charge_seconds" INTEGER NOT NULL DEFAULT 0,
    "first_seconds" INTEGER NOT NULL,
    "next_seconds" INTEGER NOT NULL,
    "first_per_minute_nano" BIGINT NOT NULL,
    "next_per_minute_nano" BIGINT NOT NULL,
    "blocked" BOOLEAN NOT NULL DEFAULT false,
    "valid_from" TIMESTAMPTZ(6),
    "valid_to" TIMESTAMPTZ(6),

    CONSTRAINT "rate_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "extension" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "status" "ServiceStatus" NOT NULL DEFAULT 'active',
    "secret_sealed" BYTEA NOT NULL,
    "secret_set_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revealed_at" TIMESTAMPTZ(6),
    "caller_number_id" UUID,
    "subscription_id" UUID,
    "generation" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "extension_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "binding" (
    "id" UUID NOT NULL,
    "extension_id" UUID NOT NULL,
    "node_id" TEXT NOT NULL,
    "contact_uri" TEXT NOT NULL,
    "call_id" TEXT NOT NULL,
    "cseq" BIGINT NOT NULL,
    "flow" JSONB NOT NULL,
    "path" TEXT[],
    "instance_id" TEXT,
    "user_agent" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "port" INTEGER NOT NULL,
    "transport" TEXT NOT NULL,
    "registered_at" TIMESTAMPTZ(6) NOT NULL,
    "refreshed_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "binding_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_book" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ledger_book_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_account" (
    "id" UUID NOT NULL,
    "book_id" UUID NOT NULL,
    "kind" "LedgerAccountKind" NOT NULL,
    "counterparty_id" UUID NOT NULL,
    "wallet_id" UUID,

    CONSTRAINT "ledger_account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_transaction" (
    "key" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject_id" UUID,
    "actor_id" UUID,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ledger_transaction_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "posting" (
    "transaction_id" UUID NOT NULL,
    "line" SMALLINT NOT NULL,
    "book_id" UUID NOT NULL,
    "ledger_account_id" UUID NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "amount_micro" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "posting_pkey" PRIMARY KEY ("transaction_id","line")
) PARTITION BY RANGE ("transaction_id");

-- CreateTable
CREATE TABLE "phone_number" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "e164" TEXT NOT NULL,
    "state" "NumberState" NOT NULL DEFAULT 'available',
    "tenant_id" UUID,
    "extension_id" UUID,
    "generation" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "phone_number_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox_message" (
    "id" UUID NOT NULL,
    "topic" TEXT NOT NULL,
    "account_id" UUID NOT NULL,
    "subscription" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "delivered_at" TIMESTAMPTZ(6),
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_subscription" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "topics" TEXT[],
    "url" TEXT NOT NULL,
    "secret_sealed" BYTEA NOT NULL,
    "disabled_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_subscription_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "status" "PlanStatus" NOT NULL DEFAULT 'draft',
    "active_version_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "plan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan_version" (
    "id" UUID NOT NULL,
    "plan_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "currency" CHAR(3) NOT NULL,
    "price_period_micro" BIGINT NOT NULL,
    "set_up_fee_micro" BIGINT NOT NULL DEFAULT 0,
    "extensions" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plan_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subscription" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "plan_version_id" UUID NOT NULL,
    "status" "SubscriptionStatus" NOT NULL DEFAULT 'pending',
    "order_key" TEXT NOT NULL,
    "external_id" TEXT,
    "started_at" TIMESTAMPTZ(6),
    "cancelled_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "subscription_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "node" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "lease_epoch" BIGINT NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "heartbeat_at" TIMESTAMPTZ(6) NOT NULL,
    "stopped_at" TIMESTAMPTZ(6),

    CONSTRAINT "node_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "config_object" (
    "kind" TEXT NOT NULL,
    "object_id" UUID NOT NULL,
    "generation" BIGINT NOT NULL,
    "deleted" BOOLEAN NOT NULL DEFAULT false,
    "written_xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),

    CONSTRAINT "config_object_pkey" PRIMARY KEY ("kind","object_id")
);

-- CreateTable
CREATE TABLE "config_observed" (
    "node_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "object_id" UUID NOT NULL,
    "generation" BIGINT NOT NULL,
    "observed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "config_observed_pkey" PRIMARY KEY ("node_id","kind","object_id")
);

-- CreateTable
CREATE TABLE "installation" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "scenario" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "installation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tenant" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "domain" TEXT NOT NULL,
    "country" CHAR(2) NOT NULL DEFAULT 'US',
    "status" "ServiceStatus" NOT NULL DEFAULT 'active',
    "allowed_destinations" TEXT[],
    "generation" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "tenant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "carrier" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "buy_deck_id" UUID,
    "generation" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "carrier_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trunk" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "carrier_id" UUID,
    "name" TEXT NOT NULL,
    "status" "ServiceStatus" NOT NULL DEFAULT 'active',
    "address" TEXT NOT NULL,
    "port" INTEGER,
    "transport" "SipTransport",
    "number_format" "NumberFormat" NOT NULL DEFAULT 'plus_e164',
    "emergency" BOOLEAN NOT NULL DEFAULT false,
    "max_channels" INTEGER NOT NULL DEFAULT 1000,
    "generation" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "trunk_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "route_group" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "strategy" "RouteStrategy" NOT NULL DEFAULT 'lcr',
    "members_changed_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "generation" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "route_group_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "route_group_member" (
    "route_group_id" UUID NOT NULL,
    "trunk_id" UUID NOT NULL,
    "priority" INTEGER NOT NULL DEFAULT 1,
    "weight" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "route_group_member_pkey" PRIMARY KEY ("route_group_id","trunk_id")
);

-- CreateTable
CREATE TABLE "user" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "totp_sealed" BYTEA,
    "totp_last_step" BIGINT,
    "locale" TEXT NOT NULL DEFAULT 'en',
    "time_zone" TEXT,
    "disabled_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "user_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "role" "Role" NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("user_id","account_id")
);

-- CreateTable
CREATE TABLE "auth_session" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "audience" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "user_agent" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "ended_at" TIMESTAMPTZ(6),

    CONSTRAINT "auth_session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "one_time_token" (
    "id" UUID NOT NULL,
    "kind" "OneTimeTokenKind" NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "subject_id" UUID,
    "account_id" UUID,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "used_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "one_time_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_attempt" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "succeeded" BOOLEAN NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_in_attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "wallet" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "seller_account_id" UUID NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "mode" "WalletMode" NOT NULL DEFAULT 'prepaid',
    "balance_micro" BIGINT NOT NULL DEFAULT 0,
    "held_micro" BIGINT NOT NULL DEFAULT 0,
    "credit_limit_micro" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "wallet_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hold" (
    "call_id" UUID NOT NULL,
    "hop" SMALLINT NOT NULL,
    "wallet_id" UUID NOT NULL,
    "node_id" TEXT NOT NULL,
    "state" "HoldState" NOT NULL DEFAULT 'open',
    "amount_micro" BIGINT NOT NULL,
    "granted_seconds" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hold_pkey" PRIMARY KEY ("call_id","hop")
);

-- CreateIndex
CREATE UNIQUE INDEX "account_path_key" ON "account"("path");

-- CreateIndex
CREATE INDEX "account_parent_id_idx" ON "account"("parent_id");

-- CreateIndex
CREATE UNIQUE INDEX "portal_domain_host_key" ON "portal_domain"("host");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_secret_hash_key" ON "api_key"("secret_hash");

-- CreateIndex
CREATE INDEX "api_key_account_id_idx" ON "api_key"("account_id");

-- CreateIndex
CREATE INDEX "audit_entry_account_id_id_idx" ON "audit_entry"("account_id", "id");

-- CreateIndex
CREATE INDEX "audit_entry_object_id_idx" ON "audit_entry"("object_id");

-- CreateIndex
CREATE INDEX "call_account_id_id_idx" ON "call"("account_id", "id");

-- CreateIndex
CREATE INDEX "call_peer_account_id_id_idx" ON "call"("peer_account_id", "id");

-- CreateIndex
CREATE INDEX "call_from_extension_id_id_idx" ON "call"("from_extension_id", "id");

-- CreateIndex
CREATE INDEX "call_to_extension_id_id_idx" ON "call"("to_extension_id", "id");

-- CreateIndex
CREATE INDEX "leg_call_id_idx" ON "leg"("call_id");

-- CreateIndex
CREATE INDEX "charge_call_id_idx" ON "charge"("call_id");

-- CreateIndex
CREATE INDEX "charge_buyer_account_id_id_idx" ON "charge"("buyer_account_id", "id");

-- CreateIndex
CREATE INDEX "charge_seller_account_id_id_idx" ON "charge"("seller_account_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "rate_deck_active_version_id_key" ON "rate_deck"("active_version_id");

-- CreateIndex
CREATE UNIQUE INDEX "rate_deck_account_id_name_key" ON "rate_deck"("account_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "deck_version_deck_id_version_key" ON "deck_version"("deck_id", "version");

-- CreateIndex
CREATE INDEX "rate_version_id_prefix_idx" ON "rate"("version_id", "prefix");

-- CreateIndex
CREATE INDEX "rate_version_id_id_idx" ON "rate"("version_id", "id");

-- CreateIndex
CREATE INDEX "extension_subscription_id_idx" ON "extension"("subscription_id");

-- CreateIndex
CREATE UNIQUE INDEX "extension_tenant_id_number_key" ON "extension"("tenant_id", "number");

-- CreateIndex
CREATE INDEX "binding_expires_at_idx" ON "binding"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "binding_extension_id_contact_uri_key" ON "binding"("extension_id", "contact_uri");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_book_account_id_currency_key" ON "ledger_book"("account_id", "currency");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_account_wallet_id_key" ON "ledger_account"("wallet_id");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_account_book_id_kind_counterparty_id_key" ON "ledger_account"("book_id", "kind", "counterparty_id");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_transaction_id_key" ON "ledger_transaction"("id");

-- CreateIndex
CREATE INDEX "posting_ledger_account_id_transaction_id_idx" ON "posting"("ledger_account_id", "transaction_id");

-- CreateIndex
CREATE UNIQUE INDEX "phone_number_e164_key" ON "phone_number"("e164");

-- CreateIndex
CREATE INDEX "phone_number_account_id_idx" ON "phone_number"("account_id");

-- CreateIndex
CREATE INDEX "phone_number_tenant_id_idx" ON "phone_number"("tenant_id");

-- CreateIndex
CREATE INDEX "outbox_message_delivered_at_next_try_at_idx" ON "outbox_message"("delivered_at", "next_try_at");

-- CreateIndex
CREATE INDEX "event_subscription_account_id_idx" ON "event_subscription"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "plan_active_version_id_key" ON "plan"("active_version_id");

-- CreateIndex
CREATE UNIQUE INDEX "plan_account_id_name_key" ON "plan"("account_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "plan_version_plan_id_version_key" ON "plan_version"("plan_id", "version");

-- CreateIndex
CREATE UNIQUE INDEX "subscription_account_id_order_key_key" ON "subscription"("account_id", "order_key");

-- CreateIndex
CREATE INDEX "config_object_written_xid_idx" ON "config_object"("written_xid");

-- CreateIndex
CREATE UNIQUE INDEX "tenant_domain_key" ON "tenant"("domain");

-- CreateIndex
CREATE INDEX "tenant_account_id_idx" ON "tenant"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "carrier_account_id_name_key" ON "carrier"("account_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "trunk_account_id_name_key" ON "trunk"("account_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "route_group_account_id_name_key" ON "route_group"("account_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE INDEX "membership_account_id_idx" ON "membership"("account_id");

-- CreateIndex
CREATE INDEX "auth_session_user_id_idx" ON "auth_session"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "one_time_token_token_hash_key" ON "one_time_token"("token_hash");

-- CreateIndex
CREATE INDEX "one_time_token_subject_id_idx" ON "one_time_token"("subject_id");

-- CreateIndex
CREATE INDEX "sign_in_attempt_email_at_idx" ON "sign_in_attempt"("email", "at");

-- CreateIndex
CREATE INDEX "sign_in_attempt_address_at_idx" ON "sign_in_attempt"("address", "at");

-- CreateIndex
CREATE UNIQUE INDEX "wallet_account_id_currency_key" ON "wallet"("account_id", "currency");

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_sell_deck_id_fkey" FOREIGN KEY ("sell_deck_id") REFERENCES "rate_deck"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "portal_domain" ADD CONSTRAINT "portal_domain_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rate_deck" ADD CONSTRAINT "rate_deck_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rate_deck" ADD CONSTRAINT "rate_deck_active_version_id_fkey" FOREIGN KEY ("active_version_id") REFERENCES "deck_version"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deck_version" ADD CONSTRAINT "deck_version_deck_id_fkey" FOREIGN KEY ("deck_id") REFERENCES "rate_deck"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rate" ADD CONSTRAINT "rate_version_id_fkey" FOREIGN KEY ("version_id") REFERENCES "deck_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "extension" ADD CONSTRAINT "extension_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "extension" ADD CONSTRAINT "extension_caller_number_id_fkey" FOREIGN KEY ("caller_number_id") REFERENCES "phone_number"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "extension" ADD CONSTRAINT "extension_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscription"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "binding" ADD CONSTRAINT "binding_extension_id_fkey" FOREIGN KEY ("extension_id") REFERENCES "extension"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_account" ADD CONSTRAINT "ledger_account_book_id_fkey" FOREIGN KEY ("book_id") REFERENCES "ledger_book"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "phone_number" ADD CONSTRAINT "phone_number_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "phone_number" ADD CONSTRAINT "phone_number_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "phone_number" ADD CONSTRAINT "phone_number_extension_id_fkey" FOREIGN KEY ("extension_id") REFERENCES "extension"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan" ADD CONSTRAINT "plan_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan" ADD CONSTRAINT "plan_active_version_id_fkey" FOREIGN KEY ("active_version_id") REFERENCES "plan_version"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_version" ADD CONSTRAINT "plan_version_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_plan_version_id_fkey" FOREIGN KEY ("plan_version_id") REFERENCES "plan_version"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tenant" ADD CONSTRAINT "tenant_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "carrier" ADD CONSTRAINT "carrier_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "carrier" ADD CONSTRAINT "carrier_buy_deck_id_fkey" FOREIGN KEY ("buy_deck_id") REFERENCES "rate_deck"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trunk" ADD CONSTRAINT "trunk_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "trunk" ADD CONSTRAINT "trunk_carrier_id_fkey" FOREIGN KEY ("carrier_id") REFERENCES "carrier"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "route_group" ADD CONSTRAINT "route_group_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "route_group_member" ADD CONSTRAINT "route_group_member_route_group_id_fkey" FOREIGN KEY ("route_group_id") REFERENCES "route_group"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "route_group_member" ADD CONSTRAINT "route_group_member_trunk_id_fkey" FOREIGN KEY ("trunk_id") REFERENCES "trunk"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "auth_session" ADD CONSTRAINT "auth_session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "wallet" ADD CONSTRAINT "wallet_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "wallet" ADD CONSTRAINT "wallet_seller_account_id_fkey" FOREIGN KEY ("seller_account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


