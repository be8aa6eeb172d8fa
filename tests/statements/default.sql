-- Every statement that the service sends, with better-auth's own names.
-- Above each are the functions of the store that send it. E'…' stands for any text, and … for the number of a lock.
-- Written by GATEPOST_WRITE_STATEMENTS=1 cargo test --test gatepost statement_texts

-- user::insert_undone
begin isolation level read committed; savepoint undone;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *
), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    select $8, u."id"::text, 'credential', u."id", $9, $10, $11 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- user::insert_undone
begin isolation level read committed; savepoint undone;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *
), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    select $9, u."id"::text, 'credential', u."id", $10, $11, $12 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- user::insert_undone
begin isolation level read committed; savepoint undone;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *
), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer")
    select $9, u."id"::text, 'credential', u."id", $10, $11, $12, 'local:credential' from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- unproven::contest
begin isolation level read committed; select 1 from "user" u where u."email" = E'…' for no key update;
    select 1 from "account" a, "user" u where u."email" = E'…' and a."userId" = u."id"
        and a."providerId" = 'credential' for update of a;
with owner as (select u.* from "user" u where u."email" = $1 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')), contested as (update "account" a set "password" = null from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and not exists (select 1 from "account" a where a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)))
        select case when exists (select 1 from "account" a where a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)) then (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) end, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from owner u;
commit;

-- mailed::confirm
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
update "user" u set "emailVerified" = 'true', "updatedAt" = $1
        where u."id" = $2 and u."email" = $3 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $4 and not exists (select 1 from "verification" v
            where v."identifier" = $5::text) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt";
commit;

-- mailed::confirm
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
update "user" u set "emailVerified" = 'true', "updatedAt" = $1
        where u."id" = $2 and u."email" = $3 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $4 returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt";
commit;

-- account::change_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with changed as (update "account" set "password" = $1, "updatedAt" = $2
        where "userId" = $3 and "providerId" = 'credential' and "accountId" = $4
            and "password" = $5 and ($6::text is null or exists (select 1 from "session" where "token" = $7)) returning "userId" as "id"), overtaken as (delete from "verification" where "value" in (select "id"::text from changed)), revoked as (delete from "session" where "userId" = $8 and exists (select 1 from changed))
    insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $9, $10, $11, $12, $13, $14, $15, $16
    where exists (select 1 from changed) returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;
commit;

-- mailed::confirm
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with confirmed as (update "user" u set "emailVerified" = 'true', "updatedAt" = $1
        where u."id" = $2 and u."email" = $3 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $4 and not exists (select 1 from "verification" v
            where v."identifier" = $5::text) returning u.*), opened as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $6, $7, u."id", $8, $9, $10, $11, $12 from confirmed u
        returning *) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from confirmed u, opened s;
commit;

-- user::delete, user::delete_by_secret
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select 1 from "user" where "id" = $1 and ($2::text is null or exists (select 1 from "account" where "userId" = $3
        and "providerId" = 'credential' and "accountId" = $4 and "password" = $5))), accounts as (delete from "account" where "userId" = $6 and exists (select 1 from owner)),
        deleted as (delete from "user" where "id" = $7 and exists (select 1 from owner)) select 1 from owner;
commit;

-- user::delete, user::delete_by_secret
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select 1 from "user" where "id" = $1 and ($2::text is null or exists (select 1 from "session" where "token" = $3)) and ($4::text is null or exists (select 1 from "account" where "userId" = $5
        and "providerId" = 'credential' and "accountId" = $6 and "password" = $7))),
        sessions as (delete from "session" where "userId" = $8 and exists (select 1 from owner)), accounts as (delete from "account" where "userId" = $9 and exists (select 1 from owner)),
        deleted as (delete from "user" where "id" = $10 and exists (select 1 from owner)) select 1 from owner;
commit;

-- proven::clear_others
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u."id" from "user" u where u."id" = $1 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and exists (select 1 from "account" where "userId" = $2 and "id"::text <> $3)),
        removed as (delete from "account" where "userId" in (select "id" from owner)
            and "id"::text <> $4) select 1 from owner;
commit;

-- proven::clear_others
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u."id" from "user" u where u."id" = $1 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and exists (select 1 from "account" where "userId" = $2 and "id"::text <> $3)),
        removed as (delete from "account" where "userId" in (select "id" from owner)
            and "id"::text <> $4), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)) select 1 from owner;
commit;

-- proven::clear_others
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u."id" from "user" u where u."id" = $1 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and exists (select 1 from "account" where "userId" = $2 and "id"::text <> $3)),
        removed as (delete from "account" where "userId" in (select "id" from owner)
            and "id"::text <> $4), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)), ended as (delete from "session" where "userId" in (select "id" from owner)) select 1 from owner;
commit;

-- unproven::clear
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u."id" from "user" u where u."id" = $1 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')),
        removed as (delete from "account" where "userId" in (select "id" from owner)) select 1 from owner;
commit;

-- unproven::clear
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u."id" from "user" u where u."id" = $1 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')),
        removed as (delete from "account" where "userId" in (select "id" from owner)), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)), settled as (delete from "verification" where
            "identifier" = $2 and exists (select 1 from owner)) select 1 from owner;
commit;

-- unproven::clear
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u."id" from "user" u where u."id" = $1 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')),
        removed as (delete from "account" where "userId" in (select "id" from owner)), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)), settled as (delete from "verification" where
            "identifier" = $2 and exists (select 1 from owner)), ended as (delete from "session" where "userId" in (select "id" from owner)) select 1 from owner;
commit;

-- mailed::open
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u."id" from "user" u where u."id" = $1 and u."email" = $2 and not exists (
            select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3))
        insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $4, $5, $6, $7, $8, $9, $10, $11 from owner returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3)), removed as (delete from "account" a using owner u where $4 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $5, "updatedAt" = $6 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3)), removed as (delete from "account" a using owner u where $4 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $5, "updatedAt" = $6 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3)), removed as (delete from "account" a using owner u where $4 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $5, "updatedAt" = $6 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10, 'local:credential' from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3)), removed as (delete from "account" a using owner u where $4 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $5, "updatedAt" = $6 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10, 'local:credential' from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)) select 1 from owner;
commit;

-- user::delete_by_secret
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with used as (delete from "verification"
            where "identifier" = any($1) and "value" = $2 returning case when true or isfinite("expiresAt") then "expiresAt" end as until),
        owner as (select 1 from used where until > $3 limit 1),
        sessions as (delete from "session" where "userId" = $4 and exists (select 1 from owner)),
        accounts as (delete from "account" where "userId" = $5 and exists (select 1 from owner))
        delete from "user" where "id" = $6 and exists (select 1 from owner) returning 1;
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
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    select $12, u."id"::text, 'credential', u."id", $13, $14, $15 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), revoked as (delete from "session" where $16 and "userId" in (select "id" from owner)),
        overtaken as (delete from "verification" where "value" in (select "id"::text from owner)
            and not "identifier" = any($17)) select 1 from owner;
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
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer")
    select $12, u."id"::text, 'credential', u."id", $13, $14, $15, 'local:credential' from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), revoked as (delete from "session" where $16 and "userId" in (select "id" from owner)),
        overtaken as (delete from "verification" where "value" in (select "id"::text from owner)
            and not "identifier" = any($17)) select 1 from owner;
commit;

-- link::link
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update; select pg_advisory_xact_lock(…);
with live as (select 1 from "user" where "id" = $1 and ($2::text is null or exists (select 1 from "session" where "token" = $3))),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15 from live where $16
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
with live as (select 1 from "user" where "id" = $1 and ($2::text is null or exists (select 1 from "session" where "token" = $3))),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'local:oauth:' || $16::text from live where $17
        and not exists (select 1 from "account" where "providerId" = $18 and "accountId" = $19)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $20, "refreshToken" = $21, "idToken" = $22,
        "accessTokenExpiresAt" = $23, "refreshTokenExpiresAt" = $24, "scope" = $25, "updatedAt" = $26
    where not $27 and "id"::text = $28 and "userId" = $29 and exists (select 1 from live)
    returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($30, "name"),
        "image" = case when $31 then $32 else "image" end, "updatedAt" = $33
    where $34 and "id" = $35 and exists (select 1 from done))
    select exists (select 1 from live), (select id from done limit 1);
commit;

-- link::link
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update; select pg_advisory_xact_lock(…);
with live as (select 1 from "user" where "id" = $1 and true),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 from live where $14
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

-- link::link
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update; select pg_advisory_xact_lock(…);
with live as (select 1 from "user" where "id" = $1 and true),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'local:oauth:' || $14::text from live where $15
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

-- limit::take
begin isolation level read committed; select pg_advisory_xact_lock(hashtext(E'…'));
with forgotten as (delete from "rateLimit" where "id" in (
        select "id" from "rateLimit" where "lastRequest" < $1 and "key" <> $2
        limit 1000 for update skip locked)), counted as (update "rateLimit" r set "lastRequest" = $3,
        "count" = case when $4 - r."lastRequest" >= $5 then 1 else r."count" + 1 end
    where ($6 - r."lastRequest" >= $7 or r."count" < $8) and r."key" = $9 returning 1),
    made as (insert into "rateLimit" ("id", "key", "count", "lastRequest")
        select $10, $11, 1, $12 where not exists (select 1 from "rateLimit" where "key" = $13) returning 1)
    select exists (select 1 from counted) or exists (select 1 from made), (select max("lastRequest")::bigint from "rateLimit" where "key" = $14);
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 where $15
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
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 where $15
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
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 where $15
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
overtaking as (update "account" a set "updatedAt" = $44 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)), opened as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $45, $46, $47, $48, $49, $50, $51, $52
    where exists (select 1 from done) returning *)
    select t.is_taken, done.id, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from (select exists (select 1 from taken) as is_taken) t left join done on true left join opened s on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text where $16
        and (exists (select 1 from "user" where "id" = $17 and "email" = $18 for no key update) or $19 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $20 and "accountId" = $21)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $22, "refreshToken" = $23, "idToken" = $24,
        "accessTokenExpiresAt" = $25, "refreshTokenExpiresAt" = $26, "scope" = $27, "updatedAt" = $28
    where not $29 and not exists (select 1 from taken) and "id"::text = $30 and "userId" = $31 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($32, "name"),
        "image" = case when $33 then $34 else "image" end, "email" = coalesce($35, "email"),
        "emailVerified" = case when $36::text is not null or "email" = $37 then coalesce($38, "emailVerified")
            else "emailVerified" end, "updatedAt" = $39
    where $40 and "id" = $41 and exists (select 1 from done)),
moved as (select "id" from "user" where $42 and "id" = $43 and not "email" = $44 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $45 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text where $16
        and (exists (select 1 from "user" where "id" = $17 and "email" = $18 for no key update) or $19 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $20 and "accountId" = $21)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $22, "refreshToken" = $23, "idToken" = $24,
        "accessTokenExpiresAt" = $25, "refreshTokenExpiresAt" = $26, "scope" = $27, "updatedAt" = $28
    where not $29 and not exists (select 1 from taken) and "id"::text = $30 and "userId" = $31 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($32, "name"),
        "image" = case when $33 then $34 else "image" end, "email" = coalesce($35, "email"),
        "emailVerified" = case when $36::text is not null or "email" = $37 then coalesce($38, "emailVerified")
            else "emailVerified" end, "updatedAt" = $39
    where $40 and "id" = $41 and exists (select 1 from done)),
moved as (select "id" from "user" where $42 and "id" = $43 and not "email" = $44 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $45 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text where $16
        and (exists (select 1 from "user" where "id" = $17 and "email" = $18 for no key update) or $19 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $20 and "accountId" = $21)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $22, "refreshToken" = $23, "idToken" = $24,
        "accessTokenExpiresAt" = $25, "refreshTokenExpiresAt" = $26, "scope" = $27, "updatedAt" = $28
    where not $29 and not exists (select 1 from taken) and "id"::text = $30 and "userId" = $31 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($32, "name"),
        "image" = case when $33 then $34 else "image" end, "email" = coalesce($35, "email"),
        "emailVerified" = case when $36::text is not null or "email" = $37 then coalesce($38, "emailVerified")
            else "emailVerified" end, "updatedAt" = $39
    where $40 and "id" = $41 and exists (select 1 from done)),
moved as (select "id" from "user" where $42 and "id" = $43 and not "email" = $44 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $45 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)), opened as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $46, $47, $48, $49, $50, $51, $52, $53
    where exists (select 1 from done) returning *)
    select t.is_taken, done.id, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from (select exists (select 1 from taken) as is_taken) t left join done on true left join opened s on true;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *
), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer")
    select $9, u."id"::text, 'credential', u."id", $10, $11, $12, 'local:credential' from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *
), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer")
    select $9, u."id"::text, 'credential', u."id", $10, $11, $12, 'local:credential' from new_user u
), new_session as (
    insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent")
    select $13, $14, u."id", $15, $16, $17, $18, $19 from new_user u returning *
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from new_user u, new_session s;
commit;

-- user::insert_alone
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;
commit;

-- user::insert_alone
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $9, $10, u."id", $11, $12, $13, $14, $15 from new_user u returning *)
    select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from new_user u, new_session s;
commit;

-- one_time_code::give
begin isolation level read committed; select pg_advisory_xact_lock(…);
with newest as (select v."id" as id, v."value"::text as value,
            v."expiresAt" as until, coalesce(case when true or isfinite(v."expiresAt") then v."expiresAt" end >= $1, false) as lives,
            coalesce(substring(v."value"::text from ':([0-9]{1,9})$')::bigint, 0) as tries
        from "verification" v where v."identifier" = any($2) order by case when true or isfinite(v."createdAt") then v."createdAt" end desc limit 1),
    counting as (select * from newest where lives and tries < $3),
    is_right as (select 1 from counting where regexp_replace(value, ':[0-9]*$', '') = $4),
    charged as (update "verification" v set "value" = regexp_replace(w.value, ':[0-9]*$', '') || ':' || (w.tries + 1)::text,
            "updatedAt" = $5
        from counting w where v."id" = w.id and not exists (select 1 from is_right)),
    gone as (delete from "verification" v using newest w where v."identifier" = any($6)
        and (v."id" <> w.id or not exists (select 1 from counting) or $7 and exists (select 1 from is_right)))
    select n.lives, exists (select 1 from counting), exists (select 1 from is_right), n.value, n.until from newest n;
commit;

-- counted::count
begin isolation level read committed; select pg_advisory_xact_lock(…);
with there as (select v."id" as id, substring(v."value"::text from '[0-9]+$')::bigint as count
            from "verification" v where v."identifier" = any($1) and case when true or isfinite(v."expiresAt") then v."expiresAt" end >= $2 limit 1),
        more as (update "verification" v set "value" = 'used:' || (w.count + 1)::text
            from there w where v."id" = w.id),
        made as (insert into "verification" ("id", "identifier", "value",
                "expiresAt", "createdAt", "updatedAt")
            select $3, $4, 'used:1', $5, $6, $7 where not exists (select 1 from there))
        select coalesce((select count from there), 0) + 1;
commit;

-- mailed::change_email
begin isolation level read committed; select pg_advisory_xact_lock(…); select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
        changed as (update "user" u set "email" = $3, "emailVerified" = $4, "updatedAt" = $5
            where u."id" = $6 and u."email" = $7 and not exists (select 1 from taken) and ($8 or coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')) and (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $9 returning u.*),
        overtaking as (update "account" a set "updatedAt" = $10 from changed u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", t.is_taken from (select exists (select 1 from taken) as is_taken) t
        left join changed u on true;
commit;

-- mailed::change_email
begin isolation level read committed; select pg_advisory_xact_lock(…); select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
        changed as (update "user" u set "email" = $3, "emailVerified" = $4, "updatedAt" = $5
            where u."id" = $6 and u."email" = $7 and not exists (select 1 from taken) and ($8 or coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')) and (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $9 returning u.*),
        overtaking as (update "account" a set "updatedAt" = $10 from changed u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from changed)) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", t.is_taken from (select exists (select 1 from taken) as is_taken) t
        left join changed u on true;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "user" where "email" = $8)
        and not exists (select 1 from "account" where "providerId" = $9 and "accountId" = $10) returning *
), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21 from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u, new_account;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "user" where "email" = $8)
        and not exists (select 1 from "account" where "providerId" = $9 and "accountId" = $10) returning *
), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21 from new_user u
    returning "id"::text as made), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $22, $23, u."id", $24, $25, $26, $27, $28 from new_user u
    returning *) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from new_user u, new_account, new_session s;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "user" where "email" = $8)
        and not exists (select 1 from "account" where "providerId" = $9 and "accountId" = $10) returning *
), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21, 'local:oauth:' || $22::text from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u, new_account;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "user" where "email" = $8)
        and not exists (select 1 from "account" where "providerId" = $9 and "accountId" = $10) returning *
), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21, 'local:oauth:' || $22::text from new_user u
    returning "id"::text as made), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $23, $24, u."id", $25, $26, $27, $28, $29 from new_user u
    returning *) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from new_user u, new_account, new_session s;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "user") then 0 else 1 end;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *
), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    select $8, u."id"::text, 'credential', u."id", $9, $10, $11 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "user") then 0 else 1 end;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *
), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer")
    select $9, u."id"::text, 'credential', u."id", $10, $11, $12, 'local:credential' from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "user") then 0 else 1 end;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "user" where "email" = $8)
        and not exists (select 1 from "account" where "providerId" = $9 and "accountId" = $10) returning *
), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21 from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u, new_account;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "user") then 0 else 1 end;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "user" where "email" = $8)
        and not exists (select 1 from "account" where "providerId" = $9 and "accountId" = $10) returning *
), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21, 'local:oauth:' || $22::text from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u, new_account;
commit;

-- session::delete
delete from "session" where "token" = $1;

-- session::delete_own
delete from "session" where "token" = $1 and "userId" = $2;

-- session::delete_each
delete from "session" where "token" = any($1);

-- account::change_password, account::reset_password, proven::clear_others, session::delete_all, unproven::clear
delete from "session" where "userId" = $1;

-- session::delete_others
delete from "session" where "userId" = $1 and "token" <> $2 and case when true or isfinite("expiresAt") then "expiresAt" end > $3;

-- account::reset_password, unproven::settle, user::delete_by_secret, verification::take
delete from "verification" where "identifier" = any($1)
        returning "value"::text, "expiresAt", "createdAt";

-- account::change_password, session::insert, session::open, social::create, social::write, user::insert, user::insert_alone
insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") values ($1, $2, $3, $4, $5, $6, $7, $8)
         returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;

-- account::change_password, session::insert, session::open, social::create, social::write, user::insert, user::insert_alone
insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict ("token") do update set "token" = excluded."token" returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;

-- account::list
select "id"::text, "accountId"::text, "providerId"::text, "userId"::text,
        "scope"::text, "createdAt", "updatedAt" from "account" a
        where "userId" = $1 limit $2;

-- account::password
select "password"::text from "account" where "userId" = $1
        and "providerId" = 'credential' and "accountId" = $2 and "password" <> '' limit 1;

-- counted::has_uses, one_time_code::newest, one_time_code::reusable, unproven::is_contested, verification::peek, verification::working
select "value"::text, "expiresAt", "createdAt" from "verification"
        where "identifier" = any($1) order by case when true or isfinite("createdAt") then "createdAt" end desc limit 1;

-- unproven::is_bare
select 1 from "user" u where u."id" = $1 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and not exists (select 1 from "account" a where a."userId" = u."id");

-- user::delete_by_secret
select 1 from "user" u, "account" a where u."id" = $1 and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $2 limit 1;

-- social::own
select a."id"::text, a."accountId"::text, a."providerId"::text, a."userId"::text, a."accessToken"::text, a."refreshToken"::text, a."idToken"::text, a."accessTokenExpiresAt", a."refreshTokenExpiresAt", a."scope"::text, a."createdAt", a."updatedAt" from "account" a where a."id"::text = $1 and a."userId" = $2;

-- social::linkable
select a."id"::text, a."accountId"::text, a."providerId"::text, a."userId"::text, a."accessToken"::text, a."refreshToken"::text, a."idToken"::text, a."accessTokenExpiresAt", a."refreshTokenExpiresAt", a."scope"::text, a."createdAt", a."updatedAt" from "account" a where a."providerId" = $1 and a."accountId" = $2 limit 2;

-- social::linkable
select a."id"::text, a."accountId"::text, a."providerId"::text, a."userId"::text, a."accessToken"::text, a."refreshToken"::text, a."idToken"::text, a."accessTokenExpiresAt", a."refreshTokenExpiresAt", a."scope"::text, a."createdAt", a."updatedAt", s.live from
        (select exists (select 1 from "session" where "token" = $1 and "userId" = $2
            and case when true or isfinite("expiresAt") then "expiresAt" end > $3) as live) s
        left join lateral (select * from "account" where "providerId" = $4 and "accountId" = $5 limit 2) a
        on true;

-- mailed::by_email, mailed::open
select c.password, c.changed, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from "user" u left join lateral (select nullif(a."password"::text, '') as password,
        a."updatedAt" as changed from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) c on true where u."email" = $1;

-- mailed::by_id
select c.password, c.changed, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from "user" u left join lateral (select nullif(a."password"::text, '') as password,
        a."updatedAt" as changed from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) c on true where u."id" = $1;

-- credential::count
select coalesce((select k.name from unnest($1::text[], $2::text[]) k(name, beginning)
                where starts_with(a."password"::text, k.beginning) limit 1),
            case when split_part(a."password"::text, ':', 2) ~ '^[0-9a-f]+$'
                and length(split_part(a."password"::text, ':', 2)) = 128 then $3 else $4 end)::text, count(*)
        from "account" a where a."providerId" = 'credential' and a."password" <> '' group by 1 order by 1;

-- cleanup::count
select count(*) from "rateLimit" where "lastRequest" < $1;

-- cleanup::count
select count(*) from "session" where case when true or isfinite("expiresAt") then "expiresAt" end < $1;

-- cleanup::count
select count(*) from "verification" where case when true or isfinite("expiresAt") then "expiresAt" end < $1;

-- mailed::taken_and_password
select exists (select 1 from "user" where "email" = $1), (select (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) from "user" u where u."id" = $2);

-- jwk::all
select j."id"::text, j."publicKey"::text, j."privateKey"::text, j."createdAt", j."expiresAt", j."alg"::text, j."crv"::text from "jwks" j order by case when true or isfinite(j."createdAt") then j."createdAt" end, j."id";

-- jwk::all
select j."id"::text, j."publicKey"::text, j."privateKey"::text, j."createdAt", j."expiresAt", null, null from "jwks" j order by case when true or isfinite(j."createdAt") then j."createdAt" end, j."id";

-- session::list
select s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from "session" s
        where s."userId" = $1 and case when true or isfinite(s."expiresAt") then s."expiresAt" end > $2 limit $3;

-- session::with_user, social::linkable
select s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, u."id" is not null, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from "session" s
        left join "user" u on u."id" = s."userId" where s."token" = $1;

-- session::with_users
select s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from "session" s join "user" u on u."id" = s."userId"
            where s."token" = any($1);

-- user::known
select u."email"::text from "user" u where u."email" = any($1);

-- user::by_email
select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from "user" u where u."email" = $1;

-- account::change_password, link::link, mailed::open, session::insert, session::insert_checked, social::write, user::by_id
select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from "user" u where u."id" = $1;

-- user::with_password
select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", a."password"::text from "user" u left join "account" a
        on a."userId" = u."id" and a."providerId" = 'credential'
            and a."accountId"::text = u."id"::text where u."email" = $1 order by a."password" is null limit 1;

-- jwk::add
set transaction isolation level read committed; select pg_advisory_xact_lock(…);
        insert into "jwks" ("id", "publicKey", "privateKey", "createdAt", "expiresAt")
        select E'…', E'…', E'…', E'…', E'…' where not exists (select 1 from "jwks"
            where ("expiresAt" is null or case when true or isfinite("expiresAt") then "expiresAt" end > E'…') and ("id"::text in (E'…')) is not true)
        on conflict do nothing;

-- jwk::add
set transaction isolation level read committed; select pg_advisory_xact_lock(…);
        insert into "jwks" ("id", "publicKey", "privateKey", "createdAt", "expiresAt", "alg", "crv")
        select E'…', E'…', E'…', E'…', E'…', E'…', E'…' where not exists (select 1 from "jwks"
            where ("expiresAt" is null or case when true or isfinite("expiresAt") then "expiresAt" end > E'…') and ("id"::text in (E'…')) is not true)
        on conflict do nothing;

-- social::refreshed
update "account" set "accessToken" = $1, "refreshToken" = $2, "idToken" = $3,
        "accessTokenExpiresAt" = $4, "refreshTokenExpiresAt" = $5, "updatedAt" = $6
        where "id"::text = $7 and "userId" = $8;

-- credential::replace, session::insert_checked
update "account" set "password" = $1 where "userId" = $2
        and "providerId" = 'credential' and "accountId" = $3 and "password" = $4 returning 1;

-- jwk::retire
update "jwks" set "expiresAt" = $1
        where "id"::text = any($2) and ("expiresAt" is null or case when true or isfinite("expiresAt") then "expiresAt" end > $3);

-- jwk::replace_private
update "jwks" set "privateKey" = $1 where "id"::text = $2 and "privateKey" = $3;

-- session::rename
update "session" s set "id" = $1, "token" = $2, "expiresAt" = $3, "createdAt" = $4,
            "updatedAt" = $5 where s."token" = $6 returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;

-- session::update
update "session" s set "updatedAt" = $1
        where s."token" = $2 returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;

-- session::delete_own
update "session" set "expiresAt" = $1 where "token" = $2 and "userId" = $3 and case when true or isfinite("expiresAt") then "expiresAt" end > $4;

-- session::delete
update "session" set "expiresAt" = $1 where "token" = $2 and case when true or isfinite("expiresAt") then "expiresAt" end > $3;

-- session::delete_each
update "session" set "expiresAt" = $1 where "token" = any($2) and case when true or isfinite("expiresAt") then "expiresAt" end > $3;

-- session::delete_others
update "session" set "expiresAt" = $1 where "userId" = $2 and "token" <> $3 and case when true or isfinite("expiresAt") then "expiresAt" end > $4 and case when true or isfinite("expiresAt") then "expiresAt" end > $5;

-- account::change_password, account::reset_password, proven::clear_others, session::delete_all, unproven::clear
update "session" set "expiresAt" = $1 where "userId" = $2 and case when true or isfinite("expiresAt") then "expiresAt" end > $3;

-- session::extend
update "session" set "expiresAt" = $1, "updatedAt" = $2 where "token" = $3 returning 1;

-- user::update
update "user" u set "name" = coalesce($1, u."name"),
            "image" = case when $2 then $3 else u."image" end, "updatedAt" = $4
        where u."id" = $5 and ($6::text is null or exists (select 1 from "session" where "token" = $7)) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt";

-- user::update
update "user" u set "name" = coalesce($1, u."name"),
            "image" = case when $2 then $3 else u."image" end, "updatedAt" = $4
        where u."id" = $5 and true returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt";

-- one_time_code::extend
update "verification" set "expiresAt" = $1, "updatedAt" = $2
            where "identifier" = any($3);

-- social::known
with a as (select * from "account" where "providerId" = $1 and "accountId" = $2 limit 2) select a."id"::text, a."accountId"::text, a."providerId"::text, a."userId"::text, a."accessToken"::text, a."refreshToken"::text, a."idToken"::text, a."accessTokenExpiresAt", a."refreshTokenExpiresAt", a."scope"::text, a."createdAt", a."updatedAt", u."id" is not null, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from a left join "user" u on u."id" = a."userId" union all select null, null, null, null, null, null, null, null, null, null, null, null, true, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from "user" u where u."email" = $3 and not exists (select 1 from a);

-- account::change_password
with changed as (update "account" set "password" = $1, "updatedAt" = $2
        where "userId" = $3 and "providerId" = 'credential' and "accountId" = $4
            and "password" = $5 and ($6::text is null or exists (select 1 from "session" where "token" = $7)) returning "userId" as "id"), overtaken as (delete from "verification" where "value" in (select "id"::text from changed)) select 1 from changed;

-- account::change_password
with changed as (update "account" set "password" = $1, "updatedAt" = $2
        where "userId" = $3 and "providerId" = 'credential' and "accountId" = $4
            and "password" = $5 and true returning "userId" as "id") select 1 from changed;

-- session::insert_checked
with checked as (select 1 from "user" u, "account" a where u."id" = $1 and a."userId" = $2
            and a."providerId" = 'credential' and a."accountId" = $3 and a."password" = $4
            limit 1 for key share of u for share of a)
        insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $5, $6, $7, $8, $9, $10, $11, $12 from checked
         returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;

-- session::insert_checked
with checked as (select 1 from "user" u, "account" a where u."id" = $1 and a."userId" = $2
            and a."providerId" = 'credential' and a."accountId" = $3 and a."password" = $4
            limit 1 for key share of u for share of a)
        insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $5, $6, $7, $8, $9, $10, $11, $12 from checked
        on conflict ("token") do update set "token" = excluded."token" returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;

-- unproven::contest, verification::insert
with cleaned as (delete from "verification" where $1 and case when true or isfinite("expiresAt") then "expiresAt" end < $2)
        insert into "verification" ("id", "identifier", "value",
            "expiresAt", "createdAt", "updatedAt")
        values ($3, $4, $5, $6, $7, $8) on conflict do nothing;

-- limit::take
with forgotten as (delete from "rateLimit" where "id" in (
        select "id" from "rateLimit" where "lastRequest" < $1 and "key" <> $2
        limit 1000 for update skip locked)), counted as (insert into "rateLimit" as r ("id", "key", "count", "lastRequest")
        values ($3, $4, 1, $5) on conflict ("key") do update set "lastRequest" = $6,
        "count" = case when $7 - r."lastRequest" >= $8 then 1 else r."count" + 1 end
    where ($9 - r."lastRequest" >= $10 or r."count" < $11) returning 1) select exists (select 1 from counted), (select max("lastRequest")::bigint from "rateLimit" where "key" = $12);

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
    new_account as (insert into "account" ("id", "accountId", "providerId", "userId",
            "password", "createdAt", "updatedAt")
        select w.id, coalesce(w."accountId"::text, u."id"::text), w."providerId", u."id",
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
    new_account as (insert into "account" ("id", "accountId", "providerId", "userId",
            "password", "createdAt", "updatedAt", "issuer")
        select w.id, coalesce(w."accountId"::text, u."id"::text), w."providerId", u."id",
            w."password", $4, $5, case gatepost_provider when 'credential' then 'local:credential' else 'local:oauth:' || gatepost_provider end from new_user u join ways w on w."gatepost owner" = u."email"::text)
    select g."email"::text, exists (select 1 from new_user n where n."email" = g."email"),
        exists (select 1 from known k where k.email = g."email") from given g;

-- user::insert
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *
), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    select $8, u."id"::text, 'credential', u."id", $9, $10, $11 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;

-- user::insert
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *
), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
    select $8, u."id"::text, 'credential', u."id", $9, $10, $11 from new_user u
), new_session as (
    insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent")
    select $12, $13, u."id", $14, $15, $16, $17, $18 from new_user u returning *
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from new_user u, new_session s;

-- user::insert_alone
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt" from new_user u;

-- user::insert_alone
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $8, $9, u."id", $10, $11, $12, $13, $14 from new_user u returning *)
    select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text from new_user u, new_session s;

-- account::unlink
with own as (select 1 from "account" where "userId" = $1 order by "id" for update),
        gone as (delete from "account" where "id"::text = $2 and "userId" = $3
            and ($4 or (select count(*) from own) <> 1) and ($5::text is null or exists (select 1 from "session" where "token" = $6)) returning 1)
        select (select count(*) from own) = 1 and not $7, exists (select 1 from gone);

-- account::unlink
with own as (select 1 from "account" where "userId" = $1 order by "id" for update),
        gone as (delete from "account" where "id"::text = $2 and "userId" = $3
            and ($4 or (select count(*) from own) <> 1) and true returning 1)
        select (select count(*) from own) = 1 and not $5, exists (select 1 from gone);

-- session::insert_checked
with owner as (select 1 from "user" u where u."id" = $1 for key share), checked as (update "account" a
            set "password" = $2 from owner where a."userId" = $3
            and a."providerId" = 'credential' and a."accountId" = $4 and a."password" = $5
            returning 1)
        insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $6, $7, $8, $9, $10, $11, $12, $13 where exists (select 1 from checked)
         returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;

-- session::insert_checked
with owner as (select 1 from "user" u where u."id" = $1 for key share), checked as (update "account" a
            set "password" = $2 from owner where a."userId" = $3
            and a."providerId" = 'credential' and a."accountId" = $4 and a."password" = $5
            returning 1)
        insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent") select $6, $7, $8, $9, $10, $11, $12, $13 where exists (select 1 from checked)
        on conflict ("token") do update set "token" = excluded."token" returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;

-- cleanup::remove
with page as (select t."id" as id, coalesce(case when true or isfinite(t."expiresAt") then t."expiresAt" end < $1, false) as over from "session" t
            where $2 or t."id" > $3 order by t."id" limit $4),
        removed as (delete from "session" t where t."id" in (
            select t."id" from "session" t where t."id" in (select id from page where over)
            for update skip locked) returning 1)
        select (select count(*) from removed), (select id::text from page order by id desc limit 1);

-- cleanup::remove
with page as (select t."id" as id, coalesce(case when true or isfinite(t."expiresAt") then t."expiresAt" end < $1, false) as over from "verification" t
            where $2 or t."id" > $3 order by t."id" limit $4),
        removed as (delete from "verification" t where t."id" in (
            select t."id" from "verification" t where t."id" in (select id from page where over)
            for update skip locked) returning 1)
        select (select count(*) from removed), (select id::text from page order by id desc limit 1);

-- cleanup::remove
with page as (select t."id" as id, coalesce(t."lastRequest" < $1, false) as over from "rateLimit" t
            where $2 or t."id" > $3 order by t."id" limit $4),
        removed as (delete from "rateLimit" t where t."id" in (
            select t."id" from "rateLimit" t where t."id" in (select id from page where over)
            for update skip locked) returning 1)
        select (select count(*) from removed), (select id::text from page order by id desc limit 1);

-- social::write
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 where $15
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
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 where $15
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

-- social::write
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text where $16
        and (exists (select 1 from "user" where "id" = $17 and "email" = $18 for no key update) or $19 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $20 and "accountId" = $21)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $22, "refreshToken" = $23, "idToken" = $24,
        "accessTokenExpiresAt" = $25, "refreshTokenExpiresAt" = $26, "scope" = $27, "updatedAt" = $28
    where not $29 and not exists (select 1 from taken) and "id"::text = $30 and "userId" = $31 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($32, "name"),
        "image" = case when $33 then $34 else "image" end, "email" = coalesce($35, "email"),
        "emailVerified" = case when $36::text is not null or "email" = $37 then coalesce($38, "emailVerified")
            else "emailVerified" end, "updatedAt" = $39
    where $40 and "id" = $41 and exists (select 1 from done)),
moved as (select "id" from "user" where $42 and "id" = $43 and not "email" = $44 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $45 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;

-- social::write
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text where $16
        and (exists (select 1 from "user" where "id" = $17 and "email" = $18 for no key update) or $19 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $20 and "accountId" = $21)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $22, "refreshToken" = $23, "idToken" = $24,
        "accessTokenExpiresAt" = $25, "refreshTokenExpiresAt" = $26, "scope" = $27, "updatedAt" = $28
    where not $29 and not exists (select 1 from taken) and "id"::text = $30 and "userId" = $31 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($32, "name"),
        "image" = case when $33 then $34 else "image" end, "email" = coalesce($35, "email"),
        "emailVerified" = case when $36::text is not null or "email" = $37 then coalesce($38, "emailVerified")
            else "emailVerified" end, "updatedAt" = $39
    where $40 and "id" = $41 and exists (select 1 from done)),
moved as (select "id" from "user" where $42 and "id" = $43 and not "email" = $44 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $45 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
