-- Every statement that the service sends, with another name for every table and column, in a PostgreSQL schema of its own.
-- Above each are the functions of the store that send it. E'…' stands for any text, and … for the number of a lock.
-- Written by GATEPOST_WRITE_STATEMENTS=1 cargo test --test gatepost statement_texts

-- user::insert_undone
begin isolation level read committed; savepoint undone;
with new_user as (
    insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("e-mail") do nothing returning *
), new_account as (
    insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "hash", "made", "changed")
    select $8, u."id"::text, 'credential', u."id", $9, $10, $11 from new_user u
) select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- user::insert_undone
begin isolation level read committed; savepoint undone;
with new_user as (
    insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "Auth"."the ""people""" where "e-mail" = $8) returning *
), new_account as (
    insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "hash", "made", "changed")
    select $9, u."id"::text, 'credential', u."id", $10, $11, $12 from new_user u
) select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- user::insert_undone
begin isolation level read committed; savepoint undone;
with new_user as (
    insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "Auth"."the ""people""" where "e-mail" = $8) returning *
), new_account as (
    insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "hash", "made", "changed", "issuer")
    select $9, u."id"::text, 'credential', u."id", $10, $11, $12, 'local:credential' from new_user u
) select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- unproven::contest
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."e-mail" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a, "Auth"."the ""people""" u where u."e-mail" = E'…' and a."who" = u."id"
        and a."provider" = 'credential' for update of a;
with owner as (select u.* from "Auth"."the ""people""" u where u."e-mail" = $1 and coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')), contested as (update "Auth"."Ways In" a set "hash" = null from owner u where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text and not exists (select 1 from "Auth"."Ways In" a where a."who" = u."id" and not (a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text)))
        select case when exists (select 1 from "Auth"."Ways In" a where a."who" = u."id" and not (a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text)) then (select nullif(a."hash"::text, '') from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text order by a."hash" is null limit 1) end, u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from owner u;
commit;

-- mailed::confirm
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
update "Auth"."the ""people""" u set "is verified" = 'true', "changed" = $1
        where u."id" = $2 and u."e-mail" = $3 and coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and (select nullif(a."hash"::text, '') from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text order by a."hash" is null limit 1) is not distinct from $4 and not exists (select 1 from "Auth"."secrets; drop table x" v
            where v."which" = $5::text) returning u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed";
commit;

-- mailed::confirm
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
update "Auth"."the ""people""" u set "is verified" = 'true', "changed" = $1
        where u."id" = $2 and u."e-mail" = $3 and coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and (select nullif(a."hash"::text, '') from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text order by a."hash" is null limit 1) is not distinct from $4 returning u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed";
commit;

-- account::change_password
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with changed as (update "Auth"."Ways In" set "hash" = $1, "changed" = $2
        where "who" = $3 and "provider" = 'credential' and "their id" = $4
            and "hash" = $5 and ($6::text is null or exists (select 1 from "Auth"."table" where "the token" = $7)) returning "who" as "id"), overtaken as (delete from "Auth"."secrets; drop table x" where "whose" in (select "id"::text from changed)), revoked as (delete from "Auth"."table" where "who" = $8 and exists (select 1 from changed))
    insert into "Auth"."table" as s ("id", "the token", "who", "until", "made", "changed", "from", "with") select $9, $10, $11, $12, $13, $14, $15, $16
    where exists (select 1 from changed) returning s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text;
commit;

-- mailed::confirm
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with confirmed as (update "Auth"."the ""people""" u set "is verified" = 'true', "changed" = $1
        where u."id" = $2 and u."e-mail" = $3 and coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and (select nullif(a."hash"::text, '') from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text order by a."hash" is null limit 1) is not distinct from $4 and not exists (select 1 from "Auth"."secrets; drop table x" v
            where v."which" = $5::text) returning u.*), opened as (insert into "Auth"."table" ("id", "the token", "who", "until", "made", "changed", "from", "with") select $6, $7, u."id", $8, $9, $10, $11, $12 from confirmed u
        returning *) select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed", s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text from confirmed u, opened s;
commit;

-- user::delete, user::delete_by_secret
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with owner as (select 1 from "Auth"."the ""people""" where "id" = $1 and ($2::text is null or exists (select 1 from "Auth"."Ways In" where "who" = $3
        and "provider" = 'credential' and "their id" = $4 and "hash" = $5))), accounts as (delete from "Auth"."Ways In" where "who" = $6 and exists (select 1 from owner)),
        deleted as (delete from "Auth"."the ""people""" where "id" = $7 and exists (select 1 from owner)) select 1 from owner;
commit;

-- user::delete, user::delete_by_secret
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with owner as (select 1 from "Auth"."the ""people""" where "id" = $1 and ($2::text is null or exists (select 1 from "Auth"."table" where "the token" = $3)) and ($4::text is null or exists (select 1 from "Auth"."Ways In" where "who" = $5
        and "provider" = 'credential' and "their id" = $6 and "hash" = $7))),
        sessions as (delete from "Auth"."table" where "who" = $8 and exists (select 1 from owner)), accounts as (delete from "Auth"."Ways In" where "who" = $9 and exists (select 1 from owner)),
        deleted as (delete from "Auth"."the ""people""" where "id" = $10 and exists (select 1 from owner)) select 1 from owner;
commit;

-- proven::clear_others
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with owner as (select u."id" from "Auth"."the ""people""" u where u."id" = $1 and coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and exists (select 1 from "Auth"."Ways In" where "who" = $2 and "id"::text <> $3)),
        removed as (delete from "Auth"."Ways In" where "who" in (select "id" from owner)
            and "id"::text <> $4) select 1 from owner;
commit;

-- proven::clear_others
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with owner as (select u."id" from "Auth"."the ""people""" u where u."id" = $1 and coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and exists (select 1 from "Auth"."Ways In" where "who" = $2 and "id"::text <> $3)),
        removed as (delete from "Auth"."Ways In" where "who" in (select "id" from owner)
            and "id"::text <> $4), overtaken as (delete from "Auth"."secrets; drop table x" where "whose" in (select "id"::text from owner)) select 1 from owner;
commit;

-- proven::clear_others
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with owner as (select u."id" from "Auth"."the ""people""" u where u."id" = $1 and coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and exists (select 1 from "Auth"."Ways In" where "who" = $2 and "id"::text <> $3)),
        removed as (delete from "Auth"."Ways In" where "who" in (select "id" from owner)
            and "id"::text <> $4), overtaken as (delete from "Auth"."secrets; drop table x" where "whose" in (select "id"::text from owner)), ended as (delete from "Auth"."table" where "who" in (select "id" from owner)) select 1 from owner;
commit;

-- unproven::clear
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with owner as (select u."id" from "Auth"."the ""people""" u where u."id" = $1 and coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')),
        removed as (delete from "Auth"."Ways In" where "who" in (select "id" from owner)) select 1 from owner;
commit;

-- unproven::clear
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with owner as (select u."id" from "Auth"."the ""people""" u where u."id" = $1 and coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')),
        removed as (delete from "Auth"."Ways In" where "who" in (select "id" from owner)), overtaken as (delete from "Auth"."secrets; drop table x" where "whose" in (select "id"::text from owner)), settled as (delete from "Auth"."secrets; drop table x" where
            "which" = $2 and exists (select 1 from owner)) select 1 from owner;
commit;

-- unproven::clear
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with owner as (select u."id" from "Auth"."the ""people""" u where u."id" = $1 and coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')),
        removed as (delete from "Auth"."Ways In" where "who" in (select "id" from owner)), overtaken as (delete from "Auth"."secrets; drop table x" where "whose" in (select "id"::text from owner)), settled as (delete from "Auth"."secrets; drop table x" where
            "which" = $2 and exists (select 1 from owner)), ended as (delete from "Auth"."table" where "who" in (select "id" from owner)) select 1 from owner;
commit;

-- mailed::open
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with owner as (select u."id" from "Auth"."the ""people""" u where u."id" = $1 and u."e-mail" = $2 and not exists (
            select 1 from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text and case when true or isfinite(a."changed") then a."changed" end > $3))
        insert into "Auth"."table" as s ("id", "the token", "who", "until", "made", "changed", "from", "with") select $4, $5, $6, $7, $8, $9, $10, $11 from owner returning s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with owner as (select u.* from "Auth"."the ""people""" u where u."id" = $1 and u."e-mail" = $2 and not exists (select 1 from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text and case when true or isfinite(a."changed") then a."changed" end > $3)), removed as (delete from "Auth"."Ways In" a using owner u where $4 and coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."who" = u."id" and not (a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text)),
    changed as (update "Auth"."Ways In" a set "hash" = $5, "changed" = $6 from owner u where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "hash", "made", "changed")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10 from owner u
    where not exists (select 1 from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with owner as (select u.* from "Auth"."the ""people""" u where u."id" = $1 and u."e-mail" = $2 and not exists (select 1 from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text and case when true or isfinite(a."changed") then a."changed" end > $3)), removed as (delete from "Auth"."Ways In" a using owner u where $4 and coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."who" = u."id" and not (a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text)),
    changed as (update "Auth"."Ways In" a set "hash" = $5, "changed" = $6 from owner u where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "hash", "made", "changed")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10 from owner u
    where not exists (select 1 from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text)), overtaken as (delete from "Auth"."secrets; drop table x" where "whose" in (select "id"::text from owner)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with owner as (select u.* from "Auth"."the ""people""" u where u."id" = $1 and u."e-mail" = $2 and not exists (select 1 from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text and case when true or isfinite(a."changed") then a."changed" end > $3)), removed as (delete from "Auth"."Ways In" a using owner u where $4 and coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."who" = u."id" and not (a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text)),
    changed as (update "Auth"."Ways In" a set "hash" = $5, "changed" = $6 from owner u where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "hash", "made", "changed", "issuer")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10, 'local:credential' from owner u
    where not exists (select 1 from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with owner as (select u.* from "Auth"."the ""people""" u where u."id" = $1 and u."e-mail" = $2 and not exists (select 1 from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text and case when true or isfinite(a."changed") then a."changed" end > $3)), removed as (delete from "Auth"."Ways In" a using owner u where $4 and coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."who" = u."id" and not (a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text)),
    changed as (update "Auth"."Ways In" a set "hash" = $5, "changed" = $6 from owner u where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "hash", "made", "changed", "issuer")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10, 'local:credential' from owner u
    where not exists (select 1 from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text)), overtaken as (delete from "Auth"."secrets; drop table x" where "whose" in (select "id"::text from owner)) select 1 from owner;
commit;

-- user::delete_by_secret
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with used as (delete from "Auth"."secrets; drop table x"
            where "which" = any($1) and "whose" = $2 returning case when true or isfinite("until") then "until" end as until),
        owner as (select 1 from used where until > $3 limit 1),
        sessions as (delete from "Auth"."table" where "who" = $4 and exists (select 1 from owner)),
        accounts as (delete from "Auth"."Ways In" where "who" = $5 and exists (select 1 from owner))
        delete from "Auth"."the ""people""" where "id" = $6 and exists (select 1 from owner) returning 1;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with used as (delete from "Auth"."secrets; drop table x" where "which" = any($1)
            and case when $2::text is null then "whose" = $3
                else regexp_replace("whose"::text, ':[0-9]*$', '') = $4::text end
            returning case when true or isfinite("until") then "until" end as until),
        owner as (select u.* from "Auth"."the ""people""" u where u."id" = $5 and u."e-mail" = $6 and exists (select 1 from used where until > $7) and not exists (select 1 from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text and case when true or isfinite(a."changed") then a."changed" end > $8)), removed as (delete from "Auth"."Ways In" a using owner u where $9 and coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."who" = u."id" and not (a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text)),
    changed as (update "Auth"."Ways In" a set "hash" = $10, "changed" = $11 from owner u where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "hash", "made", "changed")
    select $12, u."id"::text, 'credential', u."id", $13, $14, $15 from owner u
    where not exists (select 1 from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text)), revoked as (delete from "Auth"."table" where $16 and "who" in (select "id" from owner)),
        overtaken as (delete from "Auth"."secrets; drop table x" where "whose" in (select "id"::text from owner)
            and not "which" = any($17)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with used as (delete from "Auth"."secrets; drop table x" where "which" = any($1)
            and case when $2::text is null then "whose" = $3
                else regexp_replace("whose"::text, ':[0-9]*$', '') = $4::text end
            returning case when true or isfinite("until") then "until" end as until),
        owner as (select u.* from "Auth"."the ""people""" u where u."id" = $5 and u."e-mail" = $6 and exists (select 1 from used where until > $7) and not exists (select 1 from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text and case when true or isfinite(a."changed") then a."changed" end > $8)), removed as (delete from "Auth"."Ways In" a using owner u where $9 and coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."who" = u."id" and not (a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text)),
    changed as (update "Auth"."Ways In" a set "hash" = $10, "changed" = $11 from owner u where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "hash", "made", "changed", "issuer")
    select $12, u."id"::text, 'credential', u."id", $13, $14, $15, 'local:credential' from owner u
    where not exists (select 1 from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text)), revoked as (delete from "Auth"."table" where $16 and "who" in (select "id" from owner)),
        overtaken as (delete from "Auth"."secrets; drop table x" where "whose" in (select "id"::text from owner)
            and not "which" = any($17)) select 1 from owner;
commit;

-- link::link
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update; select pg_advisory_xact_lock(…);
with live as (select 1 from "Auth"."the ""people""" where "id" = $1 and ($2::text is null or exists (select 1 from "Auth"."table" where "the token" = $3))),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed") select $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15 from live where $16
        and not exists (select 1 from "Auth"."Ways In" where "provider" = $17 and "their id" = $18)
    returning "id"::text as id
), kept as (update "Auth"."Ways In" set "access" = $19, "refresh" = $20, "token's id" = $21,
        "access until" = $22, "refresh until" = $23, "scopes" = $24, "changed" = $25
    where not $26 and "id"::text = $27 and "who" = $28 and exists (select 1 from live)
    returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "Auth"."the ""people""" set "Name, given" = coalesce($29, "Name, given"),
        "select" = case when $30 then $31 else "select" end, "changed" = $32
    where $33 and "id" = $34 and exists (select 1 from done))
    select exists (select 1 from live), (select id from done limit 1);
commit;

-- link::link
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update; select pg_advisory_xact_lock(…);
with live as (select 1 from "Auth"."the ""people""" where "id" = $1 and ($2::text is null or exists (select 1 from "Auth"."table" where "the token" = $3))),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed", "issuer") select $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'local:oauth:' || $16::text from live where $17
        and not exists (select 1 from "Auth"."Ways In" where "provider" = $18 and "their id" = $19)
    returning "id"::text as id
), kept as (update "Auth"."Ways In" set "access" = $20, "refresh" = $21, "token's id" = $22,
        "access until" = $23, "refresh until" = $24, "scopes" = $25, "changed" = $26
    where not $27 and "id"::text = $28 and "who" = $29 and exists (select 1 from live)
    returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "Auth"."the ""people""" set "Name, given" = coalesce($30, "Name, given"),
        "select" = case when $31 then $32 else "select" end, "changed" = $33
    where $34 and "id" = $35 and exists (select 1 from done))
    select exists (select 1 from live), (select id from done limit 1);
commit;

-- link::link
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update; select pg_advisory_xact_lock(…);
with live as (select 1 from "Auth"."the ""people""" where "id" = $1 and true),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed") select $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 from live where $14
        and not exists (select 1 from "Auth"."Ways In" where "provider" = $15 and "their id" = $16)
    returning "id"::text as id
), kept as (update "Auth"."Ways In" set "access" = $17, "refresh" = $18, "token's id" = $19,
        "access until" = $20, "refresh until" = $21, "scopes" = $22, "changed" = $23
    where not $24 and "id"::text = $25 and "who" = $26 and exists (select 1 from live)
    returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "Auth"."the ""people""" set "Name, given" = coalesce($27, "Name, given"),
        "select" = case when $28 then $29 else "select" end, "changed" = $30
    where $31 and "id" = $32 and exists (select 1 from done))
    select exists (select 1 from live), (select id from done limit 1);
commit;

-- link::link
begin isolation level read committed; select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update; select pg_advisory_xact_lock(…);
with live as (select 1 from "Auth"."the ""people""" where "id" = $1 and true),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed", "issuer") select $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'local:oauth:' || $14::text from live where $15
        and not exists (select 1 from "Auth"."Ways In" where "provider" = $16 and "their id" = $17)
    returning "id"::text as id
), kept as (update "Auth"."Ways In" set "access" = $18, "refresh" = $19, "token's id" = $20,
        "access until" = $21, "refresh until" = $22, "scopes" = $23, "changed" = $24
    where not $25 and "id"::text = $26 and "who" = $27 and exists (select 1 from live)
    returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "Auth"."the ""people""" set "Name, given" = coalesce($28, "Name, given"),
        "select" = case when $29 then $30 else "select" end, "changed" = $31
    where $32 and "id" = $33 and exists (select 1 from done))
    select exists (select 1 from live), (select id from done limit 1);
commit;

-- limit::take
begin isolation level read committed; select pg_advisory_xact_lock(hashtext(E'…'));
with forgotten as (delete from "Auth"."limits" where "id" in (
        select "id" from "Auth"."limits" where "last" < $1 and "who" <> $2
        limit 1000 for update skip locked)), counted as (update "Auth"."limits" r set "last" = $3,
        "times" = case when $4 - r."last" >= $5 then 1 else r."times" + 1 end
    where ($6 - r."last" >= $7 or r."times" < $8) and r."who" = $9 returning 1),
    made as (insert into "Auth"."limits" ("id", "who", "times", "last")
        select $10, $11, 1, $12 where not exists (select 1 from "Auth"."limits" where "who" = $13) returning 1)
    select exists (select 1 from counted) or exists (select 1 from made), (select max("last")::bigint from "Auth"."limits" where "who" = $14);
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "Auth"."the ""people""" where "e-mail" = $1 and not "id" = $2 limit 1),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 where $15
        and (exists (select 1 from "Auth"."the ""people""" where "id" = $16 and "e-mail" = $17 for no key update) or $18 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "Auth"."Ways In" where "provider" = $19 and "their id" = $20)
    returning "id"::text as id
), kept as (update "Auth"."Ways In" set "access" = $21, "refresh" = $22, "token's id" = $23,
        "access until" = $24, "refresh until" = $25, "scopes" = $26, "changed" = $27
    where not $28 and not exists (select 1 from taken) and "id"::text = $29 and "who" = $30 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "Auth"."the ""people""" set "Name, given" = coalesce($31, "Name, given"),
        "select" = case when $32 then $33 else "select" end, "e-mail" = coalesce($34, "e-mail"),
        "is verified" = case when $35::text is not null or "e-mail" = $36 then coalesce($37, "is verified")
            else "is verified" end, "changed" = $38
    where $39 and "id" = $40 and exists (select 1 from done)),
moved as (select "id" from "Auth"."the ""people""" where $41 and "id" = $42 and not "e-mail" = $43 and exists (select 1 from done)),
overtaking as (update "Auth"."Ways In" a set "changed" = $44 from "Auth"."the ""people""" u where u."id" in (select "id" from moved) and a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "Auth"."the ""people""" where "e-mail" = $1 and not "id" = $2 limit 1),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 where $15
        and (exists (select 1 from "Auth"."the ""people""" where "id" = $16 and "e-mail" = $17 for no key update) or $18 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "Auth"."Ways In" where "provider" = $19 and "their id" = $20)
    returning "id"::text as id
), kept as (update "Auth"."Ways In" set "access" = $21, "refresh" = $22, "token's id" = $23,
        "access until" = $24, "refresh until" = $25, "scopes" = $26, "changed" = $27
    where not $28 and not exists (select 1 from taken) and "id"::text = $29 and "who" = $30 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "Auth"."the ""people""" set "Name, given" = coalesce($31, "Name, given"),
        "select" = case when $32 then $33 else "select" end, "e-mail" = coalesce($34, "e-mail"),
        "is verified" = case when $35::text is not null or "e-mail" = $36 then coalesce($37, "is verified")
            else "is verified" end, "changed" = $38
    where $39 and "id" = $40 and exists (select 1 from done)),
moved as (select "id" from "Auth"."the ""people""" where $41 and "id" = $42 and not "e-mail" = $43 and exists (select 1 from done)),
overtaking as (update "Auth"."Ways In" a set "changed" = $44 from "Auth"."the ""people""" u where u."id" in (select "id" from moved) and a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text), overtaken as (delete from "Auth"."secrets; drop table x" where "whose" in (select "id"::text from moved)) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "Auth"."the ""people""" where "e-mail" = $1 and not "id" = $2 limit 1),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 where $15
        and (exists (select 1 from "Auth"."the ""people""" where "id" = $16 and "e-mail" = $17 for no key update) or $18 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "Auth"."Ways In" where "provider" = $19 and "their id" = $20)
    returning "id"::text as id
), kept as (update "Auth"."Ways In" set "access" = $21, "refresh" = $22, "token's id" = $23,
        "access until" = $24, "refresh until" = $25, "scopes" = $26, "changed" = $27
    where not $28 and not exists (select 1 from taken) and "id"::text = $29 and "who" = $30 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "Auth"."the ""people""" set "Name, given" = coalesce($31, "Name, given"),
        "select" = case when $32 then $33 else "select" end, "e-mail" = coalesce($34, "e-mail"),
        "is verified" = case when $35::text is not null or "e-mail" = $36 then coalesce($37, "is verified")
            else "is verified" end, "changed" = $38
    where $39 and "id" = $40 and exists (select 1 from done)),
moved as (select "id" from "Auth"."the ""people""" where $41 and "id" = $42 and not "e-mail" = $43 and exists (select 1 from done)),
overtaking as (update "Auth"."Ways In" a set "changed" = $44 from "Auth"."the ""people""" u where u."id" in (select "id" from moved) and a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text), overtaken as (delete from "Auth"."secrets; drop table x" where "whose" in (select "id"::text from moved)), opened as (insert into "Auth"."table" ("id", "the token", "who", "until", "made", "changed", "from", "with") select $45, $46, $47, $48, $49, $50, $51, $52
    where exists (select 1 from done) returning *)
    select t.is_taken, done.id, s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text from (select exists (select 1 from taken) as is_taken) t left join done on true left join opened s on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "Auth"."the ""people""" where "e-mail" = $1 and not "id" = $2 limit 1),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text where $16
        and (exists (select 1 from "Auth"."the ""people""" where "id" = $17 and "e-mail" = $18 for no key update) or $19 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "Auth"."Ways In" where "provider" = $20 and "their id" = $21)
    returning "id"::text as id
), kept as (update "Auth"."Ways In" set "access" = $22, "refresh" = $23, "token's id" = $24,
        "access until" = $25, "refresh until" = $26, "scopes" = $27, "changed" = $28
    where not $29 and not exists (select 1 from taken) and "id"::text = $30 and "who" = $31 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "Auth"."the ""people""" set "Name, given" = coalesce($32, "Name, given"),
        "select" = case when $33 then $34 else "select" end, "e-mail" = coalesce($35, "e-mail"),
        "is verified" = case when $36::text is not null or "e-mail" = $37 then coalesce($38, "is verified")
            else "is verified" end, "changed" = $39
    where $40 and "id" = $41 and exists (select 1 from done)),
moved as (select "id" from "Auth"."the ""people""" where $42 and "id" = $43 and not "e-mail" = $44 and exists (select 1 from done)),
overtaking as (update "Auth"."Ways In" a set "changed" = $45 from "Auth"."the ""people""" u where u."id" in (select "id" from moved) and a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "Auth"."the ""people""" where "e-mail" = $1 and not "id" = $2 limit 1),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text where $16
        and (exists (select 1 from "Auth"."the ""people""" where "id" = $17 and "e-mail" = $18 for no key update) or $19 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "Auth"."Ways In" where "provider" = $20 and "their id" = $21)
    returning "id"::text as id
), kept as (update "Auth"."Ways In" set "access" = $22, "refresh" = $23, "token's id" = $24,
        "access until" = $25, "refresh until" = $26, "scopes" = $27, "changed" = $28
    where not $29 and not exists (select 1 from taken) and "id"::text = $30 and "who" = $31 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "Auth"."the ""people""" set "Name, given" = coalesce($32, "Name, given"),
        "select" = case when $33 then $34 else "select" end, "e-mail" = coalesce($35, "e-mail"),
        "is verified" = case when $36::text is not null or "e-mail" = $37 then coalesce($38, "is verified")
            else "is verified" end, "changed" = $39
    where $40 and "id" = $41 and exists (select 1 from done)),
moved as (select "id" from "Auth"."the ""people""" where $42 and "id" = $43 and not "e-mail" = $44 and exists (select 1 from done)),
overtaking as (update "Auth"."Ways In" a set "changed" = $45 from "Auth"."the ""people""" u where u."id" in (select "id" from moved) and a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text), overtaken as (delete from "Auth"."secrets; drop table x" where "whose" in (select "id"::text from moved)) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "Auth"."the ""people""" where "e-mail" = $1 and not "id" = $2 limit 1),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text where $16
        and (exists (select 1 from "Auth"."the ""people""" where "id" = $17 and "e-mail" = $18 for no key update) or $19 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "Auth"."Ways In" where "provider" = $20 and "their id" = $21)
    returning "id"::text as id
), kept as (update "Auth"."Ways In" set "access" = $22, "refresh" = $23, "token's id" = $24,
        "access until" = $25, "refresh until" = $26, "scopes" = $27, "changed" = $28
    where not $29 and not exists (select 1 from taken) and "id"::text = $30 and "who" = $31 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "Auth"."the ""people""" set "Name, given" = coalesce($32, "Name, given"),
        "select" = case when $33 then $34 else "select" end, "e-mail" = coalesce($35, "e-mail"),
        "is verified" = case when $36::text is not null or "e-mail" = $37 then coalesce($38, "is verified")
            else "is verified" end, "changed" = $39
    where $40 and "id" = $41 and exists (select 1 from done)),
moved as (select "id" from "Auth"."the ""people""" where $42 and "id" = $43 and not "e-mail" = $44 and exists (select 1 from done)),
overtaking as (update "Auth"."Ways In" a set "changed" = $45 from "Auth"."the ""people""" u where u."id" in (select "id" from moved) and a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text), overtaken as (delete from "Auth"."secrets; drop table x" where "whose" in (select "id"::text from moved)), opened as (insert into "Auth"."table" ("id", "the token", "who", "until", "made", "changed", "from", "with") select $46, $47, $48, $49, $50, $51, $52, $53
    where exists (select 1 from done) returning *)
    select t.is_taken, done.id, s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text from (select exists (select 1 from taken) as is_taken) t left join done on true left join opened s on true;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (
    insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "Auth"."the ""people""" where "e-mail" = $8) returning *
), new_account as (
    insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "hash", "made", "changed", "issuer")
    select $9, u."id"::text, 'credential', u."id", $10, $11, $12, 'local:credential' from new_user u
) select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from new_user u;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (
    insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "Auth"."the ""people""" where "e-mail" = $8) returning *
), new_account as (
    insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "hash", "made", "changed", "issuer")
    select $9, u."id"::text, 'credential', u."id", $10, $11, $12, 'local:credential' from new_user u
), new_session as (
    insert into "Auth"."table" ("id", "the token", "who", "until", "made", "changed", "from", "with")
    select $13, $14, u."id", $15, $16, $17, $18, $19 from new_user u returning *
) select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed", s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text from new_user u, new_session s;
commit;

-- user::insert_alone
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed") select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "Auth"."the ""people""" where "e-mail" = $8) returning *) select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from new_user u;
commit;

-- user::insert_alone
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed") select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "Auth"."the ""people""" where "e-mail" = $8) returning *), new_session as (insert into "Auth"."table" ("id", "the token", "who", "until", "made", "changed", "from", "with") select $9, $10, u."id", $11, $12, $13, $14, $15 from new_user u returning *)
    select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed", s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text from new_user u, new_session s;
commit;

-- one_time_code::give
begin isolation level read committed; select pg_advisory_xact_lock(…);
with newest as (select v."id" as id, v."whose"::text as value,
            v."until" as until, coalesce(case when true or isfinite(v."until") then v."until" end >= $1, false) as lives,
            coalesce(substring(v."whose"::text from ':([0-9]{1,9})$')::bigint, 0) as tries
        from "Auth"."secrets; drop table x" v where v."which" = any($2) order by case when true or isfinite(v."made") then v."made" end desc limit 1),
    counting as (select * from newest where lives and tries < $3),
    is_right as (select 1 from counting where regexp_replace(value, ':[0-9]*$', '') = $4),
    charged as (update "Auth"."secrets; drop table x" v set "whose" = regexp_replace(w.value, ':[0-9]*$', '') || ':' || (w.tries + 1)::text,
            "changed" = $5
        from counting w where v."id" = w.id and not exists (select 1 from is_right)),
    gone as (delete from "Auth"."secrets; drop table x" v using newest w where v."which" = any($6)
        and (v."id" <> w.id or not exists (select 1 from counting) or $7 and exists (select 1 from is_right)))
    select n.lives, exists (select 1 from counting), exists (select 1 from is_right), n.value, n.until from newest n;
commit;

-- counted::count
begin isolation level read committed; select pg_advisory_xact_lock(…);
with there as (select v."id" as id, substring(v."whose"::text from '[0-9]+$')::bigint as count
            from "Auth"."secrets; drop table x" v where v."which" = any($1) and case when true or isfinite(v."until") then v."until" end >= $2 limit 1),
        more as (update "Auth"."secrets; drop table x" v set "whose" = 'used:' || (w.count + 1)::text
            from there w where v."id" = w.id),
        made as (insert into "Auth"."secrets; drop table x" ("id", "which", "whose",
                "until", "made", "changed")
            select $3, $4, 'used:1', $5, $6, $7 where not exists (select 1 from there))
        select coalesce((select count from there), 0) + 1;
commit;

-- mailed::change_email
begin isolation level read committed; select pg_advisory_xact_lock(…); select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with taken as (select 1 from "Auth"."the ""people""" where "e-mail" = $1 and not "id" = $2 limit 1),
        changed as (update "Auth"."the ""people""" u set "e-mail" = $3, "is verified" = $4, "changed" = $5
            where u."id" = $6 and u."e-mail" = $7 and not exists (select 1 from taken) and ($8 or coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')) and (select nullif(a."hash"::text, '') from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text order by a."hash" is null limit 1) is not distinct from $9 returning u.*),
        overtaking as (update "Auth"."Ways In" a set "changed" = $10 from changed u where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text) select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed", t.is_taken from (select exists (select 1 from taken) as is_taken) t
        left join changed u on true;
commit;

-- mailed::change_email
begin isolation level read committed; select pg_advisory_xact_lock(…); select 1 from "Auth"."the ""people""" u where u."id" = E'…' for no key update;
    select 1 from "Auth"."Ways In" a where a."who" = E'…' and a."provider" = 'credential' for update;
with taken as (select 1 from "Auth"."the ""people""" where "e-mail" = $1 and not "id" = $2 limit 1),
        changed as (update "Auth"."the ""people""" u set "e-mail" = $3, "is verified" = $4, "changed" = $5
            where u."id" = $6 and u."e-mail" = $7 and not exists (select 1 from taken) and ($8 or coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')) and (select nullif(a."hash"::text, '') from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text order by a."hash" is null limit 1) is not distinct from $9 returning u.*),
        overtaking as (update "Auth"."Ways In" a set "changed" = $10 from changed u where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text), overtaken as (delete from "Auth"."secrets; drop table x" where "whose" in (select "id"::text from changed)) select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed", t.is_taken from (select exists (select 1 from taken) as is_taken) t
        left join changed u on true;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "Auth"."the ""people""" where "e-mail" = $8)
        and not exists (select 1 from "Auth"."Ways In" where "provider" = $9 and "their id" = $10) returning *
), new_account as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21 from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from new_user u, new_account;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "Auth"."the ""people""" where "e-mail" = $8)
        and not exists (select 1 from "Auth"."Ways In" where "provider" = $9 and "their id" = $10) returning *
), new_account as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21 from new_user u
    returning "id"::text as made), new_session as (insert into "Auth"."table" ("id", "the token", "who", "until", "made", "changed", "from", "with") select $22, $23, u."id", $24, $25, $26, $27, $28 from new_user u
    returning *) select new_account.made, u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed", s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text from new_user u, new_account, new_session s;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "Auth"."the ""people""" where "e-mail" = $8)
        and not exists (select 1 from "Auth"."Ways In" where "provider" = $9 and "their id" = $10) returning *
), new_account as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed", "issuer") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21, 'local:oauth:' || $22::text from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from new_user u, new_account;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "Auth"."the ""people""" where "e-mail" = $8)
        and not exists (select 1 from "Auth"."Ways In" where "provider" = $9 and "their id" = $10) returning *
), new_account as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed", "issuer") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21, 'local:oauth:' || $22::text from new_user u
    returning "id"::text as made), new_session as (insert into "Auth"."table" ("id", "the token", "who", "until", "made", "changed", "from", "with") select $23, $24, u."id", $25, $26, $27, $28, $29 from new_user u
    returning *) select new_account.made, u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed", s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text from new_user u, new_account, new_session s;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "Auth"."the ""people""") then 0 else 1 end;
with new_user as (
    insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("e-mail") do nothing returning *
), new_account as (
    insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "hash", "made", "changed")
    select $8, u."id"::text, 'credential', u."id", $9, $10, $11 from new_user u
) select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from new_user u;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "Auth"."the ""people""") then 0 else 1 end;
with new_user as (
    insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "Auth"."the ""people""" where "e-mail" = $8) returning *
), new_account as (
    insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "hash", "made", "changed", "issuer")
    select $9, u."id"::text, 'credential', u."id", $10, $11, $12, 'local:credential' from new_user u
) select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from new_user u;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "Auth"."the ""people""") then 0 else 1 end;
with new_user as (
    insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "Auth"."the ""people""" where "e-mail" = $8)
        and not exists (select 1 from "Auth"."Ways In" where "provider" = $9 and "their id" = $10) returning *
), new_account as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21 from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from new_user u, new_account;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "Auth"."the ""people""") then 0 else 1 end;
with new_user as (
    insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "Auth"."the ""people""" where "e-mail" = $8)
        and not exists (select 1 from "Auth"."Ways In" where "provider" = $9 and "their id" = $10) returning *
), new_account as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed", "issuer") select $11, $12, $13, u."id", $14, $15, $16, $17, $18, $19, $20, $21, 'local:oauth:' || $22::text from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from new_user u, new_account;
commit;

-- account::reset_password, unproven::settle, user::delete_by_secret, verification::take
delete from "Auth"."secrets; drop table x" where "which" = any($1)
        returning "whose"::text, "until", "made";

-- session::delete
delete from "Auth"."table" where "the token" = $1;

-- session::delete_own
delete from "Auth"."table" where "the token" = $1 and "who" = $2;

-- session::delete_each
delete from "Auth"."table" where "the token" = any($1);

-- account::change_password, account::reset_password, proven::clear_others, session::delete_all, unproven::clear
delete from "Auth"."table" where "who" = $1;

-- session::delete_others
delete from "Auth"."table" where "who" = $1 and "the token" <> $2 and case when true or isfinite("until") then "until" end > $3;

-- account::change_password, session::insert, session::open, social::create, social::write, user::insert, user::insert_alone
insert into "Auth"."table" as s ("id", "the token", "who", "until", "made", "changed", "from", "with") values ($1, $2, $3, $4, $5, $6, $7, $8)
         returning s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text;

-- account::change_password, session::insert, session::open, social::create, social::write, user::insert, user::insert_alone
insert into "Auth"."table" as s ("id", "the token", "who", "until", "made", "changed", "from", "with") values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict ("the token") do update set "the token" = excluded."the token" returning s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text;

-- account::password
select "hash"::text from "Auth"."Ways In" where "who" = $1
        and "provider" = 'credential' and "their id" = $2 and "hash" <> '' limit 1;

-- account::list
select "id"::text, "their id"::text, "provider"::text, "who"::text,
        "scopes"::text, "made", "changed" from "Auth"."Ways In" a
        where "who" = $1 limit $2;

-- counted::has_uses, one_time_code::newest, one_time_code::reusable, unproven::is_contested, verification::peek, verification::working
select "whose"::text, "until", "made" from "Auth"."secrets; drop table x"
        where "which" = any($1) order by case when true or isfinite("made") then "made" end desc limit 1;

-- unproven::is_bare
select 1 from "Auth"."the ""people""" u where u."id" = $1 and coalesce(lower(trim(u."is verified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and not exists (select 1 from "Auth"."Ways In" a where a."who" = u."id");

-- user::delete_by_secret
select 1 from "Auth"."the ""people""" u, "Auth"."Ways In" a where u."id" = $1 and a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text and case when true or isfinite(a."changed") then a."changed" end > $2 limit 1;

-- social::own
select a."id"::text, a."their id"::text, a."provider"::text, a."who"::text, a."access"::text, a."refresh"::text, a."token's id"::text, a."access until", a."refresh until", a."scopes"::text, a."made", a."changed" from "Auth"."Ways In" a where a."id"::text = $1 and a."who" = $2;

-- social::linkable
select a."id"::text, a."their id"::text, a."provider"::text, a."who"::text, a."access"::text, a."refresh"::text, a."token's id"::text, a."access until", a."refresh until", a."scopes"::text, a."made", a."changed" from "Auth"."Ways In" a where a."provider" = $1 and a."their id" = $2 limit 2;

-- social::linkable
select a."id"::text, a."their id"::text, a."provider"::text, a."who"::text, a."access"::text, a."refresh"::text, a."token's id"::text, a."access until", a."refresh until", a."scopes"::text, a."made", a."changed", s.live from
        (select exists (select 1 from "Auth"."table" where "the token" = $1 and "who" = $2
            and case when true or isfinite("until") then "until" end > $3) as live) s
        left join lateral (select * from "Auth"."Ways In" where "provider" = $4 and "their id" = $5 limit 2) a
        on true;

-- mailed::by_email, mailed::open
select c.password, c.changed, u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from "Auth"."the ""people""" u left join lateral (select nullif(a."hash"::text, '') as password,
        a."changed" as changed from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text order by a."hash" is null limit 1) c on true where u."e-mail" = $1;

-- mailed::by_id
select c.password, c.changed, u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from "Auth"."the ""people""" u left join lateral (select nullif(a."hash"::text, '') as password,
        a."changed" as changed from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text order by a."hash" is null limit 1) c on true where u."id" = $1;

-- credential::count
select coalesce((select k.name from unnest($1::text[], $2::text[]) k(name, beginning)
                where starts_with(a."hash"::text, k.beginning) limit 1),
            case when split_part(a."hash"::text, ':', 2) ~ '^[0-9a-f]+$'
                and length(split_part(a."hash"::text, ':', 2)) = 128 then $3 else $4 end)::text, count(*)
        from "Auth"."Ways In" a where a."provider" = 'credential' and a."hash" <> '' group by 1 order by 1;

-- cleanup::count
select count(*) from "Auth"."limits" where "last" < $1;

-- cleanup::count
select count(*) from "Auth"."secrets; drop table x" where case when true or isfinite("until") then "until" end < $1;

-- cleanup::count
select count(*) from "Auth"."table" where case when true or isfinite("until") then "until" end < $1;

-- mailed::taken_and_password
select exists (select 1 from "Auth"."the ""people""" where "e-mail" = $1), (select (select nullif(a."hash"::text, '') from "Auth"."Ways In" a where a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text order by a."hash" is null limit 1) from "Auth"."the ""people""" u where u."id" = $2);

-- jwk::all
select j."id"::text, j."public"::text, j."private"::text, j."made", j."until", j."algorithm"::text, j."curve"::text from "Auth"."keys" j order by case when true or isfinite(j."made") then j."made" end, j."id";

-- jwk::all
select j."id"::text, j."public"::text, j."private"::text, j."made", j."until", null, null from "Auth"."keys" j order by case when true or isfinite(j."made") then j."made" end, j."id";

-- session::list
select s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text from "Auth"."table" s
        where s."who" = $1 and case when true or isfinite(s."until") then s."until" end > $2 limit $3;

-- session::with_user, social::linkable
select s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text, u."id" is not null, u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from "Auth"."table" s
        left join "Auth"."the ""people""" u on u."id" = s."who" where s."the token" = $1;

-- session::with_users
select s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text, u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from "Auth"."table" s join "Auth"."the ""people""" u on u."id" = s."who"
            where s."the token" = any($1);

-- user::known
select u."e-mail"::text from "Auth"."the ""people""" u where u."e-mail" = any($1);

-- user::by_email
select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from "Auth"."the ""people""" u where u."e-mail" = $1;

-- account::change_password, link::link, mailed::open, session::insert, session::insert_checked, social::write, user::by_id
select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from "Auth"."the ""people""" u where u."id" = $1;

-- user::with_password
select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed", a."hash"::text from "Auth"."the ""people""" u left join "Auth"."Ways In" a
        on a."who" = u."id" and a."provider" = 'credential'
            and a."their id"::text = u."id"::text where u."e-mail" = $1 order by a."hash" is null limit 1;

-- jwk::add
set transaction isolation level read committed; select pg_advisory_xact_lock(…);
        insert into "Auth"."keys" ("id", "public", "private", "made", "until")
        select E'…', E'…', E'…', E'…', E'…' where not exists (select 1 from "Auth"."keys"
            where ("until" is null or case when true or isfinite("until") then "until" end > E'…') and ("id"::text in (E'…')) is not true)
        on conflict do nothing;

-- jwk::add
set transaction isolation level read committed; select pg_advisory_xact_lock(…);
        insert into "Auth"."keys" ("id", "public", "private", "made", "until", "algorithm", "curve")
        select E'…', E'…', E'…', E'…', E'…', E'…', E'…' where not exists (select 1 from "Auth"."keys"
            where ("until" is null or case when true or isfinite("until") then "until" end > E'…') and ("id"::text in (E'…')) is not true)
        on conflict do nothing;

-- social::refreshed
update "Auth"."Ways In" set "access" = $1, "refresh" = $2, "token's id" = $3,
        "access until" = $4, "refresh until" = $5, "changed" = $6
        where "id"::text = $7 and "who" = $8;

-- credential::replace, session::insert_checked
update "Auth"."Ways In" set "hash" = $1 where "who" = $2
        and "provider" = 'credential' and "their id" = $3 and "hash" = $4 returning 1;

-- jwk::replace_private
update "Auth"."keys" set "private" = $1 where "id"::text = $2 and "private" = $3;

-- jwk::retire
update "Auth"."keys" set "until" = $1
        where "id"::text = any($2) and ("until" is null or case when true or isfinite("until") then "until" end > $3);

-- one_time_code::extend
update "Auth"."secrets; drop table x" set "until" = $1, "changed" = $2
            where "which" = any($3);

-- session::update
update "Auth"."table" s set "changed" = $1
        where s."the token" = $2 returning s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text;

-- session::rename
update "Auth"."table" s set "id" = $1, "the token" = $2, "until" = $3, "made" = $4,
            "changed" = $5 where s."the token" = $6 returning s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text;

-- session::delete_own
update "Auth"."table" set "until" = $1 where "the token" = $2 and "who" = $3 and case when true or isfinite("until") then "until" end > $4;

-- session::delete
update "Auth"."table" set "until" = $1 where "the token" = $2 and case when true or isfinite("until") then "until" end > $3;

-- session::delete_each
update "Auth"."table" set "until" = $1 where "the token" = any($2) and case when true or isfinite("until") then "until" end > $3;

-- session::delete_others
update "Auth"."table" set "until" = $1 where "who" = $2 and "the token" <> $3 and case when true or isfinite("until") then "until" end > $4 and case when true or isfinite("until") then "until" end > $5;

-- account::change_password, account::reset_password, proven::clear_others, session::delete_all, unproven::clear
update "Auth"."table" set "until" = $1 where "who" = $2 and case when true or isfinite("until") then "until" end > $3;

-- session::extend
update "Auth"."table" set "until" = $1, "changed" = $2 where "the token" = $3 returning 1;

-- user::update
update "Auth"."the ""people""" u set "Name, given" = coalesce($1, u."Name, given"),
            "select" = case when $2 then $3 else u."select" end, "changed" = $4
        where u."id" = $5 and ($6::text is null or exists (select 1 from "Auth"."table" where "the token" = $7)) returning u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed";

-- user::update
update "Auth"."the ""people""" u set "Name, given" = coalesce($1, u."Name, given"),
            "select" = case when $2 then $3 else u."select" end, "changed" = $4
        where u."id" = $5 and true returning u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed";

-- social::known
with a as (select * from "Auth"."Ways In" where "provider" = $1 and "their id" = $2 limit 2) select a."id"::text, a."their id"::text, a."provider"::text, a."who"::text, a."access"::text, a."refresh"::text, a."token's id"::text, a."access until", a."refresh until", a."scopes"::text, a."made", a."changed", u."id" is not null, u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from a left join "Auth"."the ""people""" u on u."id" = a."who" union all select null, null, null, null, null, null, null, null, null, null, null, null, true, u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from "Auth"."the ""people""" u where u."e-mail" = $3 and not exists (select 1 from a);

-- account::change_password
with changed as (update "Auth"."Ways In" set "hash" = $1, "changed" = $2
        where "who" = $3 and "provider" = 'credential' and "their id" = $4
            and "hash" = $5 and ($6::text is null or exists (select 1 from "Auth"."table" where "the token" = $7)) returning "who" as "id"), overtaken as (delete from "Auth"."secrets; drop table x" where "whose" in (select "id"::text from changed)) select 1 from changed;

-- account::change_password
with changed as (update "Auth"."Ways In" set "hash" = $1, "changed" = $2
        where "who" = $3 and "provider" = 'credential' and "their id" = $4
            and "hash" = $5 and true returning "who" as "id") select 1 from changed;

-- session::insert_checked
with checked as (select 1 from "Auth"."the ""people""" u, "Auth"."Ways In" a where u."id" = $1 and a."who" = $2
            and a."provider" = 'credential' and a."their id" = $3 and a."hash" = $4
            limit 1 for key share of u for share of a)
        insert into "Auth"."table" as s ("id", "the token", "who", "until", "made", "changed", "from", "with") select $5, $6, $7, $8, $9, $10, $11, $12 from checked
         returning s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text;

-- session::insert_checked
with checked as (select 1 from "Auth"."the ""people""" u, "Auth"."Ways In" a where u."id" = $1 and a."who" = $2
            and a."provider" = 'credential' and a."their id" = $3 and a."hash" = $4
            limit 1 for key share of u for share of a)
        insert into "Auth"."table" as s ("id", "the token", "who", "until", "made", "changed", "from", "with") select $5, $6, $7, $8, $9, $10, $11, $12 from checked
        on conflict ("the token") do update set "the token" = excluded."the token" returning s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text;

-- unproven::contest, verification::insert
with cleaned as (delete from "Auth"."secrets; drop table x" where $1 and case when true or isfinite("until") then "until" end < $2)
        insert into "Auth"."secrets; drop table x" ("id", "which", "whose",
            "until", "made", "changed")
        values ($3, $4, $5, $6, $7, $8) on conflict do nothing;

-- limit::take
with forgotten as (delete from "Auth"."limits" where "id" in (
        select "id" from "Auth"."limits" where "last" < $1 and "who" <> $2
        limit 1000 for update skip locked)), counted as (insert into "Auth"."limits" as r ("id", "who", "times", "last")
        values ($3, $4, 1, $5) on conflict ("who") do update set "last" = $6,
        "times" = case when $7 - r."last" >= $8 then 1 else r."times" + 1 end
    where ($9 - r."last" >= $10 or r."times" < $11) returning 1) select exists (select 1 from counted), (select max("last")::bigint from "Auth"."limits" where "who" = $12);

-- user::import
with given as materialized (select g.* from jsonb_populate_recordset(null::"Auth"."the ""people""", $1::jsonb) g),
    ways as materialized (select w.*, w."provider"::text as gatepost_provider from rows from (jsonb_populate_recordset(null::"Auth"."Ways In", $2::jsonb),
        jsonb_to_recordset($3::jsonb) as ("gatepost owner" text)) w),
    known as materialized (select u."e-mail" as email from "Auth"."the ""people""" u join given g on g."e-mail" = u."e-mail"),
    taken as materialized (select w."gatepost owner" as email from ways w join "Auth"."Ways In" a
        on a."provider" = w."provider" and a."their id" = w."their id"),
    new_user as (insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed") select "id", "Name, given", "e-mail", "is verified", "select", "made", "changed"
    from given g where not exists (select 1 from known k where k.email = g."e-mail")
        and not exists (select 1 from taken t where t.email = g."e-mail"::text) on conflict do nothing returning *),
    new_account as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who",
            "hash", "made", "changed")
        select w.id, coalesce(w."their id"::text, u."id"::text), w."provider", u."id",
            w."hash", $4, $5 from new_user u join ways w on w."gatepost owner" = u."e-mail"::text)
    select g."e-mail"::text, exists (select 1 from new_user n where n."e-mail" = g."e-mail"),
        exists (select 1 from known k where k.email = g."e-mail") from given g;

-- user::import
with given as materialized (select g.* from jsonb_populate_recordset(null::"Auth"."the ""people""", $1::jsonb) g),
    ways as materialized (select w.*, w."provider"::text as gatepost_provider from rows from (jsonb_populate_recordset(null::"Auth"."Ways In", $2::jsonb),
        jsonb_to_recordset($3::jsonb) as ("gatepost owner" text)) w),
    known as materialized (select u."e-mail" as email from "Auth"."the ""people""" u join given g on g."e-mail" = u."e-mail"),
    taken as materialized (select w."gatepost owner" as email from ways w join "Auth"."Ways In" a
        on a."provider" = w."provider" and a."their id" = w."their id"),
    new_user as (insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed") select "id", "Name, given", "e-mail", "is verified", "select", "made", "changed"
    from given g where not exists (select 1 from known k where k.email = g."e-mail")
        and not exists (select 1 from taken t where t.email = g."e-mail"::text) on conflict do nothing returning *),
    new_account as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who",
            "hash", "made", "changed", "issuer")
        select w.id, coalesce(w."their id"::text, u."id"::text), w."provider", u."id",
            w."hash", $4, $5, case gatepost_provider when 'credential' then 'local:credential' else 'local:oauth:' || gatepost_provider end from new_user u join ways w on w."gatepost owner" = u."e-mail"::text)
    select g."e-mail"::text, exists (select 1 from new_user n where n."e-mail" = g."e-mail"),
        exists (select 1 from known k where k.email = g."e-mail") from given g;

-- user::insert
with new_user as (
    insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("e-mail") do nothing returning *
), new_account as (
    insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "hash", "made", "changed")
    select $8, u."id"::text, 'credential', u."id", $9, $10, $11 from new_user u
) select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from new_user u;

-- user::insert
with new_user as (
    insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("e-mail") do nothing returning *
), new_account as (
    insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "hash", "made", "changed")
    select $8, u."id"::text, 'credential', u."id", $9, $10, $11 from new_user u
), new_session as (
    insert into "Auth"."table" ("id", "the token", "who", "until", "made", "changed", "from", "with")
    select $12, $13, u."id", $14, $15, $16, $17, $18 from new_user u returning *
) select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed", s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text from new_user u, new_session s;

-- user::insert_alone
with new_user as (insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed") select $1, $2, $3, $4, $5, $6, $7 on conflict ("e-mail") do nothing returning *) select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed" from new_user u;

-- user::insert_alone
with new_user as (insert into "Auth"."the ""people""" ("id", "Name, given", "e-mail", "is verified", "select", "made", "changed") select $1, $2, $3, $4, $5, $6, $7 on conflict ("e-mail") do nothing returning *), new_session as (insert into "Auth"."table" ("id", "the token", "who", "until", "made", "changed", "from", "with") select $8, $9, u."id", $10, $11, $12, $13, $14 from new_user u returning *)
    select u."id"::text, u."Name, given"::text, u."e-mail"::text, u."is verified", u."select"::text, u."made", u."changed", s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text from new_user u, new_session s;

-- account::unlink
with own as (select 1 from "Auth"."Ways In" where "who" = $1 order by "id" for update),
        gone as (delete from "Auth"."Ways In" where "id"::text = $2 and "who" = $3
            and ($4 or (select count(*) from own) <> 1) and ($5::text is null or exists (select 1 from "Auth"."table" where "the token" = $6)) returning 1)
        select (select count(*) from own) = 1 and not $7, exists (select 1 from gone);

-- account::unlink
with own as (select 1 from "Auth"."Ways In" where "who" = $1 order by "id" for update),
        gone as (delete from "Auth"."Ways In" where "id"::text = $2 and "who" = $3
            and ($4 or (select count(*) from own) <> 1) and true returning 1)
        select (select count(*) from own) = 1 and not $5, exists (select 1 from gone);

-- session::insert_checked
with owner as (select 1 from "Auth"."the ""people""" u where u."id" = $1 for key share), checked as (update "Auth"."Ways In" a
            set "hash" = $2 from owner where a."who" = $3
            and a."provider" = 'credential' and a."their id" = $4 and a."hash" = $5
            returning 1)
        insert into "Auth"."table" as s ("id", "the token", "who", "until", "made", "changed", "from", "with") select $6, $7, $8, $9, $10, $11, $12, $13 where exists (select 1 from checked)
         returning s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text;

-- session::insert_checked
with owner as (select 1 from "Auth"."the ""people""" u where u."id" = $1 for key share), checked as (update "Auth"."Ways In" a
            set "hash" = $2 from owner where a."who" = $3
            and a."provider" = 'credential' and a."their id" = $4 and a."hash" = $5
            returning 1)
        insert into "Auth"."table" as s ("id", "the token", "who", "until", "made", "changed", "from", "with") select $6, $7, $8, $9, $10, $11, $12, $13 where exists (select 1 from checked)
        on conflict ("the token") do update set "the token" = excluded."the token" returning s."id"::text, s."until", s."the token"::text, s."made", s."changed", s."from", s."with"::text, s."who"::text;

-- cleanup::remove
with page as (select t."id" as id, coalesce(case when true or isfinite(t."until") then t."until" end < $1, false) as over from "Auth"."secrets; drop table x" t
            where $2 or t."id" > $3 order by t."id" limit $4),
        removed as (delete from "Auth"."secrets; drop table x" t where t."id" in (
            select t."id" from "Auth"."secrets; drop table x" t where t."id" in (select id from page where over)
            for update skip locked) returning 1)
        select (select count(*) from removed), (select id::text from page order by id desc limit 1);

-- cleanup::remove
with page as (select t."id" as id, coalesce(case when true or isfinite(t."until") then t."until" end < $1, false) as over from "Auth"."table" t
            where $2 or t."id" > $3 order by t."id" limit $4),
        removed as (delete from "Auth"."table" t where t."id" in (
            select t."id" from "Auth"."table" t where t."id" in (select id from page where over)
            for update skip locked) returning 1)
        select (select count(*) from removed), (select id::text from page order by id desc limit 1);

-- cleanup::remove
with page as (select t."id" as id, coalesce(t."last" < $1, false) as over from "Auth"."limits" t
            where $2 or t."id" > $3 order by t."id" limit $4),
        removed as (delete from "Auth"."limits" t where t."id" in (
            select t."id" from "Auth"."limits" t where t."id" in (select id from page where over)
            for update skip locked) returning 1)
        select (select count(*) from removed), (select id::text from page order by id desc limit 1);

-- social::write
with taken as (select 1 from "Auth"."the ""people""" where "e-mail" = $1 and not "id" = $2 limit 1),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 where $15
        and (exists (select 1 from "Auth"."the ""people""" where "id" = $16 and "e-mail" = $17 for no key update) or $18 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "Auth"."Ways In" where "provider" = $19 and "their id" = $20)
    returning "id"::text as id
), kept as (update "Auth"."Ways In" set "access" = $21, "refresh" = $22, "token's id" = $23,
        "access until" = $24, "refresh until" = $25, "scopes" = $26, "changed" = $27
    where not $28 and not exists (select 1 from taken) and "id"::text = $29 and "who" = $30 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "Auth"."the ""people""" set "Name, given" = coalesce($31, "Name, given"),
        "select" = case when $32 then $33 else "select" end, "e-mail" = coalesce($34, "e-mail"),
        "is verified" = case when $35::text is not null or "e-mail" = $36 then coalesce($37, "is verified")
            else "is verified" end, "changed" = $38
    where $39 and "id" = $40 and exists (select 1 from done)),
moved as (select "id" from "Auth"."the ""people""" where $41 and "id" = $42 and not "e-mail" = $43 and exists (select 1 from done)),
overtaking as (update "Auth"."Ways In" a set "changed" = $44 from "Auth"."the ""people""" u where u."id" in (select "id" from moved) and a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;

-- social::write
with taken as (select 1 from "Auth"."the ""people""" where "e-mail" = $1 and not "id" = $2 limit 1),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 where $15
        and (exists (select 1 from "Auth"."the ""people""" where "id" = $16 and "e-mail" = $17 for no key update) or $18 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "Auth"."Ways In" where "provider" = $19 and "their id" = $20)
    returning "id"::text as id
), kept as (update "Auth"."Ways In" set "access" = $21, "refresh" = $22, "token's id" = $23,
        "access until" = $24, "refresh until" = $25, "scopes" = $26, "changed" = $27
    where not $28 and not exists (select 1 from taken) and "id"::text = $29 and "who" = $30 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "Auth"."the ""people""" set "Name, given" = coalesce($31, "Name, given"),
        "select" = case when $32 then $33 else "select" end, "e-mail" = coalesce($34, "e-mail"),
        "is verified" = case when $35::text is not null or "e-mail" = $36 then coalesce($37, "is verified")
            else "is verified" end, "changed" = $38
    where $39 and "id" = $40 and exists (select 1 from done)),
moved as (select "id" from "Auth"."the ""people""" where $41 and "id" = $42 and not "e-mail" = $43 and exists (select 1 from done)),
overtaking as (update "Auth"."Ways In" a set "changed" = $44 from "Auth"."the ""people""" u where u."id" in (select "id" from moved) and a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text), overtaken as (delete from "Auth"."secrets; drop table x" where "whose" in (select "id"::text from moved)) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;

-- social::write
with taken as (select 1 from "Auth"."the ""people""" where "e-mail" = $1 and not "id" = $2 limit 1),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text where $16
        and (exists (select 1 from "Auth"."the ""people""" where "id" = $17 and "e-mail" = $18 for no key update) or $19 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "Auth"."Ways In" where "provider" = $20 and "their id" = $21)
    returning "id"::text as id
), kept as (update "Auth"."Ways In" set "access" = $22, "refresh" = $23, "token's id" = $24,
        "access until" = $25, "refresh until" = $26, "scopes" = $27, "changed" = $28
    where not $29 and not exists (select 1 from taken) and "id"::text = $30 and "who" = $31 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "Auth"."the ""people""" set "Name, given" = coalesce($32, "Name, given"),
        "select" = case when $33 then $34 else "select" end, "e-mail" = coalesce($35, "e-mail"),
        "is verified" = case when $36::text is not null or "e-mail" = $37 then coalesce($38, "is verified")
            else "is verified" end, "changed" = $39
    where $40 and "id" = $41 and exists (select 1 from done)),
moved as (select "id" from "Auth"."the ""people""" where $42 and "id" = $43 and not "e-mail" = $44 and exists (select 1 from done)),
overtaking as (update "Auth"."Ways In" a set "changed" = $45 from "Auth"."the ""people""" u where u."id" in (select "id" from moved) and a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;

-- social::write
with taken as (select 1 from "Auth"."the ""people""" where "e-mail" = $1 and not "id" = $2 limit 1),
    made as (insert into "Auth"."Ways In" ("id", "their id", "provider", "who", "access", "refresh", "token's id", "access until", "refresh until", "scopes", "made", "changed", "issuer") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text where $16
        and (exists (select 1 from "Auth"."the ""people""" where "id" = $17 and "e-mail" = $18 for no key update) or $19 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "Auth"."Ways In" where "provider" = $20 and "their id" = $21)
    returning "id"::text as id
), kept as (update "Auth"."Ways In" set "access" = $22, "refresh" = $23, "token's id" = $24,
        "access until" = $25, "refresh until" = $26, "scopes" = $27, "changed" = $28
    where not $29 and not exists (select 1 from taken) and "id"::text = $30 and "who" = $31 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "Auth"."the ""people""" set "Name, given" = coalesce($32, "Name, given"),
        "select" = case when $33 then $34 else "select" end, "e-mail" = coalesce($35, "e-mail"),
        "is verified" = case when $36::text is not null or "e-mail" = $37 then coalesce($38, "is verified")
            else "is verified" end, "changed" = $39
    where $40 and "id" = $41 and exists (select 1 from done)),
moved as (select "id" from "Auth"."the ""people""" where $42 and "id" = $43 and not "e-mail" = $44 and exists (select 1 from done)),
overtaking as (update "Auth"."Ways In" a set "changed" = $45 from "Auth"."the ""people""" u where u."id" in (select "id" from moved) and a."who" = u."id" and a."provider" = 'credential' and a."their id"::text = u."id"::text), overtaken as (delete from "Auth"."secrets; drop table x" where "whose" in (select "id"::text from moved)) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
