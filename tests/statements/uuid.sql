-- Every statement that the service sends, with identifiers that the database makes, as UUIDs.
-- Above each are the functions of the store that send it. E'…' stands for any text, and … for the number of a lock.
-- 68 more statements are the same as in default.sql.
-- Written by GATEPOST_WRITE_STATEMENTS=1 cargo test --test gatepost statement_texts

-- user::insert_undone
begin isolation level read committed; savepoint undone;
with new_user as (
    insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6 on conflict ("email") do nothing returning *
), new_account as (
    insert into "account" ("accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    select u."id"::text, 'credential', u."id", $7, $8, $9 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- user::insert_undone
begin isolation level read committed; savepoint undone;
with new_user as (
    insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6 where not exists (select 1 from "user" where "email" = $7) returning *
), new_account as (
    insert into "account" ("accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    select u."id"::text, 'credential', u."id", $8, $9, $10 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- user::insert_undone
begin isolation level read committed; savepoint undone;
with new_user as (
    insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6 where not exists (select 1 from "user" where "email" = $7) returning *
), new_account as (
    insert into "account" ("accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer")
    select u."id"::text, 'credential', u."id", $8, $9, $10, 'local:credential' from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- account::change_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with changed as (update "account" set "password" = $1, "updatedAt" = $2
        where "userId" = $3 and "providerId" = 'credential' and "accountId" = $4
            and "password" = $5 and ($6::text is null or exists (select 1 from "session" where "token" = $7)) returning "userId" as "id"), overtaken as (delete from "verification" where "value" in (select "id"::text from changed)), revoked as (delete from "session" where "userId" = $8 and exists (select 1 from changed))
    insert into "session" as s ("token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $9, $10, $11, $12, $13, $14, $15
    where exists (select 1 from changed) returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;
commit;

-- mailed::confirm
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with confirmed as (update "user" u set "emailVerified" = 'true', "updatedAt" = $1
        where u."id" = $2 and u."email" = $3 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $4 and not exists (select 1 from "verification" v
            where v."identifier" = $5::text) returning u.*), opened as (insert into "session" ("token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $6, u."id", $7, $8, $9, $10, $11 from confirmed u
        returning *) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from confirmed u, opened s;
commit;

-- mailed::open
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u."id" from "user" u where u."id" = $1 and u."email" = $2 and not exists (
            select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3))
        insert into "session" as s ("token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $4, $5, $6, $7, $8, $9, $10 from owner returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3)), removed as (delete from "account" a using owner u where $4 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $5, "updatedAt" = $6 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    select u."id"::text, 'credential', u."id", $7, $8, $9 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3)), removed as (delete from "account" a using owner u where $4 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $5, "updatedAt" = $6 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    select u."id"::text, 'credential', u."id", $7, $8, $9 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3)), removed as (delete from "account" a using owner u where $4 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $5, "updatedAt" = $6 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer")
    select u."id"::text, 'credential', u."id", $7, $8, $9, 'local:credential' from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3)), removed as (delete from "account" a using owner u where $4 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $5, "updatedAt" = $6 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer")
    select u."id"::text, 'credential', u."id", $7, $8, $9, 'local:credential' from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with used as (delete from "verification" where "identifier" = any($1)
            and case when $2::text is null then "value" = $3
                else regexp_replace("value"::text, ':[0-9]*$', '') = $4::text end
            returning case when true or isfinite("expiresAt") then "expiresAt" end as until),
        owner as (select u.* from "user" u where u."id" = $5 and u."email" = $6 and exists (select 1 from used where until > $7) and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $8)), removed as (delete from "account" a using owner u where $9 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $10, "updatedAt" = $11 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    select u."id"::text, 'credential', u."id", $12, $13, $14 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), revoked as (delete from "session" where $15 and "userId" in (select "id" from owner)),
        overtaken as (delete from "verification" where "value" in (select "id"::text from owner)
            and not "identifier" = any($16)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with used as (delete from "verification" where "identifier" = any($1)
            and case when $2::text is null then "value" = $3
                else regexp_replace("value"::text, ':[0-9]*$', '') = $4::text end
            returning case when true or isfinite("expiresAt") then "expiresAt" end as until),
        owner as (select u.* from "user" u where u."id" = $5 and u."email" = $6 and exists (select 1 from used where until > $7) and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $8)), removed as (delete from "account" a using owner u where $9 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $10, "updatedAt" = $11 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer")
    select u."id"::text, 'credential', u."id", $12, $13, $14, 'local:credential' from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), revoked as (delete from "session" where $15 and "userId" in (select "id" from owner)),
        overtaken as (delete from "verification" where "value" in (select "id"::text from owner)
            and not "identifier" = any($16)) select 1 from owner;
commit;

-- link::link
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update; select pg_advisory_xact_lock(…);
with live as (select 1 from "user" where "id" = $1 and ($2::text is null or exists (select 1 from "session" where "token" = $3))),
    made as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 from live where $15
        and not exists (select 1 from "account" where "providerId" = $16 and "accountId" = $17)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $18, "refreshToken" = $19, "idToken" = $20,
        "accessTokenExpiresAt" = $21, "refreshTokenExpiresAt" = $22, "scope" = $23, "updatedAt" = $24
    where not $25 and "id"::text = $26 and "userId" = $27 and exists (select 1 from live)
    returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($28, "name"),
        "image" = case when $29 then $30 else "image" end, "updatedAt" = $31
    where $32 and "id" = $33 and exists (select 1 from done))
    select exists (select 1 from live), (select id from done limit 1);
commit;

-- link::link
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update; select pg_advisory_xact_lock(…);
with live as (select 1 from "user" where "id" = $1 and ($2::text is null or exists (select 1 from "session" where "token" = $3))),
    made as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text from live where $16
        and not exists (select 1 from "account" where "providerId" = $17 and "accountId" = $18)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $19, "refreshToken" = $20, "idToken" = $21,
        "accessTokenExpiresAt" = $22, "refreshTokenExpiresAt" = $23, "scope" = $24, "updatedAt" = $25
    where not $26 and "id"::text = $27 and "userId" = $28 and exists (select 1 from live)
    returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($29, "name"),
        "image" = case when $30 then $31 else "image" end, "updatedAt" = $32
    where $33 and "id" = $34 and exists (select 1 from done))
    select exists (select 1 from live), (select id from done limit 1);
commit;

-- link::link
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update; select pg_advisory_xact_lock(…);
with live as (select 1 from "user" where "id" = $1 and true),
    made as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 from live where $13
        and not exists (select 1 from "account" where "providerId" = $14 and "accountId" = $15)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $16, "refreshToken" = $17, "idToken" = $18,
        "accessTokenExpiresAt" = $19, "refreshTokenExpiresAt" = $20, "scope" = $21, "updatedAt" = $22
    where not $23 and "id"::text = $24 and "userId" = $25 and exists (select 1 from live)
    returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($26, "name"),
        "image" = case when $27 then $28 else "image" end, "updatedAt" = $29
    where $30 and "id" = $31 and exists (select 1 from done))
    select exists (select 1 from live), (select id from done limit 1);
commit;

-- link::link
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update; select pg_advisory_xact_lock(…);
with live as (select 1 from "user" where "id" = $1 and true),
    made as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'local:oauth:' || $13::text from live where $14
        and not exists (select 1 from "account" where "providerId" = $15 and "accountId" = $16)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $17, "refreshToken" = $18, "idToken" = $19,
        "accessTokenExpiresAt" = $20, "refreshTokenExpiresAt" = $21, "scope" = $22, "updatedAt" = $23
    where not $24 and "id"::text = $25 and "userId" = $26 and exists (select 1 from live)
    returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($27, "name"),
        "image" = case when $28 then $29 else "image" end, "updatedAt" = $30
    where $31 and "id" = $32 and exists (select 1 from done))
    select exists (select 1 from live), (select id from done limit 1);
commit;

-- limit::take
begin isolation level read committed; select pg_advisory_xact_lock(hashtext(E'…'));
with forgotten as (delete from "rateLimit" where "id" in (
        select "id" from "rateLimit" where "lastRequest" < $1 and "key" <> $2
        limit 1000 for update skip locked)), counted as (update "rateLimit" r set "lastRequest" = $3,
        "count" = case when $4 - r."lastRequest" >= $5 then 1 else r."count" + 1 end
    where ($6 - r."lastRequest" >= $7 or r."count" < $8) and r."key" = $9 returning 1),
    made as (insert into "rateLimit" ("key", "count", "lastRequest")
        select $10, 1, $11 where not exists (select 1 from "rateLimit" where "key" = $12) returning 1)
    select exists (select 1 from counted) or exists (select 1 from made), (select max("lastRequest")::bigint from "rateLimit" where "key" = $13);
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 where $14
        and (exists (select 1 from "user" where "id" = $15 and "email" = $16 for no key update) or $17 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $18 and "accountId" = $19)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $20, "refreshToken" = $21, "idToken" = $22,
        "accessTokenExpiresAt" = $23, "refreshTokenExpiresAt" = $24, "scope" = $25, "updatedAt" = $26
    where not $27 and not exists (select 1 from taken) and "id"::text = $28 and "userId" = $29 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($30, "name"),
        "image" = case when $31 then $32 else "image" end, "email" = coalesce($33, "email"),
        "emailVerified" = case when $34::text is not null or "email" = $35 then coalesce($36, "emailVerified")
            else "emailVerified" end, "updatedAt" = $37
    where $38 and "id" = $39 and exists (select 1 from done)),
moved as (select "id" from "user" where $40 and "id" = $41 and not "email" = $42 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $43 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 where $14
        and (exists (select 1 from "user" where "id" = $15 and "email" = $16 for no key update) or $17 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $18 and "accountId" = $19)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $20, "refreshToken" = $21, "idToken" = $22,
        "accessTokenExpiresAt" = $23, "refreshTokenExpiresAt" = $24, "scope" = $25, "updatedAt" = $26
    where not $27 and not exists (select 1 from taken) and "id"::text = $28 and "userId" = $29 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($30, "name"),
        "image" = case when $31 then $32 else "image" end, "email" = coalesce($33, "email"),
        "emailVerified" = case when $34::text is not null or "email" = $35 then coalesce($36, "emailVerified")
            else "emailVerified" end, "updatedAt" = $37
    where $38 and "id" = $39 and exists (select 1 from done)),
moved as (select "id" from "user" where $40 and "id" = $41 and not "email" = $42 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $43 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 where $14
        and (exists (select 1 from "user" where "id" = $15 and "email" = $16 for no key update) or $17 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $18 and "accountId" = $19)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $20, "refreshToken" = $21, "idToken" = $22,
        "accessTokenExpiresAt" = $23, "refreshTokenExpiresAt" = $24, "scope" = $25, "updatedAt" = $26
    where not $27 and not exists (select 1 from taken) and "id"::text = $28 and "userId" = $29 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($30, "name"),
        "image" = case when $31 then $32 else "image" end, "email" = coalesce($33, "email"),
        "emailVerified" = case when $34::text is not null or "email" = $35 then coalesce($36, "emailVerified")
            else "emailVerified" end, "updatedAt" = $37
    where $38 and "id" = $39 and exists (select 1 from done)),
moved as (select "id" from "user" where $40 and "id" = $41 and not "email" = $42 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $43 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)), opened as (insert into "session" ("token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $44, $45, $46, $47, $48, $49, $50
    where exists (select 1 from done) returning *)
    select t.is_taken, done.id, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from (select exists (select 1 from taken) as is_taken) t left join done on true left join opened s on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'local:oauth:' || $14::text where $15
        and (exists (select 1 from "user" where "id" = $16 and "email" = $17 for no key update) or $18 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $19 and "accountId" = $20)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $21, "refreshToken" = $22, "idToken" = $23,
        "accessTokenExpiresAt" = $24, "refreshTokenExpiresAt" = $25, "scope" = $26, "updatedAt" = $27
    where not $28 and not exists (select 1 from taken) and "id"::text = $29 and "userId" = $30 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($31, "name"),
        "image" = case when $32 then $33 else "image" end, "email" = coalesce($34, "email"),
        "emailVerified" = case when $35::text is not null or "email" = $36 then coalesce($37, "emailVerified")
            else "emailVerified" end, "updatedAt" = $38
    where $39 and "id" = $40 and exists (select 1 from done)),
moved as (select "id" from "user" where $41 and "id" = $42 and not "email" = $43 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $44 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'local:oauth:' || $14::text where $15
        and (exists (select 1 from "user" where "id" = $16 and "email" = $17 for no key update) or $18 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $19 and "accountId" = $20)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $21, "refreshToken" = $22, "idToken" = $23,
        "accessTokenExpiresAt" = $24, "refreshTokenExpiresAt" = $25, "scope" = $26, "updatedAt" = $27
    where not $28 and not exists (select 1 from taken) and "id"::text = $29 and "userId" = $30 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($31, "name"),
        "image" = case when $32 then $33 else "image" end, "email" = coalesce($34, "email"),
        "emailVerified" = case when $35::text is not null or "email" = $36 then coalesce($37, "emailVerified")
            else "emailVerified" end, "updatedAt" = $38
    where $39 and "id" = $40 and exists (select 1 from done)),
moved as (select "id" from "user" where $41 and "id" = $42 and not "email" = $43 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $44 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'local:oauth:' || $14::text where $15
        and (exists (select 1 from "user" where "id" = $16 and "email" = $17 for no key update) or $18 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $19 and "accountId" = $20)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $21, "refreshToken" = $22, "idToken" = $23,
        "accessTokenExpiresAt" = $24, "refreshTokenExpiresAt" = $25, "scope" = $26, "updatedAt" = $27
    where not $28 and not exists (select 1 from taken) and "id"::text = $29 and "userId" = $30 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($31, "name"),
        "image" = case when $32 then $33 else "image" end, "email" = coalesce($34, "email"),
        "emailVerified" = case when $35::text is not null or "email" = $36 then coalesce($37, "emailVerified")
            else "emailVerified" end, "updatedAt" = $38
    where $39 and "id" = $40 and exists (select 1 from done)),
moved as (select "id" from "user" where $41 and "id" = $42 and not "email" = $43 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $44 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)), opened as (insert into "session" ("token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $45, $46, $47, $48, $49, $50, $51
    where exists (select 1 from done) returning *)
    select t.is_taken, done.id, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from (select exists (select 1 from taken) as is_taken) t left join done on true left join opened s on true;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6 where not exists (select 1 from "user" where "email" = $7) returning *
), new_account as (
    insert into "account" ("accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer")
    select u."id"::text, 'credential', u."id", $8, $9, $10, 'local:credential' from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6 where not exists (select 1 from "user" where "email" = $7) returning *
), new_account as (
    insert into "account" ("accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer")
    select u."id"::text, 'credential', u."id", $8, $9, $10, 'local:credential' from new_user u
), new_session as (
    insert into "session" ("token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent")
    select $11, u."id", $12, $13, $14, $15, $16 from new_user u returning *
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from new_user u, new_session s;
commit;

-- user::insert_alone
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6 where not exists (select 1 from "user" where "email" = $7) returning *) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;
commit;

-- user::insert_alone
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6 where not exists (select 1 from "user" where "email" = $7) returning *), new_session as (insert into "session" ("token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $8, u."id", $9, $10, $11, $12, $13 from new_user u returning *)
    select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from new_user u, new_session s;
commit;

-- counted::count
begin isolation level read committed; select pg_advisory_xact_lock(…);
with there as (select v."id" as id, substring(v."value"::text from '[0-9]+$')::bigint as count
            from "verification" v where v."identifier" = any($1) and case when true or isfinite(v."expiresAt") then v."expiresAt" end >= $2 limit 1),
        more as (update "verification" v set "value" = 'used:' || (w.count + 1)::text
            from there w where v."id" = w.id),
        made as (insert into "verification" ("identifier", "value",
                "expiresAt", "createdAt", "updatedAt")
            select $3, 'used:1', $4, $5, $6 where not exists (select 1 from there))
        select coalesce((select count from there), 0) + 1;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6
    where not exists (select 1 from "user" where "email" = $7)
        and not exists (select 1 from "account" where "providerId" = $8 and "accountId" = $9) returning *
), new_account as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $10, $11, u."id", $12, $13, $14, $15, $16, $17, $18, $19 from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u, new_account;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6
    where not exists (select 1 from "user" where "email" = $7)
        and not exists (select 1 from "account" where "providerId" = $8 and "accountId" = $9) returning *
), new_account as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $10, $11, u."id", $12, $13, $14, $15, $16, $17, $18, $19 from new_user u
    returning "id"::text as made), new_session as (insert into "session" ("token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $20, u."id", $21, $22, $23, $24, $25 from new_user u
    returning *) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from new_user u, new_account, new_session s;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6
    where not exists (select 1 from "user" where "email" = $7)
        and not exists (select 1 from "account" where "providerId" = $8 and "accountId" = $9) returning *
), new_account as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $10, $11, u."id", $12, $13, $14, $15, $16, $17, $18, $19, 'local:oauth:' || $20::text from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u, new_account;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6
    where not exists (select 1 from "user" where "email" = $7)
        and not exists (select 1 from "account" where "providerId" = $8 and "accountId" = $9) returning *
), new_account as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $10, $11, u."id", $12, $13, $14, $15, $16, $17, $18, $19, 'local:oauth:' || $20::text from new_user u
    returning "id"::text as made), new_session as (insert into "session" ("token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $21, u."id", $22, $23, $24, $25, $26 from new_user u
    returning *) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from new_user u, new_account, new_session s;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "user") then 0 else 1 end;
with new_user as (
    insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6 on conflict ("email") do nothing returning *
), new_account as (
    insert into "account" ("accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    select u."id"::text, 'credential', u."id", $7, $8, $9 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "user") then 0 else 1 end;
with new_user as (
    insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6 where not exists (select 1 from "user" where "email" = $7) returning *
), new_account as (
    insert into "account" ("accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer")
    select u."id"::text, 'credential', u."id", $8, $9, $10, 'local:credential' from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "user") then 0 else 1 end;
with new_user as (
    insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6
    where not exists (select 1 from "user" where "email" = $7)
        and not exists (select 1 from "account" where "providerId" = $8 and "accountId" = $9) returning *
), new_account as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $10, $11, u."id", $12, $13, $14, $15, $16, $17, $18, $19 from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u, new_account;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "user") then 0 else 1 end;
with new_user as (
    insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6
    where not exists (select 1 from "user" where "email" = $7)
        and not exists (select 1 from "account" where "providerId" = $8 and "accountId" = $9) returning *
), new_account as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $10, $11, u."id", $12, $13, $14, $15, $16, $17, $18, $19, 'local:oauth:' || $20::text from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u, new_account;
commit;

-- account::change_password, session::insert, session::open, social::create, social::write, user::insert, user::insert_alone
insert into "session" as s ("token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") values ($1, $2, $3, $4, $5, $6, $7)
         returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;

-- account::change_password, session::insert, session::open, social::create, social::write, user::insert, user::insert_alone
insert into "session" as s ("token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") values ($1, $2, $3, $4, $5, $6, $7)
        on conflict ("token") do update set "token" = excluded."token" returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;

-- jwk::add
set transaction isolation level read committed; select pg_advisory_xact_lock(…);
        insert into "jwks" ("publicKey", "privateKey", "createdAt", "expiresAt")
        select E'…', E'…', E'…', E'…' where not exists (select 1 from "jwks"
            where ("expiresAt" is null or case when true or isfinite("expiresAt") then "expiresAt" end > E'…') and ("id"::text in (E'…')) is not true)
        on conflict do nothing;

-- jwk::add
set transaction isolation level read committed; select pg_advisory_xact_lock(…);
        insert into "jwks" ("publicKey", "privateKey", "createdAt", "expiresAt", "alg", "crv")
        select E'…', E'…', E'…', E'…', E'…', E'…' where not exists (select 1 from "jwks"
            where ("expiresAt" is null or case when true or isfinite("expiresAt") then "expiresAt" end > E'…') and ("id"::text in (E'…')) is not true)
        on conflict do nothing;

-- session::insert_checked
with checked as (select 1 from "user" u, "account" a where u."id" = $1 and a."userId" = $2
            and a."providerId" = 'credential' and a."accountId" = $3 and a."password" = $4
            limit 1 for key share of u for share of a)
        insert into "session" as s ("token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $5, $6, $7, $8, $9, $10, $11 from checked
         returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;

-- session::insert_checked
with checked as (select 1 from "user" u, "account" a where u."id" = $1 and a."userId" = $2
            and a."providerId" = 'credential' and a."accountId" = $3 and a."password" = $4
            limit 1 for key share of u for share of a)
        insert into "session" as s ("token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $5, $6, $7, $8, $9, $10, $11 from checked
        on conflict ("token") do update set "token" = excluded."token" returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;

-- unproven::contest, verification::insert
with cleaned as (delete from "verification" where $1 and case when true or isfinite("expiresAt") then "expiresAt" end < $2)
        insert into "verification" ("identifier", "value",
            "expiresAt", "createdAt", "updatedAt")
        values ($3, $4, $5, $6, $7) on conflict do nothing;

-- limit::take
with forgotten as (delete from "rateLimit" where "id" in (
        select "id" from "rateLimit" where "lastRequest" < $1 and "key" <> $2
        limit 1000 for update skip locked)), counted as (insert into "rateLimit" as r ("key", "count", "lastRequest")
        values ($3, 1, $4) on conflict ("key") do update set "lastRequest" = $5,
        "count" = case when $6 - r."lastRequest" >= $7 then 1 else r."count" + 1 end
    where ($8 - r."lastRequest" >= $9 or r."count" < $10) returning 1) select exists (select 1 from counted), (select max("lastRequest")::bigint from "rateLimit" where "key" = $11);

-- user::import
with given as materialized (select g.* from jsonb_populate_recordset(null::"user", $1::jsonb) g),
    ways as materialized (select w.*, w."providerId"::text as gatepost_provider from rows from (jsonb_populate_recordset(null::"account", $2::jsonb),
        jsonb_to_recordset($3::jsonb) as ("gatepost owner" text)) w),
    known as materialized (select u."email" as email from "user" u join given g on g."email" = u."email"),
    taken as materialized (select w."gatepost owner" as email from ways w join "account" a
        on a."providerId" = w."providerId" and a."accountId" = w."accountId"),
    new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select "id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt"
    from given g where not exists (select 1 from known k where k.email = g."email")
        and not exists (select 1 from taken t where t.email = g."email"::text) on conflict do nothing returning *),
    new_account as (insert into "account" ("accountId", "providerId", "userId",
            "password", "createdAt", "updatedAt")
        select coalesce(w."accountId"::text, u."id"::text), w."providerId", u."id",
            w."password", $4, $5 from new_user u join ways w on w."gatepost owner" = u."email"::text)
    select g."email"::text, exists (select 1 from new_user n where n."email" = g."email"),
        exists (select 1 from known k where k.email = g."email") from given g;

-- user::import
with given as materialized (select g.* from jsonb_populate_recordset(null::"user", $1::jsonb) g),
    ways as materialized (select w.*, w."providerId"::text as gatepost_provider from rows from (jsonb_populate_recordset(null::"account", $2::jsonb),
        jsonb_to_recordset($3::jsonb) as ("gatepost owner" text)) w),
    known as materialized (select u."email" as email from "user" u join given g on g."email" = u."email"),
    taken as materialized (select w."gatepost owner" as email from ways w join "account" a
        on a."providerId" = w."providerId" and a."accountId" = w."accountId"),
    new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select "id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt"
    from given g where not exists (select 1 from known k where k.email = g."email")
        and not exists (select 1 from taken t where t.email = g."email"::text) on conflict do nothing returning *),
    new_account as (insert into "account" ("accountId", "providerId", "userId",
            "password", "createdAt", "updatedAt", "issuer")
        select coalesce(w."accountId"::text, u."id"::text), w."providerId", u."id",
            w."password", $4, $5, case gatepost_provider when 'credential' then 'local:credential' else 'local:oauth:' || gatepost_provider end from new_user u join ways w on w."gatepost owner" = u."email"::text)
    select g."email"::text, exists (select 1 from new_user n where n."email" = g."email"),
        exists (select 1 from known k where k.email = g."email") from given g;

-- user::import
with given as materialized (select g.* from jsonb_populate_recordset(null::"user", $1::jsonb) g),
    ways as materialized (select w.*, w."providerId"::text as gatepost_provider from rows from (jsonb_populate_recordset(null::"account", $2::jsonb),
        jsonb_to_recordset($3::jsonb) as ("gatepost owner" text)) w),
    known as materialized (select u."email" as email from "user" u join given g on g."email" = u."email"),
    taken as materialized (select w."gatepost owner" as email from ways w join "account" a
        on a."providerId" = w."providerId" and a."accountId" = w."accountId"),
    new_user as (insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt") select "name", "email", "emailVerified", "image", "createdAt", "updatedAt"
    from given g where not exists (select 1 from known k where k.email = g."email")
        and not exists (select 1 from taken t where t.email = g."email"::text) on conflict do nothing returning *),
    new_account as (insert into "account" ("accountId", "providerId", "userId",
            "password", "createdAt", "updatedAt")
        select coalesce(w."accountId"::text, u."id"::text), w."providerId", u."id",
            w."password", $4, $5 from new_user u join ways w on w."gatepost owner" = u."email"::text)
    select g."email"::text, exists (select 1 from new_user n where n."email" = g."email"),
        exists (select 1 from known k where k.email = g."email") from given g;

-- user::import
with given as materialized (select g.* from jsonb_populate_recordset(null::"user", $1::jsonb) g),
    ways as materialized (select w.*, w."providerId"::text as gatepost_provider from rows from (jsonb_populate_recordset(null::"account", $2::jsonb),
        jsonb_to_recordset($3::jsonb) as ("gatepost owner" text)) w),
    known as materialized (select u."email" as email from "user" u join given g on g."email" = u."email"),
    taken as materialized (select w."gatepost owner" as email from ways w join "account" a
        on a."providerId" = w."providerId" and a."accountId" = w."accountId"),
    new_user as (insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt") select "name", "email", "emailVerified", "image", "createdAt", "updatedAt"
    from given g where not exists (select 1 from known k where k.email = g."email")
        and not exists (select 1 from taken t where t.email = g."email"::text) on conflict do nothing returning *),
    new_account as (insert into "account" ("accountId", "providerId", "userId",
            "password", "createdAt", "updatedAt", "issuer")
        select coalesce(w."accountId"::text, u."id"::text), w."providerId", u."id",
            w."password", $4, $5, case gatepost_provider when 'credential' then 'local:credential' else 'local:oauth:' || gatepost_provider end from new_user u join ways w on w."gatepost owner" = u."email"::text)
    select g."email"::text, exists (select 1 from new_user n where n."email" = g."email"),
        exists (select 1 from known k where k.email = g."email") from given g;

-- user::insert
with new_user as (
    insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6 on conflict ("email") do nothing returning *
), new_account as (
    insert into "account" ("accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    select u."id"::text, 'credential', u."id", $7, $8, $9 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;

-- user::insert
with new_user as (
    insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6 on conflict ("email") do nothing returning *
), new_account as (
    insert into "account" ("accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    select u."id"::text, 'credential', u."id", $7, $8, $9 from new_user u
), new_session as (
    insert into "session" ("token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent")
    select $10, u."id", $11, $12, $13, $14, $15 from new_user u returning *
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from new_user u, new_session s;

-- user::insert_alone
with new_user as (insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6 on conflict ("email") do nothing returning *) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;

-- user::insert_alone
with new_user as (insert into "user" ("name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6 on conflict ("email") do nothing returning *), new_session as (insert into "session" ("token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $7, u."id", $8, $9, $10, $11, $12 from new_user u returning *)
    select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from new_user u, new_session s;

-- session::insert_checked
with owner as (select 1 from "user" u where u."id" = $1 for key share), checked as (update "account" a
            set "password" = $2 from owner where a."userId" = $3
            and a."providerId" = 'credential' and a."accountId" = $4 and a."password" = $5
            returning 1)
        insert into "session" as s ("token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $6, $7, $8, $9, $10, $11, $12 where exists (select 1 from checked)
         returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;

-- session::insert_checked
with owner as (select 1 from "user" u where u."id" = $1 for key share), checked as (update "account" a
            set "password" = $2 from owner where a."userId" = $3
            and a."providerId" = 'credential' and a."accountId" = $4 and a."password" = $5
            returning 1)
        insert into "session" as s ("token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $6, $7, $8, $9, $10, $11, $12 where exists (select 1 from checked)
        on conflict ("token") do update set "token" = excluded."token" returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;

-- social::write
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 where $14
        and (exists (select 1 from "user" where "id" = $15 and "email" = $16 for no key update) or $17 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $18 and "accountId" = $19)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $20, "refreshToken" = $21, "idToken" = $22,
        "accessTokenExpiresAt" = $23, "refreshTokenExpiresAt" = $24, "scope" = $25, "updatedAt" = $26
    where not $27 and not exists (select 1 from taken) and "id"::text = $28 and "userId" = $29 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($30, "name"),
        "image" = case when $31 then $32 else "image" end, "email" = coalesce($33, "email"),
        "emailVerified" = case when $34::text is not null or "email" = $35 then coalesce($36, "emailVerified")
            else "emailVerified" end, "updatedAt" = $37
    where $38 and "id" = $39 and exists (select 1 from done)),
moved as (select "id" from "user" where $40 and "id" = $41 and not "email" = $42 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $43 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;

-- social::write
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 where $14
        and (exists (select 1 from "user" where "id" = $15 and "email" = $16 for no key update) or $17 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $18 and "accountId" = $19)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $20, "refreshToken" = $21, "idToken" = $22,
        "accessTokenExpiresAt" = $23, "refreshTokenExpiresAt" = $24, "scope" = $25, "updatedAt" = $26
    where not $27 and not exists (select 1 from taken) and "id"::text = $28 and "userId" = $29 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($30, "name"),
        "image" = case when $31 then $32 else "image" end, "email" = coalesce($33, "email"),
        "emailVerified" = case when $34::text is not null or "email" = $35 then coalesce($36, "emailVerified")
            else "emailVerified" end, "updatedAt" = $37
    where $38 and "id" = $39 and exists (select 1 from done)),
moved as (select "id" from "user" where $40 and "id" = $41 and not "email" = $42 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $43 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;

-- social::write
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'local:oauth:' || $14::text where $15
        and (exists (select 1 from "user" where "id" = $16 and "email" = $17 for no key update) or $18 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $19 and "accountId" = $20)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $21, "refreshToken" = $22, "idToken" = $23,
        "accessTokenExpiresAt" = $24, "refreshTokenExpiresAt" = $25, "scope" = $26, "updatedAt" = $27
    where not $28 and not exists (select 1 from taken) and "id"::text = $29 and "userId" = $30 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($31, "name"),
        "image" = case when $32 then $33 else "image" end, "email" = coalesce($34, "email"),
        "emailVerified" = case when $35::text is not null or "email" = $36 then coalesce($37, "emailVerified")
            else "emailVerified" end, "updatedAt" = $38
    where $39 and "id" = $40 and exists (select 1 from done)),
moved as (select "id" from "user" where $41 and "id" = $42 and not "email" = $43 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $44 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;

-- social::write
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'local:oauth:' || $14::text where $15
        and (exists (select 1 from "user" where "id" = $16 and "email" = $17 for no key update) or $18 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $19 and "accountId" = $20)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $21, "refreshToken" = $22, "idToken" = $23,
        "accessTokenExpiresAt" = $24, "refreshTokenExpiresAt" = $25, "scope" = $26, "updatedAt" = $27
    where not $28 and not exists (select 1 from taken) and "id"::text = $29 and "userId" = $30 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($31, "name"),
        "image" = case when $32 then $33 else "image" end, "email" = coalesce($34, "email"),
        "emailVerified" = case when $35::text is not null or "email" = $36 then coalesce($37, "emailVerified")
            else "emailVerified" end, "updatedAt" = $38
    where $39 and "id" = $40 and exists (select 1 from done)),
moved as (select "id" from "user" where $41 and "id" = $42 and not "email" = $43 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $44 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
