-- A Drizzle schema as projects write their own, as drizzle-kit 0.31.11 exports it: UUIDs that the database makes, plural names,
-- instants with a time zone, an enum, citext, varchar, additional columns of several types, an identity and a generated column.

CREATE EXTENSION IF NOT EXISTS citext;
CREATE TYPE "public"."role" AS ENUM('member', 'admin', 'owner');
CREATE TABLE "accounts" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
    "account_id" varchar(255) NOT NULL,
    "provider_id" varchar(255) NOT NULL,
    "user_id" uuid NOT NULL,
    "access_token" text,
    "refresh_token" text,
    "id_token" text,
    "access_token_expires_at" timestamp with time zone,
    "refresh_token_expires_at" timestamp with time zone,
    "scope" varchar(255),
    "password" varchar(255),
    "created_at" timestamp with time zone DEFAULT now() NOT NULL,
    "updated_at" timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE "jwks" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
    "public_key" text NOT NULL,
    "private_key" text NOT NULL,
    "created_at" timestamp with time zone NOT NULL,
    "expires_at" timestamp with time zone,
    "alg" text,
    "crv" text
);

CREATE TABLE "rate_limits" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
    "key" text NOT NULL,
    "count" integer NOT NULL,
    "last_request" bigint NOT NULL,
    CONSTRAINT "rate_limits_key_unique" UNIQUE("key")
);

CREATE TABLE "sessions" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
    "expires_at" timestamp with time zone NOT NULL,
    "token" varchar(255) NOT NULL,
    "ip_address" varchar(45),
    "user_agent" text,
    "user_id" uuid NOT NULL,
    "created_at" timestamp with time zone DEFAULT now() NOT NULL,
    "updated_at" timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT "sessions_token_unique" UNIQUE("token")
);

CREATE TABLE "users" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
    "name" varchar(255) NOT NULL,
    "email" citext NOT NULL,
    "email_verified" boolean DEFAULT false NOT NULL,
    "image" varchar(255),
    "role" "role" DEFAULT 'member' NOT NULL,
    "balance" numeric(12, 2) DEFAULT '0',
    "settings" jsonb DEFAULT '{}'::jsonb,
    "tags" text[] DEFAULT '{}'::text[],
    "born" date,
    "score" double precision,
    "points" bigint,
    "country" char(2),
    "member_no" integer GENERATED ALWAYS AS IDENTITY (sequence name "users_member_no_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
    "search_name" text GENERATED ALWAYS AS (lower("name")) STORED,
    "created_at" timestamp with time zone DEFAULT now() NOT NULL,
    "updated_at" timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT "users_email_unique" UNIQUE("email")
);

CREATE TABLE "verifications" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
    "identifier" varchar(255) NOT NULL,
    "value" text NOT NULL,
    "expires_at" timestamp with time zone NOT NULL,
    "created_at" timestamp with time zone DEFAULT now() NOT NULL,
    "updated_at" timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;
CREATE INDEX "sessions_user_idx" ON "sessions" USING btree ("user_id");
