-- A project on Drizzle (drizzle-kit 0.31.11): a PostgreSQL schema of its own, numbers as identifiers, instants of three kinds,
-- a generated column, and additional columns of every type.

CREATE SCHEMA "identity";

CREATE TYPE "public"."crew_tier" AS ENUM('deck', 'bridge', 'shore');
CREATE TABLE "identity"."account" (
    "id" serial PRIMARY KEY NOT NULL,
    "account_id" text NOT NULL,
    "provider_id" text NOT NULL,
    "user_id" integer NOT NULL,
    "access_token" text,
    "refresh_token" text,
    "id_token" text,
    "access_token_expires_at" timestamp with time zone,
    "refresh_token_expires_at" timestamp with time zone,
    "scope" text,
    "password" text,
    "created_at" timestamp NOT NULL,
    "updated_at" timestamp NOT NULL
);

CREATE TABLE "identity"."crew_session" (
    "id" serial PRIMARY KEY NOT NULL,
    "expires_at" timestamp (3) with time zone NOT NULL,
    "token" text NOT NULL,
    "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
    "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
    "ip_address" text,
    "user_agent" text,
    "user_id" integer NOT NULL,
    "terminal" text,
    CONSTRAINT "crew_session_token_unique" UNIQUE("token")
);

CREATE TABLE "identity"."crew" (
    "id" serial PRIMARY KEY NOT NULL,
    "name" text NOT NULL,
    "email" varchar(254) NOT NULL,
    "email_verified" boolean DEFAULT false NOT NULL,
    "image" text,
    "created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
    "updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
    "tier" "crew_tier" DEFAULT 'deck' NOT NULL,
    "locale" text DEFAULT 'en',
    "crossings" integer DEFAULT 0 NOT NULL,
    "loyalty_points" bigint,
    "newsletter" boolean DEFAULT true,
    "born_on" date,
    "settings" jsonb DEFAULT '{}'::jsonb,
    "ports" text[] DEFAULT '{}'::text[],
    "berths" integer[],
    "badge_code" text,
    "invite_code" text NOT NULL,
    "search_name" text GENERATED ALWAYS AS (lower("name")) STORED,
    CONSTRAINT "crew_email_unique" UNIQUE("email"),
    CONSTRAINT "crew_badge_code_unique" UNIQUE("badge_code")
);

CREATE TABLE "identity"."verification" (
    "id" serial PRIMARY KEY NOT NULL,
    "identifier" text NOT NULL,
    "value" text NOT NULL,
    "expires_at" timestamp NOT NULL,
    "created_at" timestamp,
    "updated_at" timestamp
);

ALTER TABLE "identity"."crew_session" ADD CONSTRAINT "crew_session_user_id_crew_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."crew"("id") ON DELETE cascade ON UPDATE no action;
