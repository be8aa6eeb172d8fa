//! Tables as projects with Drizzle and Prisma have them.

pub mod drizzle;
pub mod prisma;

/// The tables that unquoted names make: all letters are small.
pub const FOLDED: &str = r#"
create table users (id text primary key, name text not null, email text not null unique, emailVerified boolean not null,
    image text, createdAt timestamptz not null default now(), updatedAt timestamptz not null default now());
create table sessions (id text primary key, expiresAt timestamptz not null, token text not null unique,
    createdAt timestamptz not null default now(), updatedAt timestamptz not null, ipAddress text, userAgent text,
    userId text not null references users on delete cascade);
create table accounts (id text primary key, accountId text not null, providerId text not null,
    userId text not null references users on delete cascade, accessToken text, refreshToken text, idToken text,
    accessTokenExpiresAt timestamptz, refreshTokenExpiresAt timestamptz, scope text, password text,
    createdAt timestamptz not null default now(), updatedAt timestamptz not null);
create table verifications (id text primary key, identifier text not null, value text not null,
    expiresAt timestamptz not null, createdAt timestamptz not null default now(), updatedAt timestamptz not null default now());
"#;

/// A part of Supabase's tables for its own sign-in: nothing of better-auth's.
pub const SUPABASE: &str = r#"
create schema auth;
create table auth.users (instance_id uuid, id uuid primary key, aud varchar(255), role varchar(255), email varchar(255),
    encrypted_password varchar(255), email_confirmed_at timestamptz, raw_user_meta_data jsonb, created_at timestamptz,
    updated_at timestamptz, is_anonymous boolean not null default false);
create table auth.sessions (id uuid primary key, user_id uuid not null references auth.users, created_at timestamptz,
    updated_at timestamptz, factor_id uuid, not_after timestamptz, user_agent text, ip inet);
create table auth.identities (id uuid primary key, provider_id text not null, user_id uuid not null references auth.users,
    identity_data jsonb not null, provider text not null, created_at timestamptz, updated_at timestamptz);
"#;
