-- The output of `@better-auth/cli generate` 1.1.18 if the database is a `pg.Pool`, one column a line.
-- Versions 1.0 and 1.2 make the same tables. Instants are without a time zone, and no reference cascades.

create table "user" (
    "id" text not null primary key,
    "name" text not null,
    "email" text not null unique,
    "emailVerified" boolean not null,
    "image" text,
    "createdAt" timestamp not null,
    "updatedAt" timestamp not null
);

create table "session" (
    "id" text not null primary key,
    "expiresAt" timestamp not null,
    "token" text not null unique,
    "createdAt" timestamp not null,
    "updatedAt" timestamp not null,
    "ipAddress" text,
    "userAgent" text,
    "userId" text not null references "user" ("id")
);

create table "account" (
    "id" text not null primary key,
    "accountId" text not null,
    "providerId" text not null,
    "userId" text not null references "user" ("id"),
    "accessToken" text,
    "refreshToken" text,
    "idToken" text,
    "accessTokenExpiresAt" timestamp,
    "refreshTokenExpiresAt" timestamp,
    "scope" text,
    "password" text,
    "createdAt" timestamp not null,
    "updatedAt" timestamp not null
);

create table "verification" (
    "id" text not null primary key,
    "identifier" text not null,
    "value" text not null,
    "expiresAt" timestamp not null,
    "createdAt" timestamp,
    "updatedAt" timestamp
);

create table "jwks" (
    "id" text not null primary key,
    "publicKey" text not null,
    "privateKey" text not null,
    "createdAt" timestamp not null
);

create table "rateLimit" (
    "id" text not null primary key,
    "key" text not null,
    "count" integer not null,
    "lastRequest" bigint not null
);

-- Columns that later versions need besides, as their migration adds them: without them no version after 1.6 reads a session.
ALTER TABLE jwks ADD COLUMN "expiresAt" timestamptz, ADD COLUMN alg text, ADD COLUMN crv text;
