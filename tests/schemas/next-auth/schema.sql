-- The tables of `@auth/pg-adapter` (Auth.js), adapted as better-auth's guide for NextAuth says: people whose name, address or times
-- NextAuth did not know, `emailVerified` turned into a boolean that takes nulls, `created_at` without a value for all who came before.

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    name VARCHAR(255),
    email VARCHAR(255) UNIQUE,
    "emailVerified" TIMESTAMPTZ,
    image TEXT
);

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    "userId" TEXT NOT NULL REFERENCES users (id),
    type VARCHAR(255) DEFAULT 'oauth',
    provider VARCHAR(255) NOT NULL,
    "providerAccountId" VARCHAR(255) NOT NULL,
    refresh_token TEXT,
    access_token TEXT,
    expires_at BIGINT,
    id_token TEXT,
    scope TEXT,
    session_state TEXT,
    token_type TEXT
);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    "userId" TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires TIMESTAMPTZ NOT NULL,
    "sessionToken" VARCHAR(255) NOT NULL
);

CREATE TABLE verification_token (
    identifier TEXT NOT NULL,
    expires TIMESTAMPTZ NOT NULL,
    token TEXT NOT NULL
);

-- From here on what the guide asks for.
ALTER TABLE users ALTER COLUMN "emailVerified" TYPE BOOLEAN USING "emailVerified" IS NOT NULL;
ALTER TABLE users ADD COLUMN created_at TIMESTAMPTZ, ADD COLUMN updated_at TIMESTAMPTZ;
ALTER TABLE accounts ADD COLUMN password TEXT, ADD COLUMN access_expires TIMESTAMPTZ, ADD COLUMN refresh_expires TIMESTAMPTZ,
    ADD COLUMN created_at TIMESTAMPTZ, ADD COLUMN updated_at TIMESTAMPTZ;
ALTER TABLE sessions ADD COLUMN ip TEXT, ADD COLUMN agent TEXT, ADD COLUMN created_at TIMESTAMPTZ, ADD COLUMN updated_at TIMESTAMPTZ;
ALTER TABLE verification_token ADD COLUMN id TEXT PRIMARY KEY, ADD COLUMN created_at TIMESTAMPTZ, ADD COLUMN updated_at TIMESTAMPTZ;
