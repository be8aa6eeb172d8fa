-- Tables made by hand, many columns of another type than better-auth's: days, whole seconds and texts for instants, an enum for
-- providers, `inet`, `char`, a domain, a collation, a `numeric` count of milliseconds.

CREATE TYPE provider AS ENUM ('credential', 'github', 'google');
CREATE DOMAIN address AS text CHECK (value LIKE '%@%');
CREATE COLLATION anycase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);

CREATE TABLE "user" (
    id varchar(64) PRIMARY KEY,
    name varchar(80) NOT NULL,
    email address NOT NULL UNIQUE,
    "emailVerified" boolean NOT NULL,
    image varchar(200),
    "createdAt" date NOT NULL,
    "updatedAt" timestamptz(0) NOT NULL
);

CREATE TABLE session (
    id char(32) PRIMARY KEY,
    "expiresAt" timestamp(0) NOT NULL,
    token char(32) NOT NULL UNIQUE,
    "createdAt" timestamptz NOT NULL,
    "updatedAt" timestamp NOT NULL,
    "ipAddress" inet,
    "userAgent" text,
    "userId" varchar(64) NOT NULL REFERENCES "user" (id)
);

CREATE TABLE account (
    id text PRIMARY KEY,
    "accountId" text NOT NULL,
    "providerId" provider NOT NULL,
    "userId" varchar(64) NOT NULL REFERENCES "user" (id),
    "accessToken" text,
    "refreshToken" text,
    "idToken" text,
    "accessTokenExpiresAt" timestamptz(0),
    "refreshTokenExpiresAt" text,
    scope text COLLATE anycase,
    password text,
    "createdAt" timestamp(3) with time zone NOT NULL,
    "updatedAt" date NOT NULL
);

CREATE TABLE verification (
    id text PRIMARY KEY,
    identifier varchar(500) NOT NULL,
    value text NOT NULL,
    "expiresAt" timestamptz NOT NULL,
    "createdAt" timestamp(0) NOT NULL,
    "updatedAt" text
);

CREATE TABLE jwks (
    id text PRIMARY KEY,
    "publicKey" text NOT NULL,
    "privateKey" text NOT NULL,
    "createdAt" timestamp NOT NULL,
    "expiresAt" text,
    alg varchar(10),
    crv varchar(10)
);

CREATE TABLE "rateLimit" (
    id text PRIMARY KEY,
    key varchar(255) NOT NULL UNIQUE,
    count bigint NOT NULL,
    "lastRequest" numeric NOT NULL
);
