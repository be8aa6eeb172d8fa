-- Every statement that the service sends, with names as Drizzle gives them, in snake case and with plural tables.
-- Above each are the functions of the store that send it. E'…' stands for any text, and … for the number of a lock.
-- Written by GATEPOST_WRITE_STATEMENTS=1 cargo test --test gatepost statement_texts

-- user::insert_undone
begin isolation level read committed; savepoint undone;
with new_user as (
    insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *
), new_account as (
    insert into "accounts" ("id", "account_id", "provider_id", "user_id", "password", "created_at", "updated_at")
    select $8, u."id"::text, 'credential', u."id", $9, $10, $11 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- user::insert_undone
begin isolation level read committed; savepoint undone;
with new_user as (
    insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "users" where "email" = $8) returning *
), new_account as (
    insert into "accounts" ("id", "account_id", "provider_id", "user_id", "password", "created_at", "updated_at")
    select $9, u."id"::text, 'credential', u."id", $10, $11, $12 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- user::insert_undone
begin isolation level read committed; savepoint undone;
with new_user as (
    insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "users" where "email" = $8) returning *
), new_account as (
    insert into "accounts" ("id", "account_id", "provider_id", "user_id", "password", "created_at", "updated_at", "issuer")
    select $9, u."id"::text, 'credential', u."id", $10, $11, $12, 'local:credential' from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- unproven::contest
begin isolation level read committed; select 1 from "users" u where u."email" = E'…' for no key update;
    select 1 from "accounts" a, "users" u where u."email" = E'…' and a."user_id" = u."id"
        and a."provider_id" = 'credential' for update of a;
with owner as (select u.* from "users" u where u."email" = $1 and coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')), contested as (update "accounts" a set "password" = null from owner u where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text and not exists (select 1 from "accounts" a where a."user_id" = u."id" and not (a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text)))
        select case when exists (select 1 from "accounts" a where a."user_id" = u."id" and not (a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text)) then (select nullif(a."password"::text, '') from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text order by a."password" is null limit 1) end, u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from owner u;
commit;

-- mailed::confirm
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
update "users" u set "email_verified" = 'true', "updated_at" = $1
        where u."id" = $2 and u."email" = $3 and coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and (select nullif(a."password"::text, '') from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $4 and not exists (select 1 from "verifications" v
            where v."identifier" = $5::text) returning u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at";
commit;

-- mailed::confirm
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
update "users" u set "email_verified" = 'true', "updated_at" = $1
        where u."id" = $2 and u."email" = $3 and coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and (select nullif(a."password"::text, '') from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $4 returning u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at";
commit;

-- account::change_password
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with changed as (update "accounts" set "password" = $1, "updated_at" = $2
        where "user_id" = $3 and "provider_id" = 'credential' and "account_id" = $4
            and "password" = $5 and ($6::text is null or exists (select 1 from "sessions" where "token" = $7)) returning "user_id" as "id"), overtaken as (delete from "verifications" where "value" in (select "id"::text from changed)), revoked as (delete from "sessions" where "user_id" = $8 and exists (select 1 from changed))
    insert into "sessions" as s ("id", "token", "user_id", "expires_at", "created_at", "updated_at", "ip_address", "user_agent") select $9, $10, $11, $12, $13, $14, $15, $16
    where exists (select 1 from changed) returning s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text;
commit;

-- mailed::confirm
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with confirmed as (update "users" u set "email_verified" = 'true', "updated_at" = $1
        where u."id" = $2 and u."email" = $3 and coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and (select nullif(a."password"::text, '') from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $4 and not exists (select 1 from "verifications" v
            where v."identifier" = $5::text) returning u.*), opened as (insert into "sessions" ("id", "token", "user_id", "expires_at", "created_at", "updated_at", "ip_address", "user_agent") select $6, $7, u."id", $8, $9, $10, $11, $12 from confirmed u
        returning *) select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at", s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text from confirmed u, opened s;
commit;

-- user::delete, user::delete_by_secret
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with owner as (select 1 from "users" where "id" = $1 and ($2::text is null or exists (select 1 from "accounts" where "user_id" = $3
        and "provider_id" = 'credential' and "account_id" = $4 and "password" = $5))), accounts as (delete from "accounts" where "user_id" = $6 and exists (select 1 from owner)),
        deleted as (delete from "users" where "id" = $7 and exists (select 1 from owner)) select 1 from owner;
commit;

-- user::delete, user::delete_by_secret
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with owner as (select 1 from "users" where "id" = $1 and ($2::text is null or exists (select 1 from "sessions" where "token" = $3)) and ($4::text is null or exists (select 1 from "accounts" where "user_id" = $5
        and "provider_id" = 'credential' and "account_id" = $6 and "password" = $7))),
        sessions as (delete from "sessions" where "user_id" = $8 and exists (select 1 from owner)), accounts as (delete from "accounts" where "user_id" = $9 and exists (select 1 from owner)),
        deleted as (delete from "users" where "id" = $10 and exists (select 1 from owner)) select 1 from owner;
commit;

-- proven::clear_others
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with owner as (select u."id" from "users" u where u."id" = $1 and coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and exists (select 1 from "accounts" where "user_id" = $2 and "id"::text <> $3)),
        removed as (delete from "accounts" where "user_id" in (select "id" from owner)
            and "id"::text <> $4) select 1 from owner;
commit;

-- proven::clear_others
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with owner as (select u."id" from "users" u where u."id" = $1 and coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and exists (select 1 from "accounts" where "user_id" = $2 and "id"::text <> $3)),
        removed as (delete from "accounts" where "user_id" in (select "id" from owner)
            and "id"::text <> $4), overtaken as (delete from "verifications" where "value" in (select "id"::text from owner)) select 1 from owner;
commit;

-- proven::clear_others
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with owner as (select u."id" from "users" u where u."id" = $1 and coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and exists (select 1 from "accounts" where "user_id" = $2 and "id"::text <> $3)),
        removed as (delete from "accounts" where "user_id" in (select "id" from owner)
            and "id"::text <> $4), overtaken as (delete from "verifications" where "value" in (select "id"::text from owner)), ended as (delete from "sessions" where "user_id" in (select "id" from owner)) select 1 from owner;
commit;

-- unproven::clear
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with owner as (select u."id" from "users" u where u."id" = $1 and coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')),
        removed as (delete from "accounts" where "user_id" in (select "id" from owner)) select 1 from owner;
commit;

-- unproven::clear
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with owner as (select u."id" from "users" u where u."id" = $1 and coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')),
        removed as (delete from "accounts" where "user_id" in (select "id" from owner)), overtaken as (delete from "verifications" where "value" in (select "id"::text from owner)), settled as (delete from "verifications" where
            "identifier" = $2 and exists (select 1 from owner)) select 1 from owner;
commit;

-- unproven::clear
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with owner as (select u."id" from "users" u where u."id" = $1 and coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')),
        removed as (delete from "accounts" where "user_id" in (select "id" from owner)), overtaken as (delete from "verifications" where "value" in (select "id"::text from owner)), settled as (delete from "verifications" where
            "identifier" = $2 and exists (select 1 from owner)), ended as (delete from "sessions" where "user_id" in (select "id" from owner)) select 1 from owner;
commit;

-- mailed::open
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with owner as (select u."id" from "users" u where u."id" = $1 and u."email" = $2 and not exists (
            select 1 from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text and case when true or isfinite(a."updated_at") then a."updated_at" end > $3))
        insert into "sessions" as s ("id", "token", "user_id", "expires_at", "created_at", "updated_at", "ip_address", "user_agent") select $4, $5, $6, $7, $8, $9, $10, $11 from owner returning s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with owner as (select u.* from "users" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text and case when true or isfinite(a."updated_at") then a."updated_at" end > $3)), removed as (delete from "accounts" a using owner u where $4 and coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."user_id" = u."id" and not (a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text)),
    changed as (update "accounts" a set "password" = $5, "updated_at" = $6 from owner u where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "password", "created_at", "updated_at")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10 from owner u
    where not exists (select 1 from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with owner as (select u.* from "users" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text and case when true or isfinite(a."updated_at") then a."updated_at" end > $3)), removed as (delete from "accounts" a using owner u where $4 and coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."user_id" = u."id" and not (a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text)),
    changed as (update "accounts" a set "password" = $5, "updated_at" = $6 from owner u where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "password", "created_at", "updated_at")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10 from owner u
    where not exists (select 1 from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text)), overtaken as (delete from "verifications" where "value" in (select "id"::text from owner)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with owner as (select u.* from "users" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text and case when true or isfinite(a."updated_at") then a."updated_at" end > $3)), removed as (delete from "accounts" a using owner u where $4 and coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."user_id" = u."id" and not (a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text)),
    changed as (update "accounts" a set "password" = $5, "updated_at" = $6 from owner u where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "password", "created_at", "updated_at", "issuer")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10, 'local:credential' from owner u
    where not exists (select 1 from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with owner as (select u.* from "users" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text and case when true or isfinite(a."updated_at") then a."updated_at" end > $3)), removed as (delete from "accounts" a using owner u where $4 and coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."user_id" = u."id" and not (a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text)),
    changed as (update "accounts" a set "password" = $5, "updated_at" = $6 from owner u where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "password", "created_at", "updated_at", "issuer")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10, 'local:credential' from owner u
    where not exists (select 1 from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text)), overtaken as (delete from "verifications" where "value" in (select "id"::text from owner)) select 1 from owner;
commit;

-- user::delete_by_secret
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with used as (delete from "verifications"
            where "identifier" = any($1) and "value" = $2 returning case when true or isfinite("expires_at") then "expires_at" end as until),
        owner as (select 1 from used where until > $3 limit 1),
        sessions as (delete from "sessions" where "user_id" = $4 and exists (select 1 from owner)),
        accounts as (delete from "accounts" where "user_id" = $5 and exists (select 1 from owner))
        delete from "users" where "id" = $6 and exists (select 1 from owner) returning 1;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with used as (delete from "verifications" where "identifier" = any($1)
            and case when $2::text is null then "value" = $3
                else regexp_replace("value"::text, ':[0-9]*$', '') = $4::text end
            returning case when true or isfinite("expires_at") then "expires_at" end as until),
        owner as (select u.* from "users" u where u."id" = $5 and u."email" = $6 and exists (select 1 from used where until > $7) and not exists (select 1 from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text and case when true or isfinite(a."updated_at") then a."updated_at" end > $8)), removed as (delete from "accounts" a using owner u where $9 and coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."user_id" = u."id" and not (a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text)),
    changed as (update "accounts" a set "password" = $10, "updated_at" = $11 from owner u where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "password", "created_at", "updated_at")
    select $12, u."id"::text, 'credential', u."id", $13, $14, $15 from owner u
    where not exists (select 1 from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text)), revoked as (delete from "sessions" where $16 and "user_id" in (select "id" from owner)),
        overtaken as (delete from "verifications" where "value" in (select "id"::text from owner)
            and not "identifier" = any($17)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with used as (delete from "verifications" where "identifier" = any($1)
            and case when $2::text is null then "value" = $3
                else regexp_replace("value"::text, ':[0-9]*$', '') = $4::text end
            returning case when true or isfinite("expires_at") then "expires_at" end as until),
        owner as (select u.* from "users" u where u."id" = $5 and u."email" = $6 and exists (select 1 from used where until > $7) and not exists (select 1 from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text and case when true or isfinite(a."updated_at") then a."updated_at" end > $8)), removed as (delete from "accounts" a using owner u where $9 and coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."user_id" = u."id" and not (a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text)),
    changed as (update "accounts" a set "password" = $10, "updated_at" = $11 from owner u where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "password", "created_at", "updated_at", "issuer")
    select $12, u."id"::text, 'credential', u."id", $13, $14, $15, 'local:credential' from owner u
    where not exists (select 1 from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text)), revoked as (delete from "sessions" where $16 and "user_id" in (select "id" from owner)),
        overtaken as (delete from "verifications" where "value" in (select "id"::text from owner)
            and not "identifier" = any($17)) select 1 from owner;
commit;

-- link::link
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update; select pg_advisory_xact_lock(…);
with live as (select 1 from "users" where "id" = $1 and ($2::text is null or exists (select 1 from "sessions" where "token" = $3))),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at") select $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15 from live where $16
        and not exists (select 1 from "accounts" where "provider_id" = $17 and "account_id" = $18)
    returning "id"::text as id
), kept as (update "accounts" set "access_token" = $19, "refresh_token" = $20, "id_token" = $21,
        "access_token_expires_at" = $22, "refresh_token_expires_at" = $23, "scope" = $24, "updated_at" = $25
    where not $26 and "id"::text = $27 and "user_id" = $28 and exists (select 1 from live)
    returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "users" set "name" = coalesce($29, "name"),
        "image" = case when $30 then $31 else "image" end, "updated_at" = $32
    where $33 and "id" = $34 and exists (select 1 from done))
    select exists (select 1 from live), (select id from done limit 1);
commit;

-- link::link
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update; select pg_advisory_xact_lock(…);
with live as (select 1 from "users" where "id" = $1 and ($2::text is null or exists (select 1 from "sessions" where "token" = $3))),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at", "issuer") select $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'local:oauth:' || $16::text from live where $17
        and not exists (select 1 from "accounts" where "provider_id" = $18 and "account_id" = $19)
    returning "id"::text as id
), kept as (update "accounts" set "access_token" = $20, "refresh_token" = $21, "id_token" = $22,
        "access_token_expires_at" = $23, "refresh_token_expires_at" = $24, "scope" = $25, "updated_at" = $26
    where not $27 and "id"::text = $28 and "user_id" = $29 and exists (select 1 from live)
    returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "users" set "name" = coalesce($30, "name"),
        "image" = case when $31 then $32 else "image" end, "updated_at" = $33
    where $34 and "id" = $35 and exists (select 1 from done))
    select exists (select 1 from live), (select id from done limit 1);
commit;

-- link::link
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update; select pg_advisory_xact_lock(…);
with live as (select 1 from "users" where "id" = $1 and true),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at") select $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 from live where $14
        and not exists (select 1 from "accounts" where "provider_id" = $15 and "account_id" = $16)
    returning "id"::text as id
), kept as (update "accounts" set "access_token" = $17, "refresh_token" = $18, "id_token" = $19,
        "access_token_expires_at" = $20, "refresh_token_expires_at" = $21, "scope" = $22, "updated_at" = $23
    where not $24 and "id"::text = $25 and "user_id" = $26 and exists (select 1 from live)
    returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "users" set "name" = coalesce($27, "name"),
        "image" = case when $28 then $29 else "image" end, "updated_at" = $30
    where $31 and "id" = $32 and exists (select 1 from done))
    select exists (select 1 from live), (select id from done limit 1);
commit;

-- link::link
begin isolation level read committed; select 1 from "users" u where u."id" = E'…' for no key update; select pg_advisory_xact_lock(…);
with live as (select 1 from "users" where "id" = $1 and true),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at", "issuer") select $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'local:oauth:' || $14::text from live where $15
        and not exists (select 1 from "accounts" where "provider_id" = $16 and "account_id" = $17)
    returning "id"::text as id
), kept as (update "accounts" set "access_token" = $18, "refresh_token" = $19, "id_token" = $20,
        "access_token_expires_at" = $21, "refresh_token_expires_at" = $22, "scope" = $23, "updated_at" = $24
    where not $25 and "id"::text = $26 and "user_id" = $27 and exists (select 1 from live)
    returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "users" set "name" = coalesce($28, "name"),
        "image" = case when $29 then $30 else "image" end, "updated_at" = $31
    where $32 and "id" = $33 and exists (select 1 from done))
    select exists (select 1 from live), (select id from done limit 1);
commit;

-- limit::take
begin isolation level read committed; select pg_advisory_xact_lock(hashtext(E'…'));
with forgotten as (delete from "rate_limits" where "id" in (
        select "id" from "rate_limits" where "last_request" < $1 and "key" <> $2
        limit 1000 for update skip locked)), counted as (update "rate_limits" r set "last_request" = $3,
        "count" = case when $4 - r."last_request" >= $5 then 1 else r."count" + 1 end
    where ($6 - r."last_request" >= $7 or r."count" < $8) and r."key" = $9 returning 1),
    made as (insert into "rate_limits" ("id", "key", "count", "last_request")
        select $10, $11, 1, $12 where not exists (select 1 from "rate_limits" where "key" = $13) returning 1)
    select exists (select 1 from counted) or exists (select 1 from made), (select max("last_request")::bigint from "rate_limits" where "key" = $14);
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "users" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 where $15
        and (exists (select 1 from "users" where "id" = $16 and "email" = $17 for no key update) or $18 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "accounts" where "provider_id" = $19 and "account_id" = $20)
    returning "id"::text as id
), kept as (update "accounts" set "access_token" = $21, "refresh_token" = $22, "id_token" = $23,
        "access_token_expires_at" = $24, "refresh_token_expires_at" = $25, "scope" = $26, "updated_at" = $27
    where not $28 and not exists (select 1 from taken) and "id"::text = $29 and "user_id" = $30 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "users" set "name" = coalesce($31, "name"),
        "image" = case when $32 then $33 else "image" end, "email" = coalesce($34, "email"),
        "email_verified" = case when $35::text is not null or "email" = $36 then coalesce($37, "email_verified")
            else "email_verified" end, "updated_at" = $38
    where $39 and "id" = $40 and exists (select 1 from done)),
moved as (select "id" from "users" where $41 and "id" = $42 and not "email" = $43 and exists (select 1 from done)),
overtaking as (update "accounts" a set "updated_at" = $44 from "users" u where u."id" in (select "id" from moved) and a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "users" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 where $15
        and (exists (select 1 from "users" where "id" = $16 and "email" = $17 for no key update) or $18 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "accounts" where "provider_id" = $19 and "account_id" = $20)
    returning "id"::text as id
), kept as (update "accounts" set "access_token" = $21, "refresh_token" = $22, "id_token" = $23,
        "access_token_expires_at" = $24, "refresh_token_expires_at" = $25, "scope" = $26, "updated_at" = $27
    where not $28 and not exists (select 1 from taken) and "id"::text = $29 and "user_id" = $30 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "users" set "name" = coalesce($31, "name"),
        "image" = case when $32 then $33 else "image" end, "email" = coalesce($34, "email"),
        "email_verified" = case when $35::text is not null or "email" = $36 then coalesce($37, "email_verified")
            else "email_verified" end, "updated_at" = $38
    where $39 and "id" = $40 and exists (select 1 from done)),
moved as (select "id" from "users" where $41 and "id" = $42 and not "email" = $43 and exists (select 1 from done)),
overtaking as (update "accounts" a set "updated_at" = $44 from "users" u where u."id" in (select "id" from moved) and a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text), overtaken as (delete from "verifications" where "value" in (select "id"::text from moved)) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "users" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 where $15
        and (exists (select 1 from "users" where "id" = $16 and "email" = $17 for no key update) or $18 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "accounts" where "provider_id" = $19 and "account_id" = $20)
    returning "id"::text as id
), kept as (update "accounts" set "access_token" = $21, "refresh_token" = $22, "id_token" = $23,
        "access_token_expires_at" = $24, "refresh_token_expires_at" = $25, "scope" = $26, "updated_at" = $27
    where not $28 and not exists (select 1 from taken) and "id"::text = $29 and "user_id" = $30 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "users" set "name" = coalesce($31, "name"),
        "image" = case when $32 then $33 else "image" end, "email" = coalesce($34, "email"),
        "email_verified" = case when $35::text is not null or "email" = $36 then coalesce($37, "email_verified")
            else "email_verified" end, "updated_at" = $38
    where $39 and "id" = $40 and exists (select 1 from done)),
moved as (select "id" from "users" where $41 and "id" = $42 and not "email" = $43 and exists (select 1 from done)),
overtaking as (update "accounts" a set "updated_at" = $44 from "users" u where u."id" in (select "id" from moved) and a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text), overtaken as (delete from "verifications" where "value" in (select "id"::text from moved)), opened as (insert into "sessions" ("id", "token", "user_id", "expires_at", "created_at", "updated_at", "ip_address", "user_agent") select $45, $46, $47, $48, $49, $50, $51, $52
    where exists (select 1 from done) returning *)
    select t.is_taken, done.id, s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text from (select exists (select 1 from taken) as is_taken) t left join done on true left join opened s on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "users" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text where $16
        and (exists (select 1 from "users" where "id" = $17 and "email" = $18 for no key update) or $19 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "accounts" where "provider_id" = $20 and "account_id" = $21)
    returning "id"::text as id
), kept as (update "accounts" set "access_token" = $22, "refresh_token" = $23, "id_token" = $24,
        "access_token_expires_at" = $25, "refresh_token_expires_at" = $26, "scope" = $27, "updated_at" = $28
    where not $29 and not exists (select 1 from taken) and "id"::text = $30 and "user_id" = $31 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "users" set "name" = coalesce($32, "name"),
        "image" = case when $33 then $34 else "image" end, "email" = coalesce($35, "email"),
        "email_verified" = case when $36::text is not null or "email" = $37 then coalesce($38, "email_verified")
            else "email_verified" end, "updated_at" = $39
    where $40 and "id" = $41 and exists (select 1 from done)),
moved as (select "id" from "users" where $42 and "id" = $43 and not "email" = $44 and exists (select 1 from done)),
overtaking as (update "accounts" a set "updated_at" = $45 from "users" u where u."id" in (select "id" from moved) and a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "users" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text where $16
        and (exists (select 1 from "users" where "id" = $17 and "email" = $18 for no key update) or $19 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "accounts" where "provider_id" = $20 and "account_id" = $21)
    returning "id"::text as id
), kept as (update "accounts" set "access_token" = $22, "refresh_token" = $23, "id_token" = $24,
        "access_token_expires_at" = $25, "refresh_token_expires_at" = $26, "scope" = $27, "updated_at" = $28
    where not $29 and not exists (select 1 from taken) and "id"::text = $30 and "user_id" = $31 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "users" set "name" = coalesce($32, "name"),
        "image" = case when $33 then $34 else "image" end, "email" = coalesce($35, "email"),
        "email_verified" = case when $36::text is not null or "email" = $37 then coalesce($38, "email_verified")
            else "email_verified" end, "updated_at" = $39
    where $40 and "id" = $41 and exists (select 1 from done)),
moved as (select "id" from "users" where $42 and "id" = $43 and not "email" = $44 and exists (select 1 from done)),
overtaking as (update "accounts" a set "updated_at" = $45 from "users" u where u."id" in (select "id" from moved) and a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text), overtaken as (delete from "verifications" where "value" in (select "id"::text from moved)) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "users" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text where $16
        and (exists (select 1 from "users" where "id" = $17 and "email" = $18 for no key update) or $19 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "accounts" where "provider_id" = $20 and "account_id" = $21)
    returning "id"::text as id
), kept as (update "accounts" set "access_token" = $22, "refresh_token" = $23, "id_token" = $24,
        "access_token_expires_at" = $25, "refresh_token_expires_at" = $26, "scope" = $27, "updated_at" = $28
    where not $29 and not exists (select 1 from taken) and "id"::text = $30 and "user_id" = $31 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "users" set "name" = coalesce($32, "name"),
        "image" = case when $33 then $34 else "image" end, "email" = coalesce($35, "email"),
        "email_verified" = case when $36::text is not null or "email" = $37 then coalesce($38, "email_verified")
            else "email_verified" end, "updated_at" = $39
    where $40 and "id" = $41 and exists (select 1 from done)),
moved as (select "id" from "users" where $42 and "id" = $43 and not "email" = $44 and exists (select 1 from done)),
overtaking as (update "accounts" a set "updated_at" = $45 from "users" u where u."id" in (select "id" from moved) and a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text), overtaken as (delete from "verifications" where "value" in (select "id"::text from moved)), opened as (insert into "sessions" ("id", "token", "user_id", "expires_at", "created_at", "updated_at", "ip_address", "user_agent") select $46, $47, $48, $49, $50, $51, $52, $53
    where exists (select 1 from done) returning *)
    select t.is_taken, done.id, s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text from (select exists (select 1 from taken) as is_taken) t left join done on true left join opened s on true;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (
    insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "users" where "email" = $8) returning *
), new_account as (
    insert into "accounts" ("id", "account_id", "provider_id", "user_id", "password", "created_at", "updated_at", "issuer")
    select $9, u."id"::text, 'credential', u."id", $10, $11, $12, 'local:credential' from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from new_user u;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (
    insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "users" where "email" = $8) returning *
), new_account as (
    insert into "accounts" ("id", "account_id", "provider_id", "user_id", "password", "created_at", "updated_at", "issuer")
    select $9, u."id"::text, 'credential', u."id", $10, $11, $12, 'local:credential' from new_user u
), new_session as (
    insert into "sessions" ("id", "token", "user_id", "expires_at", "created_at", "updated_at", "ip_address", "user_agent")
    select $13, $14, u."id", $15, $16, $17, $18, $19 from new_user u returning *
) select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at", s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text from new_user u, new_session s;
commit;

-- user::insert_alone
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at") select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "users" where "email" = $8) returning *) select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from new_user u;
commit;

-- user::insert_alone
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at") select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "users" where "email" = $8) returning *), new_session as (insert into "sessions" ("id", "token", "user_id", "expires_at", "created_at", "updated_at", "ip_address", "user_agent") select $9, $10, u."id", $11, $12, $13, $14, $15 from new_user u returning *)
    select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at", s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text from new_user u, new_session s;
commit;

-- one_time_code::give
begin isolation level read committed; select pg_advisory_xact_lock(…);
with newest as (select v."id" as id, v."value"::text as value,
            v."expires_at" as until, coalesce(case when true or isfinite(v."expires_at") then v."expires_at" end >= $1, false) as lives,
            coalesce(substring(v."value"::text from ':([0-9]{1,9})$')::bigint, 0) as tries
        from "verifications" v where v."identifier" = any($2) order by case when true or isfinite(v."created_at") then v."created_at" end desc limit 1),
    counting as (select * from newest where lives and tries < $3),
    is_right as (select 1 from counting where regexp_replace(value, ':[0-9]*$', '') = $4),
    charged as (update "verifications" v set "value" = regexp_replace(w.value, ':[0-9]*$', '') || ':' || (w.tries + 1)::text,
            "updated_at" = $5
        from counting w where v."id" = w.id and not exists (select 1 from is_right)),
    gone as (delete from "verifications" v using newest w where v."identifier" = any($6)
        and (v."id" <> w.id or not exists (select 1 from counting) or $7 and exists (select 1 from is_right)))
    select n.lives, exists (select 1 from counting), exists (select 1 from is_right), n.value, n.until from newest n;
commit;

-- counted::count
begin isolation level read committed; select pg_advisory_xact_lock(…);
with there as (select v."id" as id, substring(v."value"::text from '[0-9]+$')::bigint as count
            from "verifications" v where v."identifier" = any($1) and case when true or isfinite(v."expires_at") then v."expires_at" end >= $2 limit 1),
        more as (update "verifications" v set "value" = 'used:' || (w.count + 1)::text
            from there w where v."id" = w.id),
        made as (insert into "verifications" ("id", "identifier", "value",
                "expires_at", "created_at", "updated_at")
            select $3, $4, 'used:1', $5, $6, $7 where not exists (select 1 from there))
        select coalesce((select count from there), 0) + 1;
commit;

-- mailed::change_email
begin isolation level read committed; select pg_advisory_xact_lock(…); select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with taken as (select 1 from "users" where "email" = $1 and not "id" = $2 limit 1),
        changed as (update "users" u set "email" = $3, "email_verified" = $4, "updated_at" = $5
            where u."id" = $6 and u."email" = $7 and not exists (select 1 from taken) and ($8 or coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')) and (select nullif(a."password"::text, '') from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $9 returning u.*),
        overtaking as (update "accounts" a set "updated_at" = $10 from changed u where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text) select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at", t.is_taken from (select exists (select 1 from taken) as is_taken) t
        left join changed u on true;
commit;

-- mailed::change_email
begin isolation level read committed; select pg_advisory_xact_lock(…); select 1 from "users" u where u."id" = E'…' for no key update;
    select 1 from "accounts" a where a."user_id" = E'…' and a."provider_id" = 'credential' for update;
with taken as (select 1 from "users" where "email" = $1 and not "id" = $2 limit 1),
        changed as (update "users" u set "email" = $3, "email_verified" = $4, "updated_at" = $5
            where u."id" = $6 and u."email" = $7 and not exists (select 1 from taken) and ($8 or coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')) and (select nullif(a."password"::text, '') from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $9 returning u.*),
        overtaking as (update "accounts" a set "updated_at" = $10 from changed u where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text), overtaken as (delete from "verifications" where "value" in (select "id"::text from changed)) select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at", t.is_taken from (select exists (select 1 from taken) as is_taken) t
        left join changed u on true;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "users" where "email" = $8)
        and not exists (select 1 from "accounts" where "provider_id" = $9 and "account_id" = $10) returning *
), new_account as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21 from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from new_user u, new_account;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "users" where "email" = $8)
        and not exists (select 1 from "accounts" where "provider_id" = $9 and "account_id" = $10) returning *
), new_account as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21 from new_user u
    returning "id"::text as made), new_session as (insert into "sessions" ("id", "token", "user_id", "expires_at", "created_at", "updated_at", "ip_address", "user_agent") select $22, $23, u."id", $24, $25, $26, $27, $28 from new_user u
    returning *) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at", s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text from new_user u, new_account, new_session s;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "users" where "email" = $8)
        and not exists (select 1 from "accounts" where "provider_id" = $9 and "account_id" = $10) returning *
), new_account as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at", "issuer") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21, 'local:oauth:' || $22::text from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from new_user u, new_account;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "users" where "email" = $8)
        and not exists (select 1 from "accounts" where "provider_id" = $9 and "account_id" = $10) returning *
), new_account as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at", "issuer") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21, 'local:oauth:' || $22::text from new_user u
    returning "id"::text as made), new_session as (insert into "sessions" ("id", "token", "user_id", "expires_at", "created_at", "updated_at", "ip_address", "user_agent") select $23, $24, u."id", $25, $26, $27, $28, $29 from new_user u
    returning *) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at", s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text from new_user u, new_account, new_session s;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "users") then 0 else 1 end;
with new_user as (
    insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *
), new_account as (
    insert into "accounts" ("id", "account_id", "provider_id", "user_id", "password", "created_at", "updated_at")
    select $8, u."id"::text, 'credential', u."id", $9, $10, $11 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from new_user u;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "users") then 0 else 1 end;
with new_user as (
    insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "users" where "email" = $8) returning *
), new_account as (
    insert into "accounts" ("id", "account_id", "provider_id", "user_id", "password", "created_at", "updated_at", "issuer")
    select $9, u."id"::text, 'credential', u."id", $10, $11, $12, 'local:credential' from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from new_user u;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "users") then 0 else 1 end;
with new_user as (
    insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "users" where "email" = $8)
        and not exists (select 1 from "accounts" where "provider_id" = $9 and "account_id" = $10) returning *
), new_account as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21 from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from new_user u, new_account;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "users") then 0 else 1 end;
with new_user as (
    insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "users" where "email" = $8)
        and not exists (select 1 from "accounts" where "provider_id" = $9 and "account_id" = $10) returning *
), new_account as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at", "issuer") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21, 'local:oauth:' || $22::text from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from new_user u, new_account;
commit;

-- session::delete
delete from "sessions" where "token" = $1;

-- session::delete_own
delete from "sessions" where "token" = $1 and "user_id" = $2;

-- session::delete_each
delete from "sessions" where "token" = any($1);

-- account::change_password, account::reset_password, proven::clear_others, session::delete_all, unproven::clear
delete from "sessions" where "user_id" = $1;

-- session::delete_others
delete from "sessions" where "user_id" = $1 and "token" <> $2 and case when true or isfinite("expires_at") then "expires_at" end > $3;

-- account::reset_password, unproven::settle, user::delete_by_secret, verification::take
delete from "verifications" where "identifier" = any($1)
        returning "value"::text, "expires_at", "created_at";

-- account::change_password, session::insert, session::open, social::create, social::write, user::insert, user::insert_alone
insert into "sessions" as s ("id", "token", "user_id", "expires_at", "created_at", "updated_at", "ip_address", "user_agent") values ($1, $2, $3, $4, $5, $6, $7, $8)
         returning s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text;

-- account::change_password, session::insert, session::open, social::create, social::write, user::insert, user::insert_alone
insert into "sessions" as s ("id", "token", "user_id", "expires_at", "created_at", "updated_at", "ip_address", "user_agent") values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict ("token") do update set "token" = excluded."token" returning s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text;

-- account::list
select "id"::text, "account_id"::text, "provider_id"::text, "user_id"::text,
        "scope"::text, "created_at", "updated_at" from "accounts" a
        where "user_id" = $1 limit $2;

-- account::password
select "password"::text from "accounts" where "user_id" = $1
        and "provider_id" = 'credential' and "account_id" = $2 and "password" <> '' limit 1;

-- counted::has_uses, one_time_code::newest, one_time_code::reusable, unproven::is_contested, verification::peek, verification::working
select "value"::text, "expires_at", "created_at" from "verifications"
        where "identifier" = any($1) order by case when true or isfinite("created_at") then "created_at" end desc limit 1;

-- unproven::is_bare
select 1 from "users" u where u."id" = $1 and coalesce(lower(trim(u."email_verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and not exists (select 1 from "accounts" a where a."user_id" = u."id");

-- user::delete_by_secret
select 1 from "users" u, "accounts" a where u."id" = $1 and a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text and case when true or isfinite(a."updated_at") then a."updated_at" end > $2 limit 1;

-- social::own
select a."id"::text, a."account_id"::text, a."provider_id"::text, a."user_id"::text, a."access_token"::text, a."refresh_token"::text, a."id_token"::text, a."access_token_expires_at", a."refresh_token_expires_at", a."scope"::text, a."created_at", a."updated_at" from "accounts" a where a."id"::text = $1 and a."user_id" = $2;

-- social::linkable
select a."id"::text, a."account_id"::text, a."provider_id"::text, a."user_id"::text, a."access_token"::text, a."refresh_token"::text, a."id_token"::text, a."access_token_expires_at", a."refresh_token_expires_at", a."scope"::text, a."created_at", a."updated_at" from "accounts" a where a."provider_id" = $1 and a."account_id" = $2 limit 2;

-- social::linkable
select a."id"::text, a."account_id"::text, a."provider_id"::text, a."user_id"::text, a."access_token"::text, a."refresh_token"::text, a."id_token"::text, a."access_token_expires_at", a."refresh_token_expires_at", a."scope"::text, a."created_at", a."updated_at", s.live from
        (select exists (select 1 from "sessions" where "token" = $1 and "user_id" = $2
            and case when true or isfinite("expires_at") then "expires_at" end > $3) as live) s
        left join lateral (select * from "accounts" where "provider_id" = $4 and "account_id" = $5 limit 2) a
        on true;

-- mailed::by_email, mailed::open
select c.password, c.changed, u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from "users" u left join lateral (select nullif(a."password"::text, '') as password,
        a."updated_at" as changed from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text order by a."password" is null limit 1) c on true where u."email" = $1;

-- mailed::by_id
select c.password, c.changed, u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from "users" u left join lateral (select nullif(a."password"::text, '') as password,
        a."updated_at" as changed from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text order by a."password" is null limit 1) c on true where u."id" = $1;

-- credential::count
select coalesce((select k.name from unnest($1::text[], $2::text[]) k(name, beginning)
                where starts_with(a."password"::text, k.beginning) limit 1),
            case when split_part(a."password"::text, ':', 2) ~ '^[0-9a-f]+$'
                and length(split_part(a."password"::text, ':', 2)) = 128 then $3 else $4 end)::text, count(*)
        from "accounts" a where a."provider_id" = 'credential' and a."password" <> '' group by 1 order by 1;

-- cleanup::count
select count(*) from "rate_limits" where "last_request" < $1;

-- cleanup::count
select count(*) from "sessions" where case when true or isfinite("expires_at") then "expires_at" end < $1;

-- cleanup::count
select count(*) from "verifications" where case when true or isfinite("expires_at") then "expires_at" end < $1;

-- mailed::taken_and_password
select exists (select 1 from "users" where "email" = $1), (select (select nullif(a."password"::text, '') from "accounts" a where a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text order by a."password" is null limit 1) from "users" u where u."id" = $2);

-- jwk::all
select j."id"::text, j."public_key"::text, j."private_key"::text, j."created_at", j."expires_at", j."alg"::text, j."crv"::text from "jwks" j order by case when true or isfinite(j."created_at") then j."created_at" end, j."id";

-- jwk::all
select j."id"::text, j."public_key"::text, j."private_key"::text, j."created_at", j."expires_at", null, null from "jwks" j order by case when true or isfinite(j."created_at") then j."created_at" end, j."id";

-- session::list
select s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text from "sessions" s
        where s."user_id" = $1 and case when true or isfinite(s."expires_at") then s."expires_at" end > $2 limit $3;

-- session::with_user, social::linkable
select s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text, u."id" is not null, u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from "sessions" s
        left join "users" u on u."id" = s."user_id" where s."token" = $1;

-- session::with_users
select s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text, u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from "sessions" s join "users" u on u."id" = s."user_id"
            where s."token" = any($1);

-- user::known
select u."email"::text from "users" u where u."email" = any($1);

-- user::by_email
select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from "users" u where u."email" = $1;

-- account::change_password, link::link, mailed::open, session::insert, session::insert_checked, social::write, user::by_id
select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from "users" u where u."id" = $1;

-- user::with_password
select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at", a."password"::text from "users" u left join "accounts" a
        on a."user_id" = u."id" and a."provider_id" = 'credential'
            and a."account_id"::text = u."id"::text where u."email" = $1 order by a."password" is null limit 1;

-- jwk::add
set transaction isolation level read committed; select pg_advisory_xact_lock(…);
        insert into "jwks" ("id", "public_key", "private_key", "created_at", "expires_at")
        select E'…', E'…', E'…', E'…', E'…' where not exists (select 1 from "jwks"
            where ("expires_at" is null or case when true or isfinite("expires_at") then "expires_at" end > E'…') and ("id"::text in (E'…')) is not true)
        on conflict do nothing;

-- jwk::add
set transaction isolation level read committed; select pg_advisory_xact_lock(…);
        insert into "jwks" ("id", "public_key", "private_key", "created_at", "expires_at", "alg", "crv")
        select E'…', E'…', E'…', E'…', E'…', E'…', E'…' where not exists (select 1 from "jwks"
            where ("expires_at" is null or case when true or isfinite("expires_at") then "expires_at" end > E'…') and ("id"::text in (E'…')) is not true)
        on conflict do nothing;

-- social::refreshed
update "accounts" set "access_token" = $1, "refresh_token" = $2, "id_token" = $3,
        "access_token_expires_at" = $4, "refresh_token_expires_at" = $5, "updated_at" = $6
        where "id"::text = $7 and "user_id" = $8;

-- credential::replace, session::insert_checked
update "accounts" set "password" = $1 where "user_id" = $2
        and "provider_id" = 'credential' and "account_id" = $3 and "password" = $4 returning 1;

-- jwk::retire
update "jwks" set "expires_at" = $1
        where "id"::text = any($2) and ("expires_at" is null or case when true or isfinite("expires_at") then "expires_at" end > $3);

-- jwk::replace_private
update "jwks" set "private_key" = $1 where "id"::text = $2 and "private_key" = $3;

-- session::rename
update "sessions" s set "id" = $1, "token" = $2, "expires_at" = $3, "created_at" = $4,
            "updated_at" = $5 where s."token" = $6 returning s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text;

-- session::update
update "sessions" s set "updated_at" = $1
        where s."token" = $2 returning s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text;

-- session::delete_own
update "sessions" set "expires_at" = $1 where "token" = $2 and "user_id" = $3 and case when true or isfinite("expires_at") then "expires_at" end > $4;

-- session::delete
update "sessions" set "expires_at" = $1 where "token" = $2 and case when true or isfinite("expires_at") then "expires_at" end > $3;

-- session::delete_each
update "sessions" set "expires_at" = $1 where "token" = any($2) and case when true or isfinite("expires_at") then "expires_at" end > $3;

-- session::delete_others
update "sessions" set "expires_at" = $1 where "user_id" = $2 and "token" <> $3 and case when true or isfinite("expires_at") then "expires_at" end > $4 and case when true or isfinite("expires_at") then "expires_at" end > $5;

-- account::change_password, account::reset_password, proven::clear_others, session::delete_all, unproven::clear
update "sessions" set "expires_at" = $1 where "user_id" = $2 and case when true or isfinite("expires_at") then "expires_at" end > $3;

-- session::extend
update "sessions" set "expires_at" = $1, "updated_at" = $2 where "token" = $3 returning 1;

-- user::update
update "users" u set "name" = coalesce($1, u."name"),
            "image" = case when $2 then $3 else u."image" end, "updated_at" = $4
        where u."id" = $5 and ($6::text is null or exists (select 1 from "sessions" where "token" = $7)) returning u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at";

-- user::update
update "users" u set "name" = coalesce($1, u."name"),
            "image" = case when $2 then $3 else u."image" end, "updated_at" = $4
        where u."id" = $5 and true returning u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at";

-- one_time_code::extend
update "verifications" set "expires_at" = $1, "updated_at" = $2
            where "identifier" = any($3);

-- social::known
with a as (select * from "accounts" where "provider_id" = $1 and "account_id" = $2 limit 2) select a."id"::text, a."account_id"::text, a."provider_id"::text, a."user_id"::text, a."access_token"::text, a."refresh_token"::text, a."id_token"::text, a."access_token_expires_at", a."refresh_token_expires_at", a."scope"::text, a."created_at", a."updated_at", u."id" is not null, u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from a left join "users" u on u."id" = a."user_id" union all select null, null, null, null, null, null, null, null, null, null, null, null, true, u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from "users" u where u."email" = $3 and not exists (select 1 from a);

-- account::change_password
with changed as (update "accounts" set "password" = $1, "updated_at" = $2
        where "user_id" = $3 and "provider_id" = 'credential' and "account_id" = $4
            and "password" = $5 and ($6::text is null or exists (select 1 from "sessions" where "token" = $7)) returning "user_id" as "id"), overtaken as (delete from "verifications" where "value" in (select "id"::text from changed)) select 1 from changed;

-- account::change_password
with changed as (update "accounts" set "password" = $1, "updated_at" = $2
        where "user_id" = $3 and "provider_id" = 'credential' and "account_id" = $4
            and "password" = $5 and true returning "user_id" as "id") select 1 from changed;

-- session::insert_checked
with checked as (select 1 from "users" u, "accounts" a where u."id" = $1 and a."user_id" = $2
            and a."provider_id" = 'credential' and a."account_id" = $3 and a."password" = $4
            limit 1 for key share of u for share of a)
        insert into "sessions" as s ("id", "token", "user_id", "expires_at", "created_at", "updated_at", "ip_address", "user_agent") select $5, $6, $7, $8, $9, $10, $11, $12 from checked
         returning s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text;

-- session::insert_checked
with checked as (select 1 from "users" u, "accounts" a where u."id" = $1 and a."user_id" = $2
            and a."provider_id" = 'credential' and a."account_id" = $3 and a."password" = $4
            limit 1 for key share of u for share of a)
        insert into "sessions" as s ("id", "token", "user_id", "expires_at", "created_at", "updated_at", "ip_address", "user_agent") select $5, $6, $7, $8, $9, $10, $11, $12 from checked
        on conflict ("token") do update set "token" = excluded."token" returning s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text;

-- unproven::contest, verification::insert
with cleaned as (delete from "verifications" where $1 and case when true or isfinite("expires_at") then "expires_at" end < $2)
        insert into "verifications" ("id", "identifier", "value",
            "expires_at", "created_at", "updated_at")
        values ($3, $4, $5, $6, $7, $8) on conflict do nothing;

-- limit::take
with forgotten as (delete from "rate_limits" where "id" in (
        select "id" from "rate_limits" where "last_request" < $1 and "key" <> $2
        limit 1000 for update skip locked)), counted as (insert into "rate_limits" as r ("id", "key", "count", "last_request")
        values ($3, $4, 1, $5) on conflict ("key") do update set "last_request" = $6,
        "count" = case when $7 - r."last_request" >= $8 then 1 else r."count" + 1 end
    where ($9 - r."last_request" >= $10 or r."count" < $11) returning 1) select exists (select 1 from counted), (select max("last_request")::bigint from "rate_limits" where "key" = $12);

-- user::import
with given as materialized (select g.* from jsonb_populate_recordset(null::"users", $1::jsonb) g),
    ways as materialized (select w.*, w."provider_id"::text as gatepost_provider from rows from (jsonb_populate_recordset(null::"accounts", $2::jsonb),
        jsonb_to_recordset($3::jsonb) as ("gatepost owner" text)) w),
    known as materialized (select u."email" as email from "users" u join given g on g."email" = u."email"),
    taken as materialized (select w."gatepost owner" as email from ways w join "accounts" a
        on a."provider_id" = w."provider_id" and a."account_id" = w."account_id"),
    new_user as (insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at") select "id", "name", "email", "email_verified", "image", "created_at", "updated_at"
    from given g where not exists (select 1 from known k where k.email = g."email")
        and not exists (select 1 from taken t where t.email = g."email"::text) on conflict do nothing returning *),
    new_account as (insert into "accounts" ("id", "account_id", "provider_id", "user_id",
            "password", "created_at", "updated_at")
        select w.id, coalesce(w."account_id"::text, u."id"::text), w."provider_id", u."id",
            w."password", $4, $5 from new_user u join ways w on w."gatepost owner" = u."email"::text)
    select g."email"::text, exists (select 1 from new_user n where n."email" = g."email"),
        exists (select 1 from known k where k.email = g."email") from given g;

-- user::import
with given as materialized (select g.* from jsonb_populate_recordset(null::"users", $1::jsonb) g),
    ways as materialized (select w.*, w."provider_id"::text as gatepost_provider from rows from (jsonb_populate_recordset(null::"accounts", $2::jsonb),
        jsonb_to_recordset($3::jsonb) as ("gatepost owner" text)) w),
    known as materialized (select u."email" as email from "users" u join given g on g."email" = u."email"),
    taken as materialized (select w."gatepost owner" as email from ways w join "accounts" a
        on a."provider_id" = w."provider_id" and a."account_id" = w."account_id"),
    new_user as (insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at") select "id", "name", "email", "email_verified", "image", "created_at", "updated_at"
    from given g where not exists (select 1 from known k where k.email = g."email")
        and not exists (select 1 from taken t where t.email = g."email"::text) on conflict do nothing returning *),
    new_account as (insert into "accounts" ("id", "account_id", "provider_id", "user_id",
            "password", "created_at", "updated_at", "issuer")
        select w.id, coalesce(w."account_id"::text, u."id"::text), w."provider_id", u."id",
            w."password", $4, $5, case gatepost_provider when 'credential' then 'local:credential' else 'local:oauth:' || gatepost_provider end from new_user u join ways w on w."gatepost owner" = u."email"::text)
    select g."email"::text, exists (select 1 from new_user n where n."email" = g."email"),
        exists (select 1 from known k where k.email = g."email") from given g;

-- user::insert
with new_user as (
    insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *
), new_account as (
    insert into "accounts" ("id", "account_id", "provider_id", "user_id", "password", "created_at", "updated_at")
    select $8, u."id"::text, 'credential', u."id", $9, $10, $11 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from new_user u;

-- user::insert
with new_user as (
    insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *
), new_account as (
    insert into "accounts" ("id", "account_id", "provider_id", "user_id", "password", "created_at", "updated_at")
    select $8, u."id"::text, 'credential', u."id", $9, $10, $11 from new_user u
), new_session as (
    insert into "sessions" ("id", "token", "user_id", "expires_at", "created_at", "updated_at", "ip_address", "user_agent")
    select $12, $13, u."id", $14, $15, $16, $17, $18 from new_user u returning *
) select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at", s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text from new_user u, new_session s;

-- user::insert_alone
with new_user as (insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at") select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *) select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at" from new_user u;

-- user::insert_alone
with new_user as (insert into "users" ("id", "name", "email", "email_verified", "image", "created_at", "updated_at") select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *), new_session as (insert into "sessions" ("id", "token", "user_id", "expires_at", "created_at", "updated_at", "ip_address", "user_agent") select $8, $9, u."id", $10, $11, $12, $13, $14 from new_user u returning *)
    select u."id"::text, u."name"::text, u."email"::text, u."email_verified", u."image"::text, u."created_at", u."updated_at", s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text from new_user u, new_session s;

-- account::unlink
with own as (select 1 from "accounts" where "user_id" = $1 order by "id" for update),
        gone as (delete from "accounts" where "id"::text = $2 and "user_id" = $3
            and ($4 or (select count(*) from own) <> 1) and ($5::text is null or exists (select 1 from "sessions" where "token" = $6)) returning 1)
        select (select count(*) from own) = 1 and not $7, exists (select 1 from gone);

-- account::unlink
with own as (select 1 from "accounts" where "user_id" = $1 order by "id" for update),
        gone as (delete from "accounts" where "id"::text = $2 and "user_id" = $3
            and ($4 or (select count(*) from own) <> 1) and true returning 1)
        select (select count(*) from own) = 1 and not $5, exists (select 1 from gone);

-- session::insert_checked
with owner as (select 1 from "users" u where u."id" = $1 for key share), checked as (update "accounts" a
            set "password" = $2 from owner where a."user_id" = $3
            and a."provider_id" = 'credential' and a."account_id" = $4 and a."password" = $5
            returning 1)
        insert into "sessions" as s ("id", "token", "user_id", "expires_at", "created_at", "updated_at", "ip_address", "user_agent") select $6, $7, $8, $9, $10, $11, $12, $13 where exists (select 1 from checked)
         returning s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text;

-- session::insert_checked
with owner as (select 1 from "users" u where u."id" = $1 for key share), checked as (update "accounts" a
            set "password" = $2 from owner where a."user_id" = $3
            and a."provider_id" = 'credential' and a."account_id" = $4 and a."password" = $5
            returning 1)
        insert into "sessions" as s ("id", "token", "user_id", "expires_at", "created_at", "updated_at", "ip_address", "user_agent") select $6, $7, $8, $9, $10, $11, $12, $13 where exists (select 1 from checked)
        on conflict ("token") do update set "token" = excluded."token" returning s."id"::text, s."expires_at", s."token"::text, s."created_at", s."updated_at", s."ip_address", s."user_agent"::text, s."user_id"::text;

-- cleanup::remove
with page as (select t."id" as id, coalesce(case when true or isfinite(t."expires_at") then t."expires_at" end < $1, false) as over from "sessions" t
            where $2 or t."id" > $3 order by t."id" limit $4),
        removed as (delete from "sessions" t where t."id" in (
            select t."id" from "sessions" t where t."id" in (select id from page where over)
            for update skip locked) returning 1)
        select (select count(*) from removed), (select id::text from page order by id desc limit 1);

-- cleanup::remove
with page as (select t."id" as id, coalesce(case when true or isfinite(t."expires_at") then t."expires_at" end < $1, false) as over from "verifications" t
            where $2 or t."id" > $3 order by t."id" limit $4),
        removed as (delete from "verifications" t where t."id" in (
            select t."id" from "verifications" t where t."id" in (select id from page where over)
            for update skip locked) returning 1)
        select (select count(*) from removed), (select id::text from page order by id desc limit 1);

-- cleanup::remove
with page as (select t."id" as id, coalesce(t."last_request" < $1, false) as over from "rate_limits" t
            where $2 or t."id" > $3 order by t."id" limit $4),
        removed as (delete from "rate_limits" t where t."id" in (
            select t."id" from "rate_limits" t where t."id" in (select id from page where over)
            for update skip locked) returning 1)
        select (select count(*) from removed), (select id::text from page order by id desc limit 1);

-- social::write
with taken as (select 1 from "users" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 where $15
        and (exists (select 1 from "users" where "id" = $16 and "email" = $17 for no key update) or $18 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "accounts" where "provider_id" = $19 and "account_id" = $20)
    returning "id"::text as id
), kept as (update "accounts" set "access_token" = $21, "refresh_token" = $22, "id_token" = $23,
        "access_token_expires_at" = $24, "refresh_token_expires_at" = $25, "scope" = $26, "updated_at" = $27
    where not $28 and not exists (select 1 from taken) and "id"::text = $29 and "user_id" = $30 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "users" set "name" = coalesce($31, "name"),
        "image" = case when $32 then $33 else "image" end, "email" = coalesce($34, "email"),
        "email_verified" = case when $35::text is not null or "email" = $36 then coalesce($37, "email_verified")
            else "email_verified" end, "updated_at" = $38
    where $39 and "id" = $40 and exists (select 1 from done)),
moved as (select "id" from "users" where $41 and "id" = $42 and not "email" = $43 and exists (select 1 from done)),
overtaking as (update "accounts" a set "updated_at" = $44 from "users" u where u."id" in (select "id" from moved) and a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;

-- social::write
with taken as (select 1 from "users" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 where $15
        and (exists (select 1 from "users" where "id" = $16 and "email" = $17 for no key update) or $18 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "accounts" where "provider_id" = $19 and "account_id" = $20)
    returning "id"::text as id
), kept as (update "accounts" set "access_token" = $21, "refresh_token" = $22, "id_token" = $23,
        "access_token_expires_at" = $24, "refresh_token_expires_at" = $25, "scope" = $26, "updated_at" = $27
    where not $28 and not exists (select 1 from taken) and "id"::text = $29 and "user_id" = $30 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "users" set "name" = coalesce($31, "name"),
        "image" = case when $32 then $33 else "image" end, "email" = coalesce($34, "email"),
        "email_verified" = case when $35::text is not null or "email" = $36 then coalesce($37, "email_verified")
            else "email_verified" end, "updated_at" = $38
    where $39 and "id" = $40 and exists (select 1 from done)),
moved as (select "id" from "users" where $41 and "id" = $42 and not "email" = $43 and exists (select 1 from done)),
overtaking as (update "accounts" a set "updated_at" = $44 from "users" u where u."id" in (select "id" from moved) and a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text), overtaken as (delete from "verifications" where "value" in (select "id"::text from moved)) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;

-- social::write
with taken as (select 1 from "users" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text where $16
        and (exists (select 1 from "users" where "id" = $17 and "email" = $18 for no key update) or $19 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "accounts" where "provider_id" = $20 and "account_id" = $21)
    returning "id"::text as id
), kept as (update "accounts" set "access_token" = $22, "refresh_token" = $23, "id_token" = $24,
        "access_token_expires_at" = $25, "refresh_token_expires_at" = $26, "scope" = $27, "updated_at" = $28
    where not $29 and not exists (select 1 from taken) and "id"::text = $30 and "user_id" = $31 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "users" set "name" = coalesce($32, "name"),
        "image" = case when $33 then $34 else "image" end, "email" = coalesce($35, "email"),
        "email_verified" = case when $36::text is not null or "email" = $37 then coalesce($38, "email_verified")
            else "email_verified" end, "updated_at" = $39
    where $40 and "id" = $41 and exists (select 1 from done)),
moved as (select "id" from "users" where $42 and "id" = $43 and not "email" = $44 and exists (select 1 from done)),
overtaking as (update "accounts" a set "updated_at" = $45 from "users" u where u."id" in (select "id" from moved) and a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;

-- social::write
with taken as (select 1 from "users" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "accounts" ("id", "account_id", "provider_id", "user_id", "access_token", "refresh_token", "id_token", "access_token_expires_at", "refresh_token_expires_at", "scope", "created_at", "updated_at", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text where $16
        and (exists (select 1 from "users" where "id" = $17 and "email" = $18 for no key update) or $19 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "accounts" where "provider_id" = $20 and "account_id" = $21)
    returning "id"::text as id
), kept as (update "accounts" set "access_token" = $22, "refresh_token" = $23, "id_token" = $24,
        "access_token_expires_at" = $25, "refresh_token_expires_at" = $26, "scope" = $27, "updated_at" = $28
    where not $29 and not exists (select 1 from taken) and "id"::text = $30 and "user_id" = $31 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "users" set "name" = coalesce($32, "name"),
        "image" = case when $33 then $34 else "image" end, "email" = coalesce($35, "email"),
        "email_verified" = case when $36::text is not null or "email" = $37 then coalesce($38, "email_verified")
            else "email_verified" end, "updated_at" = $39
    where $40 and "id" = $41 and exists (select 1 from done)),
moved as (select "id" from "users" where $42 and "id" = $43 and not "email" = $44 and exists (select 1 from done)),
overtaking as (update "accounts" a set "updated_at" = $45 from "users" u where u."id" in (select "id" from moved) and a."user_id" = u."id" and a."provider_id" = 'credential' and a."account_id"::text = u."id"::text), overtaken as (delete from "verifications" where "value" in (select "id"::text from moved)) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
