-- Every statement that the service sends, with additional fields of users, sessions and accounts, with usernames, phone numbers, second factors, invitations, API keys, passkeys, administration and organizations.
-- Above each are the functions of the store that send it. E'…' stands for any text, and … for the number of a lock.
-- 49 more statements are the same as in default.sql.
-- Written by GATEPOST_WRITE_STATEMENTS=1 cargo test --test gatepost statement_texts

-- user::insert_undone
begin isolation level read committed; savepoint undone;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $8, $9 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $10, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $11::text), $12 from new_user u where $13 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $14, o."id", u."id", $15, $16 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $17, o."name", 1, o."id", $18 from founded o where $19 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $20, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $21 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $22, u."id"::text, 'credential', u."id", $23, $24, $25, $26 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- user::insert_undone
begin isolation level read committed; savepoint undone;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $9, $10 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $11, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $12::text), $13 from new_user u where $14 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $15, o."id", u."id", $16, $17 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $18, o."name", 1, o."id", $19 from founded o where $20 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $21, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $22 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $23, u."id"::text, 'credential', u."id", $24, $25, $26, 'local:credential', $27 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- user::insert_undone
begin isolation level read committed; savepoint undone;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $9, $10 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $11, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $12::text), $13 from new_user u where $14 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $15, o."id", u."id", $16, $17 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $18, o."name", 1, o."id", $19 from founded o where $20 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $21, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $22 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $23, u."id"::text, 'credential', u."id", $24, $25, $26, $27 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- user::insert_undone
begin isolation level read committed; savepoint undone;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note")
    select $1, $2, $3, $4, $5, $6, $7, $8, $9 on conflict ("email") do nothing returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $10, $11 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $12, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $13::text), $14 from new_user u where $15 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $16, o."id", u."id", $17, $18 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $19, o."name", 1, o."id", $20 from founded o where $21 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $22, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $23 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $24, u."id"::text, 'credential', u."id", $25, $26, $27, $28 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- user::insert_undone
begin isolation level read committed; savepoint undone;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note")
    select $1, $2, $3, $4, $5, $6, $7, $8, $9 where not exists (select 1 from "user" where "email" = $10) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $11, $12 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $13, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $14::text), $15 from new_user u where $16 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $17, o."id", u."id", $18, $19 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $20, o."name", 1, o."id", $21 from founded o where $22 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $23, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $24 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $25, u."id"::text, 'credential', u."id", $26, $27, $28, 'local:credential', $29 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- organization::delete
begin isolation level read committed; select 1 from "organization" o where o."id" = E'…' for no key update;
with acting as (select 1 where exists (select 1 from "member" a where a."organizationId" = $1
    and a."userId" = $2 and a."role"::text = $3)),
        members as (delete from "member" m using acting where m."organizationId" = $4),
        invitations as (delete from "invitation" i using acting where i."organizationId" = $5)
        delete from "organization" o using acting where o."id" = $6 returning 1;
commit;

-- team_members::add
begin isolation level read committed; select 1 from "organization" o where o."id" = E'…' for no key update;
with acting as (select exists (select 1 from "member" a where a."organizationId" = $1
    and a."userId" = $2 and a."role"::text = $3) as acts),
        person as (select m."userId" as id from "member" m where m."organizationId" = $4
            and m."userId"::text = $5 limit 1),
        wanted as (select g."id" as id, (select count(*) from "teamMember" c where c."teamId" = g."id") as taken
            from "team" g where g."id"::text = $6 and g."organizationId" = $7),
        present as (select x.* from "teamMember" x, wanted w, person p where x."teamId" = w.id
            and x."userId" = p.id order by x."id" limit 1),
        open as (select w.id, w.taken, p.id as user_id from wanted w, acting a, person p where a.acts
            and not exists (select 1 from present) and ($8::bigint is null or w.taken < $9::bigint)),
        counted as (update "team" g set "memberCount" = o.taken + 1 from open o where g."id" = o.id),
        made as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
                "createdAt") select $10, o.id, o.user_id, translate(rtrim(encode(sha256(convert_to('[' || to_json(o.id::text)::text || ',' || to_json(o.user_id::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $11 from open o returning *)
        select a.acts, exists (select 1 from person), exists (select 1 from wanted), t."id" is not null, t."id"::text, t."teamId"::text, t."userId"::text, t."createdAt" from acting a
            left join (select * from made union all select * from present) t on true;
commit;

-- team_members::remove
begin isolation level read committed; select 1 from "organization" o where o."id" = E'…' for no key update;
with acting as (select exists (select 1 from "member" a where a."organizationId" = $1
    and a."userId" = $2 and a."role"::text = $3) as acts, exists (select 1 from "member" m where m."organizationId" = $4 and m."userId"::text = $5) as is_member),
        wanted as (select g."id" as id from "team" g where g."id"::text = $6 and g."organizationId" = $7),
        gone as (delete from "teamMember" x using wanted w, acting a where a.acts and a.is_member and x."teamId" = w.id
            and x."userId"::text = $8 returning 1),
        counted as (update "team" g set "memberCount" = (select count(*) from "teamMember" c where c."teamId" = w.id)
                - (select count(*) from gone) from wanted w where g."id" = w.id and exists (select 1 from gone))
        select a.acts, a.is_member, exists (select 1 from wanted), exists (select 1 from gone) from acting a;
commit;

-- members::set_role
begin isolation level read committed; select 1 from "organization" o where o."id" = E'…' for no key update;
with changed as (update "member" m set "role" = $1 where m."organizationId" = $2 and m."userId" = $3
            and exists (select 1 from "member" y where y."organizationId" = $4 and y."userId" = $5
                and y."role"::text = $6) and exists (select 1 from "member" a where a."organizationId" = $7
    and a."userId" = $8 and a."role"::text = $9) and (not $10 = any (regexp_split_to_array(trim(m."role"::text), '[[:space:]]*,[[:space:]]*')) or $11 = any (string_to_array($12, ',')) or exists (select 1 from "member" x where x."organizationId" = $13
    and x."userId" <> m."userId"
    and $14 = any (regexp_split_to_array(trim(x."role"::text), '[[:space:]]*,[[:space:]]*')))) and not exists (select 1 from unnest($15::text[]) p(name) where not exists (select 1
                from "organizationRole" r where r."organizationId" = $16
                and r."role"::text = p.name)) returning *)
        select m."id"::text, m."organizationId"::text, m."userId"::text, m."role"::text, m."createdAt" from changed m order by m."id" limit 1;
commit;

-- teams::remove
begin isolation level read committed; select 1 from "organization" o where o."id" = E'…' for no key update;
with found as (select g."id" as id, $1 or exists (select 1 from "team" x where x."organizationId" = $2
                and x."id" <> g."id") as may_go
            from "team" g where g."id"::text = $3 and g."organizationId" = $4 and exists (select 1 from "member" a where a."organizationId" = $5
    and a."userId" = $6 and a."role"::text = $7)),
        members as (delete from "teamMember" x using found f where x."teamId" = f.id and f.may_go),
        invitations as (update "invitation" i set "teamId" = nullif(array_to_string(
                array_remove(string_to_array(i."teamId"::text, ','), f.id::text), ','), '')
            from found f where f.may_go and i."organizationId" = $8 and i."status" = 'pending'
            and case when true or isfinite(i."expiresAt") then i."expiresAt" end > $9 and f.id::text = any (string_to_array(i."teamId"::text, ','))),
        gone as (delete from "team" g using found f where g."id" = f.id and f.may_go)
        select f.may_go from found f;
commit;

-- roles::delete
begin isolation level read committed; select 1 from "organization" o where o."id" = E'…' for no key update;
with found as (select x."id" as id, not exists (select 1 from "member" m where m."organizationId" = $1
                and x."role"::text = any (regexp_split_to_array(trim(m."role"::text), '[[:space:]]*,[[:space:]]*')))
                as may_go
            from "organizationRole" x where x."id" = $2 and x."organizationId" = $3 and exists (select 1 from "member" a where a."organizationId" = $4
    and a."userId" = $5 and a."role"::text = $6)),
        gone as (delete from "organizationRole" x using found f where x."id" = f.id and f.may_go)
        select f.may_go from found f;
commit;

-- roles::update
begin isolation level read committed; select 1 from "organization" o where o."id" = E'…' for no key update;
with free as (select not exists (select 1 from "organizationRole" x where x."organizationId" = $1
                and x."role" = $2) as is_free),
        changed as (update "organizationRole" o set "updatedAt" = $3,
                "role" = coalesce($4, o."role"),
                "permission" = coalesce($5, o."permission")
            from free f where f.is_free and o."id" = $6 and o."organizationId" = $7 and exists (select 1 from "member" a where a."organizationId" = $8
    and a."userId" = $9 and a."role"::text = $10) returning 1)
        select f.is_free, exists (select 1 from changed) from free f;
commit;

-- members::remove
begin isolation level read committed; select 1 from "organization" o where o."id" = E'…' for no key update;
with gone as (delete from "member" m where m."organizationId" = $1 and m."userId" = $2
            and exists (select 1 from "member" y where y."organizationId" = $3 and y."userId" = $4
                and y."role"::text = $5) and exists (select 1 from "member" a where a."organizationId" = $6
    and a."userId" = $7 and a."role"::text = $8) and (not $9 = any (regexp_split_to_array(trim(m."role"::text), '[[:space:]]*,[[:space:]]*')) or exists (select 1 from "member" x where x."organizationId" = $10
    and x."userId" <> m."userId"
    and $11 = any (regexp_split_to_array(trim(x."role"::text), '[[:space:]]*,[[:space:]]*')))) returning 1),
        seats as (delete from "teamMember" x using "team" g where g."organizationId" = $12
            and x."teamId" = g."id" and x."userId" = $13 and exists (select 1 from gone)
            returning g."id" as id),
        freed as (update "team" g set "memberCount" = greatest(g."memberCount" - f.number, 0)
            from (select s.id, count(*) as number from seats s group by s.id) f where g."id" = f.id)
        select 1 from gone limit 1;
commit;

-- operator::remove
begin isolation level read committed; select 1 from "organization" o where o."id" = E'…' for no key update;
with members as (delete from "member" m where m."organizationId" = $1),
        invitations as (delete from "invitation" i where i."organizationId" = $2)
        delete from "organization" o where o."id" = $3 returning 1;
commit;

-- invitations::invite
begin isolation level read committed; select 1 from "organization" o where o."id" = E'…' for no key update;
with pending as (select i."email" as email from "invitation" i where i."organizationId" = $1
                and i."status" = 'pending' and case when true or isfinite(i."expiresAt") then i."expiresAt" end > $2
                and (i."id" = $3) is not true),
        open as (select 1 where exists (select 1 from "member" a where a."organizationId" = $4
    and a."userId" = $5 and a."role"::text = $6) and (select count(*) from pending) < $7::bigint and not exists (select 1 from pending p where p.email = $8)
            and not exists (select 1 from "member" m join "user" u on u."id" = m."userId"
                where m."organizationId" = $9 and u."email" = $10)
            and not exists (select 1 from unnest(string_to_array($11::text, ',')) p(id) where not exists (select 1 from "team" g
                where g."organizationId" = $12 and g."id"::text = p.id))),
        canceled as (update "invitation" i set "status" = 'canceled' from open
            where i."id" = $13 and i."status" = 'pending'),
        made as (insert into "invitation" ("id", "organizationId", "email", "role",
                "status", "expiresAt", "createdAt", "inviterId",
                "teamId")
            select $14, $15, $16, $17, 'pending', $18, $19, $20, $21 from open returning *)
        select i."id"::text, i."organizationId"::text, i."email"::text, i."role"::text, i."teamId"::text, i."status"::text, i."expiresAt", i."createdAt", i."inviterId"::text from made i;
commit;

-- teams::create
begin isolation level read committed; select 1 from "organization" o where o."id" = E'…' for no key update;
with room as (select exists (select 1 from "member" a where a."organizationId" = $1
    and a."userId" = $2 and a."role"::text = $3) as acts, $4::bigint is null or (select count(*) from "team" g where g."organizationId" = $5) < $6::bigint as has_room),
        made as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt",
                "updatedAt")
            select $7, $8, 0, $9, $10, $11 from room r where r.acts and r.has_room returning *)
        select r.acts, r.has_room, t."id"::text, t."name"::text, t."organizationId"::text, t."createdAt", t."updatedAt" from room r left join made t on true;
commit;

-- roles::create
begin isolation level read committed; select 1 from "organization" o where o."id" = E'…' for no key update;
with room as (select exists (select 1 from "member" a where a."organizationId" = $1
    and a."userId" = $2 and a."role"::text = $3) as acts, (select count(*) from "organizationRole" x where x."organizationId" = $4) < $5::bigint as has_room,
            not exists (select 1 from "organizationRole" x where x."organizationId" = $6
                and x."role" = $7) as is_free),
        made as (insert into "organizationRole" ("id", "organizationId", "role",
                "permission", "createdAt")
            select $8, $9, $10, $11, $12 from room r where r.acts and r.has_room and r.is_free returning *)
        select r.acts, r.has_room, r.is_free, o."id"::text, o."organizationId"::text, o."role"::text, o."permission"::text, o."createdAt", o."updatedAt" from room r left join made o on true;
commit;

-- invitations::accept
begin isolation level read committed; select 1 from "organization" o where o."id" = E'…' for no key update;
with wanted as (select g."id" as id, row_number() over (order by g."id") as number,
                (select count(*) from "teamMember" c where c."teamId" = g."id") as taken,
                exists (select 1 from "teamMember" c where c."teamId" = g."id" and c."userId" = $1) as is_in
            from "team" g where g."organizationId" = $2 and g."id"::text in
                (select unnest(string_to_array(i."teamId"::text, ',')) from "invitation" i where i."id" = $3)),
        ids as (select p."id" as id, u.number from unnest(string_to_array($4::text, ',')) with ordinality u(id, number),
            jsonb_populate_record(null::"teamMember", jsonb_build_object('id', u.id)) p),
        accepted as (update "invitation" i set "status" = 'accepted' where i."id" = $5
            and i."organizationId" = $6 and i."status" = 'pending'
            and case when true or isfinite(i."expiresAt") then i."expiresAt" end >= $7
            and (select count(*) from "member" m where m."organizationId" = $8) < $9::bigint
            and not exists (select 1 from "member" m where m."organizationId" = $10 and m."userId" = $11)
            and exists (select 1 from "member" m where m."organizationId" = $12
                and m."userId" = i."inviterId" and m."role"::text = $13)
            and exists (select 1 from "user" u where u."id" = $14 and u."email"::text = $15
                and (not $16 or not (coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1'))))
            and not exists (select 1 from unnest(string_to_array(i."teamId"::text, ',')) p(id)
                where p.id not in (select w.id::text from wanted w))
            and not exists (select 1 from wanted w where not w.is_in and w.taken >= $17::bigint) returning *),
        joined as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
            select $18, i."organizationId", $19, $20, $21 from accepted i returning *),
        placed as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
                "createdAt") select k.id, w.id, $22, translate(rtrim(encode(sha256(convert_to('[' || to_json(w.id::text)::text || ',' || to_json($23::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $24 from accepted i join wanted w on not w.is_in left join ids k on k.number = w.number),
        counted as (update "team" g set "memberCount" = w.taken + 1 from accepted i, wanted w
            where g."id" = w.id and not w.is_in)
        select i."id"::text, i."organizationId"::text, i."email"::text, i."role"::text, i."teamId"::text, i."status"::text, i."expiresAt", i."createdAt", i."inviterId"::text, m."id"::text, m."organizationId"::text, m."userId"::text, m."role"::text, m."createdAt" from accepted i, joined m;
commit;

-- unproven::contest
begin isolation level read committed; select 1 from "user" u where u."email" = E'…' for no key update;
    select 1 from "account" a, "user" u where u."email" = E'…' and a."userId" = u."id"
        and a."providerId" = 'credential' for update of a;
with owner as (select u.* from "user" u where u."email" = $1 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')), contested as (update "account" a set "password" = null from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and not exists (select 1 from "account" a where a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)))
        select case when exists (select 1 from "account" a where a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)) then (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) end, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from owner u;
commit;

-- user::delete, user::delete_by_secret
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
    select 1 from "organization" o where o."id" in (select m."organizationId" from "member" m
        where m."userId" = E'…') order by o."id" for no key update;
with owner as (select 1 from "user" where "id" = $1 and ($2::text is null or exists (select 1 from "account" where "userId" = $3
        and "providerId" = 'credential' and "accountId" = $4 and "password" = $5)) and not exists (select 1 from "member" m where m."userId" = $6
            and $7::text = any (regexp_split_to_array(trim(m."role"::text), '[[:space:]]*,[[:space:]]*'))
            and exists (select 1 from "member" y where y."organizationId" = m."organizationId"
                and y."userId" <> m."userId")
            and not exists (select 1 from "member" x where x."organizationId" = m."organizationId"
                and x."userId" <> m."userId"
                and $8::text = any (regexp_split_to_array(trim(x."role"::text), '[[:space:]]*,[[:space:]]*'))))), accounts as (delete from "account" where "userId" = $9 and exists (select 1 from owner)),
        deleted as (delete from "user" where "id" = $10 and exists (select 1 from owner)) select 1 from owner;
commit;

-- user::delete, user::delete_by_secret
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
    select 1 from "organization" o where o."id" in (select m."organizationId" from "member" m
        where m."userId" = E'…') order by o."id" for no key update;
with owner as (select 1 from "user" where "id" = $1 and ($2::text is null or exists (select 1 from "session" where "token" = $3)) and ($4::text is null or exists (select 1 from "account" where "userId" = $5
        and "providerId" = 'credential' and "accountId" = $6 and "password" = $7)) and not exists (select 1 from "member" m where m."userId" = $8
            and $9::text = any (regexp_split_to_array(trim(m."role"::text), '[[:space:]]*,[[:space:]]*'))
            and exists (select 1 from "member" y where y."organizationId" = m."organizationId"
                and y."userId" <> m."userId")
            and not exists (select 1 from "member" x where x."organizationId" = m."organizationId"
                and x."userId" <> m."userId"
                and $10::text = any (regexp_split_to_array(trim(x."role"::text), '[[:space:]]*,[[:space:]]*'))))),
        sessions as (delete from "session" where "userId" = $11 and exists (select 1 from owner)), accounts as (delete from "account" where "userId" = $12 and exists (select 1 from owner)),
        deleted as (delete from "user" where "id" = $13 and exists (select 1 from owner)) select 1 from owner;
commit;

-- user::delete_by_secret
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
    select 1 from "organization" o where o."id" in (select m."organizationId" from "member" m
        where m."userId" = E'…') order by o."id" for no key update;
with used as (delete from "verification"
            where "identifier" = any($1) and "value" = $2 returning case when true or isfinite("expiresAt") then "expiresAt" end as until),
        owner as (select 1 from used where until > $3 and not exists (select 1 from "member" m where m."userId" = $4
            and $5::text = any (regexp_split_to_array(trim(m."role"::text), '[[:space:]]*,[[:space:]]*'))
            and exists (select 1 from "member" y where y."organizationId" = m."organizationId"
                and y."userId" <> m."userId")
            and not exists (select 1 from "member" x where x."organizationId" = m."organizationId"
                and x."userId" <> m."userId"
                and $6::text = any (regexp_split_to_array(trim(x."role"::text), '[[:space:]]*,[[:space:]]*')))) limit 1),
        sessions as (delete from "session" where "userId" = $7 and exists (select 1 from owner)),
        accounts as (delete from "account" where "userId" = $8 and exists (select 1 from owner))
        delete from "user" where "id" = $9 and exists (select 1 from owner) returning 1;
commit;

-- mailed::confirm
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
update "user" u set "emailVerified" = 'true', "updatedAt" = $1
        where u."id" = $2 and u."email" = $3 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $4 and not exists (select 1 from "verification" v
            where v."identifier" = $5::text) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text;
commit;

-- mailed::confirm
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
update "user" u set "emailVerified" = 'true', "updatedAt" = $1
        where u."id" = $2 and u."email" = $3 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $4 returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text;
commit;

-- phone_number::prove
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
update "user" u set "phoneNumberVerified" = 'true', "updatedAt" = $1
        where u."id" = $2 and u."phoneNumber" = $3 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $4) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text;
commit;

-- account::change_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with changed as (update "account" set "password" = $1, "updatedAt" = $2
        where "userId" = $3 and "providerId" = 'credential' and "accountId" = $4
            and "password" = $5 and ($6::text is null or exists (select 1 from "session" where "token" = $7)) returning "userId" as "id"), overtaken as (delete from "verification" where "value" in (select "id"::text from changed)), revoked as (delete from "session" where "userId" = $8 and exists (select 1 from changed))
    insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") select $9, $10, $11, $12, $13, $14, $15, $16, $17
    where exists (select 1 from changed) returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text;
commit;

-- mailed::confirm
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with confirmed as (update "user" u set "emailVerified" = 'true', "updatedAt" = $1
        where u."id" = $2 and u."email" = $3 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $4 and not exists (select 1 from "verification" v
            where v."identifier" = $5::text) returning u.*), opened as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") select $6, $7, u."id", $8, $9, $10, $11, $12, $13 from confirmed u
        returning *) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from confirmed u, opened s;
commit;

-- mailed::open
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u."id" from "user" u where u."id" = $1 and u."email" = $2 and not exists (
            select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3))
        insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") select $4, $5, $6, $7, $8, $9, $10, $11, $12 from owner returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text;
commit;

-- admin::set_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and ($2::text is null or exists (select 1 from "session" where "token" = $3))), changed as (update "account" a set "password" = $4, "updatedAt" = $5 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $6, u."id"::text, 'credential', u."id", $7, $8, $9, 'local:credential', $10 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)) select 1 from owner;
commit;

-- admin::set_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and ($2::text is null or exists (select 1 from "session" where "token" = $3))), changed as (update "account" a set "password" = $4, "updatedAt" = $5 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $6, u."id"::text, 'credential', u."id", $7, $8, $9, $10 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)) select 1 from owner;
commit;

-- admin::set_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and true), changed as (update "account" a set "password" = $2, "updatedAt" = $3 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $4, u."id"::text, 'credential', u."id", $5, $6, $7, 'local:credential', $8 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)) select 1 from owner;
commit;

-- admin::set_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and true), changed as (update "account" a set "password" = $2, "updatedAt" = $3 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $4, u."id"::text, 'credential', u."id", $5, $6, $7, $8 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3)), removed as (delete from "account" a using owner u where $4 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $5, "updatedAt" = $6 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10, 'local:credential', $11 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3)), removed as (delete from "account" a using owner u where $4 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $5, "updatedAt" = $6 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10, 'local:credential', $11 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3)), removed as (delete from "account" a using owner u where $4 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $5, "updatedAt" = $6 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10, $11 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)) select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3)), removed as (delete from "account" a using owner u where $4 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $5, "updatedAt" = $6 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10, $11 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)) select 1 from owner;
commit;

-- phone_number::prove
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with proven as (update "user" u set "phoneNumberVerified" = 'true', "updatedAt" = $1
        where u."id" = $2 and u."phoneNumber" = $3 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $4) returning u.*), opened as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") select $5, $6, u."id", $7, $8, $9, $10, $11, $12 from proven u
        returning *) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from proven u, opened s;
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
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $12, u."id"::text, 'credential', u."id", $13, $14, $15, 'local:credential', $16 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), revoked as (delete from "session" where $17 and "userId" in (select "id" from owner)),
        overtaken as (delete from "verification" where "value" in (select "id"::text from owner)
            and not "identifier" = any($18)) select 1 from owner;
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
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $12, u."id"::text, 'credential', u."id", $13, $14, $15, $16 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), revoked as (delete from "session" where $17 and "userId" in (select "id" from owner)),
        overtaken as (delete from "verification" where "value" in (select "id"::text from owner)
            and not "identifier" = any($18)) select 1 from owner;
commit;

-- two_factor::replace_codes
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
update "twoFactor" t set "backupCodes" = $1 where t."id"::text = $2
        and t."userId" = $3 and ($4::text is null or exists (select 1 from "account" where "userId" = $5
        and "providerId" = 'credential' and "accountId" = $6 and "password" = $7)) returning 1;
commit;

-- two_factor::replace_codes
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
update "twoFactor" t set "backupCodes" = $1 where t."id"::text = $2
        and t."userId" = $3 and ($4::text is null or exists (select 1 from "session" where "token" = $5)) and ($6::text is null or exists (select 1 from "account" where "userId" = $7
        and "providerId" = 'credential' and "accountId" = $8 and "password" = $9)) returning 1;
commit;

-- codes::charge
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
with locked as (select 1 from "twoFactor" t where $1 and t."userId" = $2
    and case when true or isfinite(t."lockedUntil") then t."lockedUntil" end > $3), counting as (select 1 where not exists (select 1 from locked)), failed as (update "twoFactor" t set "failedVerificationCount" = case when t."lockedUntil" is null
    then coalesce(t."failedVerificationCount"::text, '0')::bigint + 1 else 1 end, "lockedUntil" = case when case when t."lockedUntil" is null
    then coalesce(t."failedVerificationCount"::text, '0')::bigint + 1 else 1 end >= $4 then $5 else nullif(t."lockedUntil", t."lockedUntil") end
        from counting where $6 and t."userId" = $7),
    made as (insert into "twoFactor" ("id", "secret", "backupCodes", "userId",
            "verified", "failedVerificationCount")
        select $8, $9, $10, $11, 'false', '1' from counting
        where $12 and not exists (select 1 from "twoFactor" where "userId" = $13)) select exists (select 1 from locked);
commit;

-- codes::charge
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
with locked as (select 1 from "twoFactor" t where $1 and t."userId" = $2
    and case when true or isfinite(t."lockedUntil") then t."lockedUntil" end > $3), newest as (select v."id" as id, v."value"::text as value,
            coalesce(case when true or isfinite(v."expiresAt") then v."expiresAt" end >= $4, false) as lives,
            coalesce(substring(v."value"::text from '[0-9]+$')::numeric, $5) as count
        from "verification" v where v."identifier" = any($6)
        order by case when true or isfinite(v."createdAt") then v."createdAt" end desc limit 1),
    heard as (select * from newest where lives and count < $7 and not exists (select 1 from locked)),
    counting as (select * from heard where not $8),
    charged as (update "verification" v set "value" = regexp_replace(w.value, '[0-9]+$', '') || (w.count + 1)::text,
            "createdAt" = $9, "updatedAt" = $10
        from counting w where v."id" = w.id),
    gone as (delete from "verification" v using newest w where v."identifier" = any($11)
        and not exists (select 1 from locked) and (v."id" <> w.id or not exists (select 1 from heard))), failed as (update "twoFactor" t set "failedVerificationCount" = case when t."lockedUntil" is null
    then coalesce(t."failedVerificationCount"::text, '0')::bigint + 1 else 1 end, "lockedUntil" = case when case when t."lockedUntil" is null
    then coalesce(t."failedVerificationCount"::text, '0')::bigint + 1 else 1 end >= $12 then $13 else nullif(t."lockedUntil", t."lockedUntil") end
        from counting where $14 and t."userId" = $15),
    made as (insert into "twoFactor" ("id", "secret", "backupCodes", "userId",
            "verified", "failedVerificationCount")
        select $16, $17, $18, $19, 'false', '1' from counting
        where $20 and not exists (select 1 from "twoFactor" where "userId" = $21)) select exists (select 1 from locked), n.lives, exists (select 1 from heard), n.value
    from (select 1) one left join newest n on true;
commit;

-- two_factor::enrol
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
with own as (select coalesce(lower(trim(t."verified"::text)), 'true') not in ('f', 'false', 'n', 'no', 'off', '0') as counts from "twoFactor" t where t."userId" = $1),
        open as (select 1 where not exists (select 1 from own where counts) and ($2::text is null or exists (select 1 from "account" where "userId" = $3
        and "providerId" = 'credential' and "accountId" = $4 and "password" = $5))),
        changed as (update "twoFactor" t set "secret" = $6, "backupCodes" = $7, "verified" = $8
            from open where t."userId" = $9),
        made as (insert into "twoFactor" ("id", "secret", "backupCodes", "userId",
                "verified", "failedVerificationCount")
            select $10, $11, $12, $13, $14, '0' from open where not exists (select 1 from own))
        select 1 from open;
commit;

-- two_factor::enrol
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
with own as (select coalesce(lower(trim(t."verified"::text)), 'true') not in ('f', 'false', 'n', 'no', 'off', '0') as counts from "twoFactor" t where t."userId" = $1),
        open as (select 1 where not exists (select 1 from own where counts) and ($2::text is null or exists (select 1 from "session" where "token" = $3)) and ($4::text is null or exists (select 1 from "account" where "userId" = $5
        and "providerId" = 'credential' and "accountId" = $6 and "password" = $7))),
        changed as (update "twoFactor" t set "secret" = $8, "backupCodes" = $9, "verified" = $10
            from open where t."userId" = $11),
        made as (insert into "twoFactor" ("id", "secret", "backupCodes", "userId",
                "verified", "failedVerificationCount")
            select $12, $13, $14, $15, $16, '0' from open where not exists (select 1 from own))
        select 1 from open;
commit;

-- two_factor::disable
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
with owner as (select u."id" from "user" u where u."id" = $1 and ($2::text is null or exists (select 1 from "account" where "userId" = $3
        and "providerId" = 'credential' and "accountId" = $4 and "password" = $5))),
        gone as (delete from "twoFactor" where "userId" in (select "id" from owner)), overtaking as (update "account" a set "updatedAt" = $6 from owner u where $7 and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text) update "user" u set "twoFactorEnabled" = 'false', "updatedAt" = $8
        where u."id" in (select "id" from owner) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text;
commit;

-- two_factor::disable
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
with owner as (select u."id" from "user" u where u."id" = $1 and ($2::text is null or exists (select 1 from "session" where "token" = $3)) and ($4::text is null or exists (select 1 from "account" where "userId" = $5
        and "providerId" = 'credential' and "accountId" = $6 and "password" = $7))),
        gone as (delete from "twoFactor" where "userId" in (select "id" from owner)), overtaking as (update "account" a set "updatedAt" = $8 from owner u where $9 and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)) update "user" u set "twoFactorEnabled" = 'false', "updatedAt" = $10
        where u."id" in (select "id" from owner) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text;
commit;

-- organization::create
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
with room as (select $1::bigint is null or (select count(*) from "member" m where m."userId" = $2)
                < $3::bigint as has_room,
            not exists (select 1 from "organization" o where o."slug" = $4) as is_free),
        made as (insert into "organization" ("id", "name", "slug", "logo",
                "createdAt", "metadata")
            select $5, $6, $7, $8, $9, $10 from room where has_room and is_free returning *),
        joined as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
            select $11, o."id", $12, $13, $14 from made o returning *),
        grouped as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
            select $15, o."name", 1, o."id", $16 from made o where $17 returning *),
        placed as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
                "createdAt") select $18, t."id", $19, translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json($20::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $21 from grouped t)
        select r.has_room, r.is_free, o."id"::text, o."name"::text, o."slug"::text, o."logo"::text, o."createdAt", o."metadata"::text, m."id"::text, m."organizationId"::text, m."userId"::text, m."role"::text, m."createdAt", t."id"::text from room r
            left join made o on true left join joined m on true left join grouped t on true;
commit;

-- codes::count
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
with there as (select v."id" as id, substring(v."value"::text from '[0-9]+$')::bigint as count
            from "verification" v where v."identifier" = any($1) and case when true or isfinite(v."expiresAt") then v."expiresAt" end >= $2 limit 1),
        more as (update "verification" v set "value" = 'used:' || (w.count + 1)::text
            from there w where v."id" = w.id),
        made as (insert into "verification" ("id", "identifier", "value",
                "expiresAt", "createdAt", "updatedAt")
            select $3, $4, 'used:1', $5, $6, $7 where not exists (select 1 from there))
        select coalesce((select count from there), 0) + 1;
commit;

-- two_factor::enable
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
with verified as (update "twoFactor" t set "verified" = 'true'
            where t."userId" = $1 and t."id"::text = $2 and ($3::text is null or exists (select 1 from "account" where "userId" = $4
        and "providerId" = 'credential' and "accountId" = $5 and "password" = $6)))
        update "user" u set "twoFactorEnabled" = 'true', "updatedAt" = $7
        where u."id" = $8 and ($9::text is null or exists (select 1 from "account" where "userId" = $10
        and "providerId" = 'credential' and "accountId" = $11 and "password" = $12)) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text;
commit;

-- two_factor::enable
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
with verified as (update "twoFactor" t set "verified" = 'true'
            where t."userId" = $1 and t."id"::text = $2 and ($3::text is null or exists (select 1 from "session" where "token" = $4)) and ($5::text is null or exists (select 1 from "account" where "userId" = $6
        and "providerId" = 'credential' and "accountId" = $7 and "password" = $8)))
        update "user" u set "twoFactorEnabled" = 'true', "updatedAt" = $9
        where u."id" = $10 and ($11::text is null or exists (select 1 from "session" where "token" = $12)) and ($13::text is null or exists (select 1 from "account" where "userId" = $14
        and "providerId" = 'credential' and "accountId" = $15 and "password" = $16)) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text;
commit;

-- link::link
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update; select pg_advisory_xact_lock(…);
with live as (select 1 from "user" where "id" = $1 and ($2::text is null or exists (select 1 from "session" where "token" = $3))),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer", "its origin") select $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'local:oauth:' || $16::text, $17 from live where $18
        and not exists (select 1 from "account" where "providerId" = $19 and "accountId" = $20)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $21, "refreshToken" = $22, "idToken" = $23,
        "accessTokenExpiresAt" = $24, "refreshTokenExpiresAt" = $25, "scope" = $26, "updatedAt" = $27
    where not $28 and "id"::text = $29 and "userId" = $30 and exists (select 1 from live)
    returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($31, "name"),
        "image" = case when $32 then $33 else "image" end, "updatedAt" = $34
    where $35 and "id" = $36 and exists (select 1 from done))
    select exists (select 1 from live), (select id from done limit 1);
commit;

-- link::link
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update; select pg_advisory_xact_lock(…);
with live as (select 1 from "user" where "id" = $1 and ($2::text is null or exists (select 1 from "session" where "token" = $3))),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "its origin") select $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16 from live where $17
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
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer", "its origin") select $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'local:oauth:' || $14::text, $15 from live where $16
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
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "its origin") select $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 from live where $15
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

-- passkey::insert
begin isolation level read committed; select pg_advisory_xact_lock(hashtextextended(E'…', 0));
insert into "passkey" as p ("id", "name", "publicKey", "userId",
            "credentialID", "counter", "deviceType", "backedUp", "transports",
            "createdAt", "aaguid")
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
        where ($12::text is null or exists (select 1 from "session" where "token" = $13)) and not exists (select 1 from "passkey" o where o."credentialID" = $14) returning p."name"::text, p."publicKey"::text, p."userId"::text,
    p."credentialID"::text, p."counter"::text, p."deviceType"::text, p."backedUp",
    p."transports"::text, p."createdAt", p."aaguid"::text, p."id"::text;
commit;

-- passkey::insert
begin isolation level read committed; select pg_advisory_xact_lock(hashtextextended(E'…', 0));
insert into "passkey" as p ("id", "name", "publicKey", "userId",
            "credentialID", "counter", "deviceType", "backedUp", "transports",
            "createdAt", "aaguid")
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
        where true and not exists (select 1 from "passkey" o where o."credentialID" = $12) returning p."name"::text, p."publicKey"::text, p."userId"::text,
    p."credentialID"::text, p."counter"::text, p."deviceType"::text, p."backedUp",
    p."transports"::text, p."createdAt", p."aaguid"::text, p."id"::text;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer", "its origin") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text, $16 where $17
        and (exists (select 1 from "user" where "id" = $18 and "email" = $19 for no key update) or $20 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $21 and "accountId" = $22)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $23, "refreshToken" = $24, "idToken" = $25,
        "accessTokenExpiresAt" = $26, "refreshTokenExpiresAt" = $27, "scope" = $28, "updatedAt" = $29
    where not $30 and not exists (select 1 from taken) and "id"::text = $31 and "userId" = $32 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($33, "name"),
        "image" = case when $34 then $35 else "image" end, "email" = coalesce($36, "email"),
        "emailVerified" = case when $37::text is not null or "email" = $38 then coalesce($39, "emailVerified")
            else "emailVerified" end, "updatedAt" = $40
    where $41 and "id" = $42 and exists (select 1 from done)),
moved as (select "id" from "user" where $43 and "id" = $44 and not "email" = $45 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $46 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer", "its origin") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text, $16 where $17
        and (exists (select 1 from "user" where "id" = $18 and "email" = $19 for no key update) or $20 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $21 and "accountId" = $22)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $23, "refreshToken" = $24, "idToken" = $25,
        "accessTokenExpiresAt" = $26, "refreshTokenExpiresAt" = $27, "scope" = $28, "updatedAt" = $29
    where not $30 and not exists (select 1 from taken) and "id"::text = $31 and "userId" = $32 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($33, "name"),
        "image" = case when $34 then $35 else "image" end, "email" = coalesce($36, "email"),
        "emailVerified" = case when $37::text is not null or "email" = $38 then coalesce($39, "emailVerified")
            else "emailVerified" end, "updatedAt" = $40
    where $41 and "id" = $42 and exists (select 1 from done)),
moved as (select "id" from "user" where $43 and "id" = $44 and not "email" = $45 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $46 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer", "its origin") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text, $16 where $17
        and (exists (select 1 from "user" where "id" = $18 and "email" = $19 for no key update) or $20 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $21 and "accountId" = $22)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $23, "refreshToken" = $24, "idToken" = $25,
        "accessTokenExpiresAt" = $26, "refreshTokenExpiresAt" = $27, "scope" = $28, "updatedAt" = $29
    where not $30 and not exists (select 1 from taken) and "id"::text = $31 and "userId" = $32 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($33, "name"),
        "image" = case when $34 then $35 else "image" end, "email" = coalesce($36, "email"),
        "emailVerified" = case when $37::text is not null or "email" = $38 then coalesce($39, "emailVerified")
            else "emailVerified" end, "updatedAt" = $40
    where $41 and "id" = $42 and exists (select 1 from done)),
moved as (select "id" from "user" where $43 and "id" = $44 and not "email" = $45 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $46 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)), opened as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") select $47, $48, $49, $50, $51, $52, $53, $54, $55
    where exists (select 1 from done) returning *)
    select t.is_taken, done.id, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from (select exists (select 1 from taken) as is_taken) t left join done on true left join opened s on true;
commit;

-- social::write
begin isolation level read committed; select pg_advisory_xact_lock(null); select pg_advisory_xact_lock(…);
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "its origin") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15 where $16
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
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "its origin") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15 where $16
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
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "its origin") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15 where $16
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
overtaking as (update "account" a set "updatedAt" = $45 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)), opened as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") select $46, $47, $48, $49, $50, $51, $52, $53, $54
    where exists (select 1 from done) returning *)
    select t.is_taken, done.id, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from (select exists (select 1 from taken) as is_taken) t left join done on true left join opened s on true;
commit;

-- admin::amend
begin isolation level read committed; select pg_advisory_xact_lock(…);
with changed as (update "user" u set "name" = coalesce($1, u."name"),
            "emailVerified" = case when $2 then $3 else u."emailVerified" end,
            "image" = case when $4 then $5 else u."image" end,
            "createdAt" = case when $6 then $7 else u."createdAt" end, "updatedAt" = $8, "email" = $9 where u."id" = $10 and ($11::text is null or exists (select 1 from "session" where "token" = $12)) and not exists (select 1 from "user" where "email" = $13 and not "id" = $14) returning u.*)
        , overtaken as (delete from "verification" where "value" in (select "id"::text from changed)) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from changed u;
commit;

-- admin::amend
begin isolation level read committed; select pg_advisory_xact_lock(…);
with changed as (update "user" u set "name" = coalesce($1, u."name"),
            "emailVerified" = case when $2 then $3 else u."emailVerified" end,
            "image" = case when $4 then $5 else u."image" end,
            "createdAt" = case when $6 then $7 else u."createdAt" end, "updatedAt" = $8, "email" = $9 where u."id" = $10 and true and not exists (select 1 from "user" where "email" = $11 and not "id" = $12) returning u.*)
         select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from changed u;
commit;

-- admin::create
begin isolation level read committed; select pg_advisory_xact_lock(…);
with made as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $9, $10 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $11, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $12::text), $13 from made u where $14 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $15, o."id", u."id", $16, $17 from founded o, made u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $18, o."name", 1, o."id", $19 from founded o where $20 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $21, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $22 from founded_team t, made u)
        select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from made u;
commit;

-- admin::create, user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $9, $10 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $11, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $12::text), $13 from new_user u where $14 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $15, o."id", u."id", $16, $17 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $18, o."name", 1, o."id", $19 from founded o where $20 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $21, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $22 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $23, u."id"::text, 'credential', u."id", $24, $25, $26, 'local:credential', $27 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $9, $10 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $11, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $12::text), $13 from new_user u where $14 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $15, o."id", u."id", $16, $17 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $18, o."name", 1, o."id", $19 from founded o where $20 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $21, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $22 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $23, u."id"::text, 'credential', u."id", $24, $25, $26, 'local:credential', $27 from new_user u
), new_session as (
    insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId")
    select $28, $29, u."id", $30, $31, $32, $33, $34, $35, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u returning *
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_session s;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note")
    select $1, $2, $3, $4, $5, $6, $7, $8, $9 where not exists (select 1 from "user" where "email" = $10) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $11, $12 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $13, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $14::text), $15 from new_user u where $16 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $17, o."id", u."id", $18, $19 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $20, o."name", 1, o."id", $21 from founded o where $22 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $23, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $24 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $25, u."id"::text, 'credential', u."id", $26, $27, $28, 'local:credential', $29 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note")
    select $1, $2, $3, $4, $5, $6, $7, $8, $9 where not exists (select 1 from "user" where "email" = $10) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $11, $12 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $13, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $14::text), $15 from new_user u where $16 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $17, o."id", u."id", $18, $19 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $20, o."name", 1, o."id", $21 from founded o where $22 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $23, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $24 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $25, u."id"::text, 'credential', u."id", $26, $27, $28, 'local:credential', $29 from new_user u
), new_session as (
    insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId")
    select $30, $31, u."id", $32, $33, $34, $35, $36, $37, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u returning *
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_session s;
commit;

-- user::insert_alone
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $9, $10 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $11, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $12::text), $13 from new_user u where $14 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $15, o."id", u."id", $16, $17 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $18, o."name", 1, o."id", $19 from founded o where $20 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $21, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $22 from founded_team t, new_user u) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
commit;

-- user::insert_alone
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $9, $10 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $11, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $12::text), $13 from new_user u where $14 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $15, o."id", u."id", $16, $17 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $18, o."name", 1, o."id", $19 from founded o where $20 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $21, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $22 from founded_team t, new_user u), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId") select $23, $24, u."id", $25, $26, $27, $28, $29, $30, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u returning *)
    select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_session s;
commit;

-- user::insert_alone
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note") select $1, $2, $3, $4, $5, $6, $7, $8, $9 where not exists (select 1 from "user" where "email" = $10) returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $11, $12 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $13, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $14::text), $15 from new_user u where $16 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $17, o."id", u."id", $18, $19 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $20, o."name", 1, o."id", $21 from founded o where $22 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $23, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $24 from founded_team t, new_user u) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
commit;

-- user::insert_alone
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note") select $1, $2, $3, $4, $5, $6, $7, $8, $9 where not exists (select 1 from "user" where "email" = $10) returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $11, $12 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $13, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $14::text), $15 from new_user u where $16 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $17, o."id", u."id", $18, $19 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $20, o."name", 1, o."id", $21 from founded o where $22 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $23, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $24 from founded_team t, new_user u), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId") select $25, $26, u."id", $27, $28, $29, $30, $31, $32, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u returning *)
    select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_session s;
commit;

-- mailed::change_email
begin isolation level read committed; select pg_advisory_xact_lock(…); select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
        changed as (update "user" u set "email" = $3, "emailVerified" = $4, "updatedAt" = $5
            where u."id" = $6 and u."email" = $7 and not exists (select 1 from taken) and ($8 or coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')) and (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $9 returning u.*),
        overtaking as (update "account" a set "updatedAt" = $10 from changed u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, t.is_taken from (select exists (select 1 from taken) as is_taken) t
        left join changed u on true;
commit;

-- mailed::change_email
begin isolation level read committed; select pg_advisory_xact_lock(…); select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
        changed as (update "user" u set "email" = $3, "emailVerified" = $4, "updatedAt" = $5
            where u."id" = $6 and u."email" = $7 and not exists (select 1 from taken) and ($8 or coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')) and (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $9 returning u.*),
        overtaking as (update "account" a set "updatedAt" = $10 from changed u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from changed)) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, t.is_taken from (select exists (select 1 from taken) as is_taken) t
        left join changed u on true;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "user" where "email" = $8)
        and not exists (select 1 from "account" where "providerId" = $9 and "accountId" = $10) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $11, $12 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $13, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $14::text), $15 from new_user u where $16 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $17, o."id", u."id", $18, $19 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $20, o."name", 1, o."id", $21 from founded o where $22 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $23, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $24 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer", "its origin") select $25, $26, $27, u."id", $28, $29, $30, $31, $32, $33, $34, $35, 'local:oauth:' || $36::text, $37 from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u, new_account;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "user" where "email" = $8)
        and not exists (select 1 from "account" where "providerId" = $9 and "accountId" = $10) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $11, $12 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $13, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $14::text), $15 from new_user u where $16 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $17, o."id", u."id", $18, $19 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $20, o."name", 1, o."id", $21 from founded o where $22 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $23, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $24 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer", "its origin") select $25, $26, $27, u."id", $28, $29, $30, $31, $32, $33, $34, $35, 'local:oauth:' || $36::text, $37 from new_user u
    returning "id"::text as made), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId") select $38, $39, u."id", $40, $41, $42, $43, $44, $45, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u
    returning *) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_account, new_session s;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "user" where "email" = $8)
        and not exists (select 1 from "account" where "providerId" = $9 and "accountId" = $10) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $11, $12 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $13, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $14::text), $15 from new_user u where $16 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $17, o."id", u."id", $18, $19 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $20, o."name", 1, o."id", $21 from founded o where $22 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $23, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $24 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "its origin") select $25, $26, $27, u."id", $28, $29, $30, $31, $32, $33, $34, $35, $36 from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u, new_account;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "user" where "email" = $8)
        and not exists (select 1 from "account" where "providerId" = $9 and "accountId" = $10) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $11, $12 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $13, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $14::text), $15 from new_user u where $16 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $17, o."id", u."id", $18, $19 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $20, o."name", 1, o."id", $21 from founded o where $22 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $23, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $24 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "its origin") select $25, $26, $27, u."id", $28, $29, $30, $31, $32, $33, $34, $35, $36 from new_user u
    returning "id"::text as made), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId") select $37, $38, u."id", $39, $40, $41, $42, $43, $44, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u
    returning *) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_account, new_session s;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note")
    select $1, $2, $3, $4, $5, $6, $7, $8, $9
    where not exists (select 1 from "user" where "email" = $10)
        and not exists (select 1 from "account" where "providerId" = $11 and "accountId" = $12) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $13, $14 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $15, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $16::text), $17 from new_user u where $18 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $19, o."id", u."id", $20, $21 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $22, o."name", 1, o."id", $23 from founded o where $24 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $25, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $26 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer", "its origin") select $27, $28, $29, u."id", $30, $31, $32, $33, $34, $35, $36, $37, 'local:oauth:' || $38::text, $39 from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u, new_account;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note")
    select $1, $2, $3, $4, $5, $6, $7, $8, $9
    where not exists (select 1 from "user" where "email" = $10)
        and not exists (select 1 from "account" where "providerId" = $11 and "accountId" = $12) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $13, $14 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $15, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $16::text), $17 from new_user u where $18 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $19, o."id", u."id", $20, $21 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $22, o."name", 1, o."id", $23 from founded o where $24 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $25, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $26 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer", "its origin") select $27, $28, $29, u."id", $30, $31, $32, $33, $34, $35, $36, $37, 'local:oauth:' || $38::text, $39 from new_user u
    returning "id"::text as made), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId") select $40, $41, u."id", $42, $43, $44, $45, $46, $47, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u
    returning *) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_account, new_session s;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note")
    select $1, $2, $3, $4, $5, $6, $7, $8, $9
    where not exists (select 1 from "user" where "email" = $10)
        and not exists (select 1 from "account" where "providerId" = $11 and "accountId" = $12) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $13, $14 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $15, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $16::text), $17 from new_user u where $18 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $19, o."id", u."id", $20, $21 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $22, o."name", 1, o."id", $23 from founded o where $24 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $25, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $26 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "its origin") select $27, $28, $29, u."id", $30, $31, $32, $33, $34, $35, $36, $37, $38 from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u, new_account;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…);
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note")
    select $1, $2, $3, $4, $5, $6, $7, $8, $9
    where not exists (select 1 from "user" where "email" = $10)
        and not exists (select 1 from "account" where "providerId" = $11 and "accountId" = $12) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $13, $14 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $15, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $16::text), $17 from new_user u where $18 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $19, o."id", u."id", $20, $21 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $22, o."name", 1, o."id", $23 from founded o where $24 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $25, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $26 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "its origin") select $27, $28, $29, u."id", $30, $31, $32, $33, $34, $35, $36, $37, $38 from new_user u
    returning "id"::text as made), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId") select $39, $40, u."id", $41, $42, $43, $44, $45, $46, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u
    returning *) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_account, new_session s;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "user") then 0 else 1 end;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $8, $9 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $10, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $11::text), $12 from new_user u where $13 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $14, o."id", u."id", $15, $16 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $17, o."name", 1, o."id", $18 from founded o where $19 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $20, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $21 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $22, u."id"::text, 'credential', u."id", $23, $24, $25, $26 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "user") then 0 else 1 end;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $9, $10 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $11, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $12::text), $13 from new_user u where $14 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $15, o."id", u."id", $16, $17 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $18, o."name", 1, o."id", $19 from founded o where $20 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $21, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $22 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $23, u."id"::text, 'credential', u."id", $24, $25, $26, 'local:credential', $27 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "user") then 0 else 1 end;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note")
    select $1, $2, $3, $4, $5, $6, $7, $8, $9 on conflict ("email") do nothing returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $10, $11 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $12, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $13::text), $14 from new_user u where $15 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $16, o."id", u."id", $17, $18 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $19, o."name", 1, o."id", $20 from founded o where $21 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $22, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $23 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $24, u."id"::text, 'credential', u."id", $25, $26, $27, $28 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
commit;

-- user::insert
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "user") then 0 else 1 end;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note")
    select $1, $2, $3, $4, $5, $6, $7, $8, $9 where not exists (select 1 from "user" where "email" = $10) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $11, $12 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $13, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $14::text), $15 from new_user u where $16 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $17, o."id", u."id", $18, $19 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $20, o."name", 1, o."id", $21 from founded o where $22 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $23, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $24 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $25, u."id"::text, 'credential', u."id", $26, $27, $28, 'local:credential', $29 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "user") then 0 else 1 end;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "user" where "email" = $8)
        and not exists (select 1 from "account" where "providerId" = $9 and "accountId" = $10) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $11, $12 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $13, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $14::text), $15 from new_user u where $16 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $17, o."id", u."id", $18, $19 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $20, o."name", 1, o."id", $21 from founded o where $22 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $23, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $24 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer", "its origin") select $25, $26, $27, u."id", $28, $29, $30, $31, $32, $33, $34, $35, 'local:oauth:' || $36::text, $37 from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u, new_account;
commit;

-- social::create
begin isolation level read committed; select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select pg_advisory_xact_lock(…); select 1 / case when exists (select 1 from "user") then 0 else 1 end;
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (select 1 from "user" where "email" = $8)
        and not exists (select 1 from "account" where "providerId" = $9 and "accountId" = $10) returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $11, $12 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $13, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $14::text), $15 from new_user u where $16 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $17, o."id", u."id", $18, $19 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $20, o."name", 1, o."id", $21 from founded o where $22 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $23, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $24 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "its origin") select $25, $26, $27, u."id", $28, $29, $30, $31, $32, $33, $34, $35, $36 from new_user u
    returning "id"::text as made) select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u, new_account;
commit;

-- unproven_keys::delete_all
delete from "apikey" k where (k."referenceId" = $1 and not coalesce(nullif(k."configId"::text, ''), 'default') = any($2::text[])) or (k."referenceId" = any($3) and coalesce(nullif(k."configId"::text, ''), 'default') = any($4::text[]));

-- api_key::delete_of
delete from "apikey" k where k."id" = $1 and k."referenceId" = $2
        and coalesce(nullif(k."configId"::text, ''), 'default') = $3 and ($4::text is null or exists (select 1 from "session" where "token" = $5)) and ($6::text is null or exists (select 1 from "member" a where a."organizationId" = $7
            and a."userId" = $8 and a."role"::text = $9)) returning 1;

-- api_key::delete_of
delete from "apikey" k where k."id" = $1 and k."referenceId" = $2
        and coalesce(nullif(k."configId"::text, ''), 'default') = $3 and true and ($4::text is null or exists (select 1 from "member" a where a."organizationId" = $5
            and a."userId" = $6 and a."role"::text = $7)) returning 1;

-- api_key::delete
delete from "apikey" k where k."id" = $1 and k."referenceId" = $2 returning 1;

-- passkey::delete
delete from "passkey" p where p."userId" = $1 and p."id"::text = $2 and ($3::text is null or exists (select 1 from "session" where "token" = $4))
        returning 1;

-- passkey::delete
delete from "passkey" p where p."userId" = $1 and p."id"::text = $2 and true
        returning 1;

-- passkey::delete_all
delete from "passkey" where "userId" = $1;

-- admin::end_impersonations
delete from "session" where "impersonatedBy" = $1;

-- account::reset_password, codes::charge, codes::settle, unproven::settle, user::delete_by_secret, verification::take
delete from "verification" where "identifier" = any($1)
        returning "value"::text, "expiresAt", "createdAt";

-- two_factor::distrust
delete from "verification" where "value" = $1 and not "identifier" = any($2)
            and starts_with("identifier"::text, $3);

-- account::change_password, codes::open, passkey::used, phone_number::prove, session::insert, session::open, social::create, social::write, user::insert, user::insert_alone
insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text;

-- account::change_password, codes::open, passkey::used, phone_number::prove, session::insert, session::open, social::create, social::write, user::insert, user::insert_alone
insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict ("token") do update set "token" = excluded."token" returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text;

-- account::list
select "id"::text, "accountId"::text, "providerId"::text, "userId"::text,
        "scope"::text, "createdAt", "updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(a."its origin", null))::oid::bigint, a."its origin")])::text from "account" a
        where "userId" = $1 limit $2;

-- api_key::page
select (select count(*) from "apikey" u where u."referenceId" = $1 and ($2::text is null or coalesce(nullif(u."configId"::text, ''), 'default') = $3::text)
            and (coalesce(nullif(u."configId"::text, ''), 'default') = any($4::text[])) = $5), k."id" is not null, k."id"::text, k."configId"::text, k."name"::text, k."start"::text,
    k."referenceId"::text, k."prefix"::text, k."refillInterval"::bigint, k."refillAmount"::bigint,
    k."lastRefillAt", k."enabled", k."rateLimitEnabled", k."rateLimitTimeWindow"::bigint,
    k."rateLimitMax"::bigint, k."requestCount"::bigint, k."remaining"::bigint, k."lastRequest",
    k."expiresAt", k."createdAt", k."updatedAt", k."permissions"::text, k."metadata"::text from (values (1)) one left join lateral (select * from "apikey" u where u."referenceId" = $6 and ($7::text is null or coalesce(nullif(u."configId"::text, ''), 'default') = $8::text)
            and (coalesce(nullif(u."configId"::text, ''), 'default') = any($9::text[])) = $10 order by case when true or isfinite(u."createdAt") then u."createdAt" end, u."id" limit $11 offset $12) u on true left join lateral (select u.*) k on true order by case when true or isfinite(u."createdAt") then u."createdAt" end, u."id";

-- invitations::find
select (select count(*) from "member" x where x."organizationId" = i."organizationId"),
            host.email, host.role, u."email"::text, not (coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')), o."id" is not null, m."id" is not null, i."id"::text, i."organizationId"::text, i."email"::text, i."role"::text, i."teamId"::text, i."status"::text, i."expiresAt", i."createdAt", i."inviterId"::text, o."id"::text, o."name"::text, o."slug"::text, o."logo"::text, o."createdAt", o."metadata"::text, m."id"::text, m."organizationId"::text, m."userId"::text, m."role"::text, m."createdAt",
            exists (select 1 from unnest(string_to_array(i."teamId"::text, ',')) p(id) where not exists (select 1 from "team" g
                where g."organizationId" = i."organizationId" and g."id"::text = p.id)),
            exists (select 1 from "team" g where g."organizationId" = i."organizationId"
                and g."id"::text = any (string_to_array(i."teamId"::text, ','))
                and (select count(*) from "teamMember" c where c."teamId" = g."id") >= $1::bigint
                and not exists (select 1 from "teamMember" c where c."teamId" = g."id"
                    and c."userId" = $2)), (select json_agg(json_build_array(
        coalesce(r."role"::text, ''), coalesce(r."permission"::text, '')))::text
        from (select * from "organizationRole" x where x."organizationId" = o."id"
            order by case when true or isfinite(x."createdAt") then x."createdAt" end, x."id"
            limit 1000) r) from "invitation" i left join "organization" o on o."id" = i."organizationId"
        left join lateral (select * from "member" m where m."organizationId" = i."organizationId"
            and m."userId" = $3 order by m."id" limit 1) m on true
        left join lateral (select p."email"::text as email, x."role"::text as role from "member" x
            join "user" p on p."id" = x."userId" where x."organizationId" = i."organizationId"
            and x."userId" = i."inviterId" order by x."id" limit 1) host on true
        left join "user" u on u."id" = $4
        where i."id" = $5;

-- operator::page
select (select count(*) from "organization" u where u."slug" = $1),
            (select count(*) from "member" m where m."organizationId" = o."id"),
            o."id" is not null, o."id"::text, o."name"::text, o."slug"::text, o."logo"::text, o."createdAt", o."metadata"::text from (values (1)) one
        left join lateral (select * from "organization" u where u."slug" = $2 order by case when true or isfinite(u."createdAt") then u."createdAt" end, u."id" limit $3 offset $4) u on true
        left join lateral (select u.*) o on true order by case when true or isfinite(u."createdAt") then u."createdAt" end, u."id";

-- admin::search
select (select count(*) from "user" u where u."email" = $1 and u."email" <> $2 and u."email" < $3 and u."email" <= $4 and u."email" > $5 and u."email" >= $6 and u."email" = any($7) and u."email" <> all($8) and u."email"::text like $9 and u."email"::text like $10 and u."email"::text like $11), u."id" is not null, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from (values (1)) one
        left join lateral (select * from "user" u where u."email" = $12 and u."email" <> $13 and u."email" < $14 and u."email" <= $15 and u."email" > $16 and u."email" >= $17 and u."email" = any($18) and u."email" <> all($19) and u."email"::text like $20 and u."email"::text like $21 and u."email"::text like $22 order by case when true or isfinite(u."createdAt") then u."createdAt" end, u."id" limit $23 offset $24) u on true order by case when true or isfinite(u."createdAt") then u."createdAt" end, u."id";

-- admin::search
select (select count(*) from "user" u), u."id" is not null, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from (values (1)) one
        left join lateral (select * from "user" u order by case when true or isfinite(u."createdAt") then u."createdAt" end, u."id" limit $1 offset $2) u on true order by case when true or isfinite(u."createdAt") then u."createdAt" end, u."id";

-- members::is_last_creator
select 1 from "member" m where m."userId" = $1
            and $2 = any (regexp_split_to_array(trim(m."role"::text), '[[:space:]]*,[[:space:]]*'))
            and exists (select 1 from "member" y where y."organizationId" = m."organizationId"
                and y."userId" <> m."userId")
            and not exists (select 1 from "member" x where x."organizationId" = m."organizationId"
                and x."userId" <> m."userId"
                and $3 = any (regexp_split_to_array(trim(x."role"::text), '[[:space:]]*,[[:space:]]*'))) limit 1;

-- passkey::is_foreign
select 1 from "passkey" p where p."id" = $1 and p."userId" <> $2;

-- sign_up::is_invited
select 1 from "signUpInvitation" i where lower(i."email"::text) = $1
        and (i."expiresAt" is null or case when true or isfinite(i."expiresAt") then i."expiresAt" end > $2) limit 1;

-- sign_up::has_no_user
select 1 from "user" limit 1;

-- two_factor::is_overtaken, user::delete_by_secret
select 1 from "user" u, "account" a where u."id" = $1 and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $2 limit 1;

-- mailed::by_email, mailed::open
select c.password, c.changed, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from "user" u left join lateral (select nullif(a."password"::text, '') as password,
        a."updatedAt" as changed from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) c on true where u."email" = $1;

-- mailed::by_id
select c.password, c.changed, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from "user" u left join lateral (select nullif(a."password"::text, '') as password,
        a."updatedAt" as changed from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) c on true where u."id" = $1;

-- phone_number::reached
select c.password, c.changed, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from "user" u left join lateral (select nullif(a."password"::text, '') as password,
        a."updatedAt" as changed from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) c on true where u."phoneNumber" = $1 limit 1;

-- members::search
select exists (select 1 from "member" a where a."organizationId" = $1 and a."userId" = $2),
            (select count(*) from "member" u where u."organizationId" = $3), m."id" is not null, p."id"::text, p."name"::text, p."email"::text, p."image"::text, m."id"::text, m."organizationId"::text, m."userId"::text, m."role"::text, m."createdAt" from (values (1)) one
        left join lateral (select * from "member" u where u."organizationId" = $4 order by case when true or isfinite(u."createdAt") then u."createdAt" end, u."id" limit $5 offset $6) u on true
        left join lateral (select u.*) m on true left join "user" p on p."id" = m."userId" order by case when true or isfinite(u."createdAt") then u."createdAt" end, u."id";

-- invitations::invitee
select exists (select 1 from "member" m join "user" u on u."id" = m."userId"
            where m."organizationId" = $1 and u."email" = $2),
        (select count(*) from "invitation" i where i."organizationId" = $3 and i."status" = 'pending'
            and case when true or isfinite(i."expiresAt") then i."expiresAt" end > $4),
        i."id" is not null, i."id"::text, i."organizationId"::text, i."email"::text, i."role"::text, i."teamId"::text, i."status"::text, i."expiresAt", i."createdAt", i."inviterId"::text from (values (1)) one
        left join lateral (select * from "invitation" i where i."organizationId" = $5 and i."email" = $6
            and i."status" = 'pending' and case when true or isfinite(i."expiresAt") then i."expiresAt" end > $7
            order by case when true or isfinite(i."createdAt") then i."createdAt" end, i."id" limit 1) i on true;

-- members::target
select exists (select 1 from "member" x where x."organizationId" = $1
    and x."userId" <> m."userId"
    and $2 = any (regexp_split_to_array(trim(x."role"::text), '[[:space:]]*,[[:space:]]*'))), p."id"::text, p."name"::text, p."email"::text, p."image"::text, m."id"::text, m."organizationId"::text, m."userId"::text, m."role"::text, m."createdAt" from "member" m join "user" p on p."id" = m."userId" where m."organizationId" = $3 and m."id" = $4 order by m."id" limit $5;

-- members::target
select exists (select 1 from "member" x where x."organizationId" = $1
    and x."userId" <> m."userId"
    and $2 = any (regexp_split_to_array(trim(x."role"::text), '[[:space:]]*,[[:space:]]*'))), p."id"::text, p."name"::text, p."email"::text, p."image"::text, m."id"::text, m."organizationId"::text, m."userId"::text, m."role"::text, m."createdAt" from "member" m join "user" p on p."id" = m."userId" where m."organizationId" = $3 and p."email" = $4 order by m."id" limit $5;

-- members::target
select exists (select 1 from "member" x where x."organizationId" = $1
    and x."userId" <> m."userId"
    and $2 = any (regexp_split_to_array(trim(x."role"::text), '[[:space:]]*,[[:space:]]*'))), p."id"::text, p."name"::text, p."email"::text, p."image"::text, m."id"::text, m."organizationId"::text, m."userId"::text, m."role"::text, m."createdAt" from "member" m join "user" p on p."id" = m."userId" where m."organizationId" = $3 and p."id" = $4 order by m."id" limit $5;

-- organization::is_slug_taken
select exists (select 1 from "organization" o where o."slug" = $1);

-- teams::find
select exists (select 1 from "teamMember" x where x."teamId" = t."id" and x."userId" = $1)
            and exists (select 1 from "member" m where m."organizationId" = t."organizationId" and m."userId" = $2),
        t."id"::text, t."name"::text, t."organizationId"::text, t."createdAt", t."updatedAt" from "team" t where t."id"::text = $3 and t."organizationId" = $4;

-- two_factor::begin
select exists (select 1 from "twoFactor" t where t."userId" = $1 and coalesce(lower(trim(t."verified"::text)), 'true') not in ('f', 'false', 'n', 'no', 'off', '0'));

-- admin::amend, admin::target
select exists (select 1 from "user" where "email" = $1 and not "id" = $2), u."id" is not null,
        u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from (values (1)) one left join "user" u on u."id" = $3;

-- teams::wanted
select exists (select 1 from unnest(string_to_array($1::text, ',')) p(id) where not exists (select 1 from "team" g
                where g."organizationId" = $2 and g."id"::text = p.id)),
            exists (select 1 from "team" g where g."organizationId" = $3
                and g."id"::text = any (string_to_array($4::text, ','))
                and (select count(*) from "teamMember" c where c."teamId" = g."id") >= $5::bigint);

-- two_factor::enrolled
select f.id, f.secret, f.codes, f.verified, (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1), u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from "user" u left join lateral (
            select t."id"::text as id, t."secret"::text as secret, t."backupCodes"::text as codes,
                t."verified" as verified from "twoFactor" t where t."userId" = u."id"
            order by coalesce(lower(trim(t."verified"::text)), 'true') not in ('f', 'false', 'n', 'no', 'off', '0') desc, t."id" limit 1) f on true where u."id" = $1;

-- invitations::of_organization
select i."id"::text, i."organizationId"::text, i."email"::text, i."role"::text, i."teamId"::text, i."status"::text, i."expiresAt", i."createdAt", i."inviterId"::text from "invitation" i where i."organizationId" = $1
        order by case when true or isfinite(i."createdAt") then i."createdAt" end, i."id" limit $2;

-- api_key::by_id
select k."id"::text, k."configId"::text, k."name"::text, k."start"::text,
    k."referenceId"::text, k."prefix"::text, k."refillInterval"::bigint, k."refillAmount"::bigint,
    k."lastRefillAt", k."enabled", k."rateLimitEnabled", k."rateLimitTimeWindow"::bigint,
    k."rateLimitMax"::bigint, k."requestCount"::bigint, k."remaining"::bigint, k."lastRequest",
    k."expiresAt", k."createdAt", k."updatedAt", k."permissions"::text, k."metadata"::text from "apikey" k where k."id" = $1;

-- api_key::of_owner
select k."id"::text, k."configId"::text, k."name"::text, k."start"::text,
    k."referenceId"::text, k."prefix"::text, k."refillInterval"::bigint, k."refillAmount"::bigint,
    k."lastRefillAt", k."enabled", k."rateLimitEnabled", k."rateLimitTimeWindow"::bigint,
    k."rateLimitMax"::bigint, k."requestCount"::bigint, k."remaining"::bigint, k."lastRequest",
    k."expiresAt", k."createdAt", k."updatedAt", k."permissions"::text, k."metadata"::text from "apikey" k where k."referenceId" = $1 and (coalesce(nullif(k."configId"::text, ''), 'default') = any($2::text[])) = $3 order by case when true or isfinite(k."createdAt") then k."createdAt" end, k."id" limit 10000;

-- organization::find
select m."id" is not null, o."id"::text, o."name"::text, o."slug"::text, o."logo"::text, o."createdAt", o."metadata"::text, m."id"::text, m."organizationId"::text, m."userId"::text, m."role"::text, m."createdAt", (select json_agg(json_build_array(
        coalesce(r."role"::text, ''), coalesce(r."permission"::text, '')))::text
        from (select * from "organizationRole" x where x."organizationId" = o."id"
            order by case when true or isfinite(x."createdAt") then x."createdAt" end, x."id"
            limit 1000) r) from "organization" o left join lateral (select * from "member" m where m."organizationId" = o."id"
            and m."userId" = $1 order by m."id" limit 1) m on true where o."id" = $2;

-- organization::find
select m."id" is not null, o."id"::text, o."name"::text, o."slug"::text, o."logo"::text, o."createdAt", o."metadata"::text, m."id"::text, m."organizationId"::text, m."userId"::text, m."role"::text, m."createdAt", (select json_agg(json_build_array(
        coalesce(r."role"::text, ''), coalesce(r."permission"::text, '')))::text
        from (select * from "organizationRole" x where x."organizationId" = o."id"
            order by case when true or isfinite(x."createdAt") then x."createdAt" end, x."id"
            limit 1000) r) from "organization" o left join lateral (select * from "member" m where m."organizationId" = o."id"
            and m."userId" = $1 order by m."id" limit 1) m on true where o."slug" = $2 limit 1;

-- founder::oldest
select m."organizationId"::text from "member" m where m."userId" = $1
        order by case when true or isfinite(m."createdAt") then m."createdAt" end, m."id" limit 1;

-- unproven_keys::delete_all
select m."organizationId"::text from "member" m where m."userId" = $1 and not exists (select 1 from "member" x
        where x."organizationId" = m."organizationId" and x."userId" <> m."userId") limit $2;

-- roles::list
select m."role"::text, o."id" is not null, o."id"::text, o."organizationId"::text, o."role"::text, o."permission"::text, o."createdAt", o."updatedAt"
        from (select * from "member" m where m."organizationId" = $1 and m."userId" = $2
            order by m."id" limit 1) m
        left join lateral (select * from "organizationRole" o where o."organizationId" = m."organizationId"
            order by case when true or isfinite(o."createdAt") then o."createdAt" end, o."id" limit $3) o on true
        order by case when true or isfinite(o."createdAt") then o."createdAt" end, o."id";

-- organization::of_user
select o."id"::text, o."name"::text, o."slug"::text, o."logo"::text, o."createdAt", o."metadata"::text from "organization" o where exists (select 1 from "member" m
            where m."organizationId" = o."id" and m."userId" = $1)
        order by case when true or isfinite(o."createdAt") then o."createdAt" end, o."id" limit $2;

-- operator::by_id
select o."id"::text, o."name"::text, o."slug"::text, o."logo"::text, o."createdAt", o."metadata"::text from "organization" o where o."id" = $1;

-- operator::by_slug
select o."id"::text, o."name"::text, o."slug"::text, o."logo"::text, o."createdAt", o."metadata"::text from "organization" o where o."slug" = $1 limit 1;

-- invitations::for_address
select o."name"::text, i."id"::text, i."organizationId"::text, i."email"::text, i."role"::text, i."teamId"::text, i."status"::text, i."expiresAt", i."createdAt", i."inviterId"::text from "invitation" i
        join "organization" o on o."id" = i."organizationId"
        where i."email" = $1 and i."status" = 'pending'
        order by case when true or isfinite(i."createdAt") then i."createdAt" end, i."id" limit $2;

-- teams::list
select one.is_member, t."id" is not null, t."id"::text, t."name"::text, t."organizationId"::text, t."createdAt", t."updatedAt"
        from (select exists (select 1 from "member" m where m."organizationId" = $1 and m."userId" = $2) as is_member) one
        left join lateral (select * from "team" t where one.is_member and t."organizationId" = $3
            and (not $4 or exists (select 1 from "teamMember" x where x."teamId" = t."id" and x."userId" = $5))
            order by case when true or isfinite(t."createdAt") then t."createdAt" end, t."id" limit $6) t on true
        order by case when true or isfinite(t."createdAt") then t."createdAt" end, t."id";

-- team_members::list
select one.is_member, t."id" is not null, t."id"::text, t."teamId"::text, t."userId"::text, t."createdAt"
        from (select g."id" as id, exists (select 1 from "teamMember" x where x."teamId" = g."id"
                    and x."userId" = $1)
                and exists (select 1 from "member" m where m."organizationId" = g."organizationId"
                    and m."userId" = $2) as is_member
            from "team" g where g."id" = $3) one
        left join lateral (select * from "teamMember" t where one.is_member and t."teamId" = one.id
            order by case when true or isfinite(t."createdAt") then t."createdAt" end, t."id" limit $4) t on true
        order by case when true or isfinite(t."createdAt") then t."createdAt" end, t."id";

-- operator::members
select p."id"::text, p."name"::text, p."email"::text, p."image"::text, m."id"::text, m."organizationId"::text, m."userId"::text, m."role"::text, m."createdAt" from "member" m join "user" p on p."id" = m."userId"
        where m."organizationId" = $1 order by case when true or isfinite(m."createdAt") then m."createdAt" end, m."id" limit $2;

-- passkey::of_user
select p."name"::text, p."publicKey"::text, p."userId"::text,
    p."credentialID"::text, p."counter"::text, p."deviceType"::text, p."backedUp",
    p."transports"::text, p."createdAt", p."aaguid"::text, p."id"::text from "passkey" p where p."userId" = $1
        order by case when true or isfinite(p."createdAt") then p."createdAt" end nulls first, p."id" limit $2;

-- passkey::by_credential
select p."name"::text, p."publicKey"::text, p."userId"::text,
    p."credentialID"::text, p."counter"::text, p."deviceType"::text, p."backedUp",
    p."transports"::text, p."createdAt", p."aaguid"::text, p."id"::text, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from "passkey" p join "user" u on u."id" = p."userId"
        where p."credentialID" = $1
        order by case when true or isfinite(p."createdAt") then p."createdAt" end nulls first, p."id" limit $2;

-- session::list
select s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from "session" s
        where s."userId" = $1 and case when true or isfinite(s."expiresAt") then s."expiresAt" end > $2 limit $3;

-- session::with_user, social::linkable
select s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text, u."id" is not null, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from "session" s
        left join "user" u on u."id" = s."userId" where s."token" = $1;

-- session::with_users
select s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from "session" s join "user" u on u."id" = s."userId"
            where s."token" = any($1);

-- teams::of_user
select t."id"::text, t."name"::text, t."organizationId"::text, t."createdAt", t."updatedAt" from "team" t
        where exists (select 1 from "teamMember" x where x."teamId" = t."id" and x."userId" = $1)
            and exists (select 1 from "member" m where m."organizationId" = t."organizationId" and m."userId" = $2)
        order by case when true or isfinite(t."createdAt") then t."createdAt" end, t."id" limit $3;

-- teams::of_organization
select t."memberCount"::text, t."id"::text, t."name"::text, t."organizationId"::text, t."createdAt", t."updatedAt" from "team" t where t."organizationId" = $1
        order by case when true or isfinite(t."createdAt") then t."createdAt" end, t."id" limit $2;

-- user::update
select true, array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text, array_to_json(array[json_build_array(pg_typeof(coalesce(a."its origin", null))::oid::bigint, a."its origin")])::text from (values (1)) one
    left join "user" u on false left join "session" s on false left join "account" a on false;

-- username::owner
select u."id"::text from "user" u where u."username" = $1 limit 1;

-- user::by_email
select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from "user" u where u."email" = $1;

-- account::change_password, codes::open, link::link, mailed::open, session::insert, session::insert_checked, social::write, user::by_id
select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from "user" u where u."id" = $1;

-- user::with_password
select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, a."password"::text from "user" u left join "account" a
        on a."userId" = u."id" and a."providerId" = 'credential'
            and a."accountId"::text = u."id"::text where u."email" = $1 order by a."password" is null limit 1;

-- phone_number::with_password
select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, a."password"::text from "user" u left join "account" a
        on a."userId" = u."id" and a."providerId" = 'credential'
            and a."accountId"::text = u."id"::text where u."phoneNumber" = $1 order by a."password" is null limit 1;

-- username::with_password
select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, a."password"::text from "user" u left join "account" a
        on a."userId" = u."id" and a."providerId" = 'credential'
            and a."accountId"::text = u."id"::text where u."username" = $1 order by a."password" is null limit 1;

-- api_key::update
update "apikey" k set "name" = coalesce($1, k."name"),
            "enabled" = case when $2 then $3 else k."enabled" end,
            "expiresAt" = case when $4 then $5 else k."expiresAt" end,
            "metadata" = coalesce($6, k."metadata")
        where k."id" = $7 and k."referenceId" = $8 and ($9::text is null or exists (select 1 from "session" where "token" = $10)) and ($11::text is null or exists (select 1 from "member" a where a."organizationId" = $12
            and a."userId" = $13 and a."role"::text = $14)) returning k."id"::text, k."configId"::text, k."name"::text, k."start"::text,
    k."referenceId"::text, k."prefix"::text, k."refillInterval"::bigint, k."refillAmount"::bigint,
    k."lastRefillAt", k."enabled", k."rateLimitEnabled", k."rateLimitTimeWindow"::bigint,
    k."rateLimitMax"::bigint, k."requestCount"::bigint, k."remaining"::bigint, k."lastRequest",
    k."expiresAt", k."createdAt", k."updatedAt", k."permissions"::text, k."metadata"::text;

-- api_key::update
update "apikey" k set "name" = coalesce($1, k."name"),
            "enabled" = case when $2 then $3 else k."enabled" end,
            "expiresAt" = case when $4 then $5 else k."expiresAt" end,
            "metadata" = coalesce($6, k."metadata")
        where k."id" = $7 and k."referenceId" = $8 and true and ($9::text is null or exists (select 1 from "member" a where a."organizationId" = $10
            and a."userId" = $11 and a."role"::text = $12)) returning k."id"::text, k."configId"::text, k."name"::text, k."start"::text,
    k."referenceId"::text, k."prefix"::text, k."refillInterval"::bigint, k."refillAmount"::bigint,
    k."lastRefillAt", k."enabled", k."rateLimitEnabled", k."rateLimitTimeWindow"::bigint,
    k."rateLimitMax"::bigint, k."requestCount"::bigint, k."remaining"::bigint, k."lastRequest",
    k."expiresAt", k."createdAt", k."updatedAt", k."permissions"::text, k."metadata"::text;

-- invitations::renew
update "invitation" i set "expiresAt" = $1 where i."id" = $2
            and i."organizationId" = $3 and i."status" = 'pending' and exists (select 1 from "member" a where a."organizationId" = $4
    and a."userId" = $5 and a."role"::text = $6) returning i."id"::text, i."organizationId"::text, i."email"::text, i."role"::text, i."teamId"::text, i."status"::text, i."expiresAt", i."createdAt", i."inviterId"::text;

-- invitations::cancel
update "invitation" i set "status" = 'canceled' where i."id" = $1
            and i."organizationId" = $2 and i."status" = 'pending' and exists (select 1 from "member" a where a."organizationId" = $3
    and a."userId" = $4 and a."role"::text = $5) returning i."id"::text, i."organizationId"::text, i."email"::text, i."role"::text, i."teamId"::text, i."status"::text, i."expiresAt", i."createdAt", i."inviterId"::text;

-- invitations::reject
update "invitation" i set "status" = 'rejected' where i."id" = $1
        and i."status" = 'pending' returning i."id"::text, i."organizationId"::text, i."email"::text, i."role"::text, i."teamId"::text, i."status"::text, i."expiresAt", i."createdAt", i."inviterId"::text;

-- organization::update
update "organization" o set "name" = coalesce($1, o."name"),
            "slug" = coalesce($2, o."slug"),
            "logo" = case when $3 then $4 else o."logo" end,
            "metadata" = coalesce($5, o."metadata")
        where o."id" = $6 and exists (select 1 from "member" a where a."organizationId" = $7
    and a."userId" = $8 and a."role"::text = $9) and not exists (select 1 from "organization" x where x."slug" = $10 and not x."id" = $11)
        returning o."id"::text, o."name"::text, o."slug"::text, o."logo"::text, o."createdAt", o."metadata"::text;

-- passkey::used
update "passkey" p set "counter" = $1 where p."id" = $2
        and p."userId" = $3 and p."publicKey" = $4
        and (coalesce(p."counter"::text, '0')::numeric < $5::numeric
            or ($6::numeric = 0 and coalesce(p."counter"::text, '0')::numeric = 0))
        returning 1;

-- passkey::rename
update "passkey" p set "name" = $1 where p."userId" = $2 and p."id"::text = $3
            and ($4::text is null or exists (select 1 from "session" where "token" = $5)) returning p."name"::text, p."publicKey"::text, p."userId"::text,
    p."credentialID"::text, p."counter"::text, p."deviceType"::text, p."backedUp",
    p."transports"::text, p."createdAt", p."aaguid"::text, p."id"::text;

-- passkey::rename
update "passkey" p set "name" = $1 where p."userId" = $2 and p."id"::text = $3
            and true returning p."name"::text, p."publicKey"::text, p."userId"::text,
    p."credentialID"::text, p."counter"::text, p."deviceType"::text, p."backedUp",
    p."transports"::text, p."createdAt", p."aaguid"::text, p."id"::text;

-- session::rename
update "session" s set "id" = $1, "token" = $2, "expiresAt" = $3, "createdAt" = $4,
            "updatedAt" = $5 where s."token" = $6 returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text;

-- session::update
update "session" s set "updatedAt" = $1
        where s."token" = $2 returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text;

-- session::update
update "session" s set "updatedAt" = $1, "place" = $2
        where s."token" = $3 returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text;

-- admin::end_impersonations
update "session" set "expiresAt" = $1 where "impersonatedBy" = $2
        and case when true or isfinite("expiresAt") then "expiresAt" end > $3;

-- teams::update
update "team" t set "updatedAt" = $1, "name" = coalesce($2, t."name")
        where t."id"::text = $3 and t."organizationId" = $4 and exists (select 1 from "member" a where a."organizationId" = $5
    and a."userId" = $6 and a."role"::text = $7) returning t."id"::text, t."name"::text, t."organizationId"::text, t."createdAt", t."updatedAt";

-- two_factor::use_code
update "twoFactor" t set "backupCodes" = $1 where t."id"::text = $2
        and t."backupCodes"::text = $3 returning 1;

-- codes::settle
update "twoFactor" t set "failedVerificationCount" = '0',
        "lockedUntil" = nullif(t."lockedUntil", t."lockedUntil"),
        "verified" = case when t."id"::text = $1 then 'true' else t."verified" end
    where t."userId" = $2 and $3;

-- two_factor::verify
update "twoFactor" t set "verified" = 'true' where t."userId" = $1 and t."id"::text = $2;

-- admin::amend
update "user" u set "name" = coalesce($1, u."name"),
            "emailVerified" = case when $2 then $3 else u."emailVerified" end,
            "image" = case when $4 then $5 else u."image" end,
            "createdAt" = case when $6 then $7 else u."createdAt" end, "updatedAt" = $8 where u."id" = $9 and ($10::text is null or exists (select 1 from "session" where "token" = $11)) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text;

-- admin::amend
update "user" u set "name" = coalesce($1, u."name"),
            "emailVerified" = case when $2 then $3 else u."emailVerified" end,
            "image" = case when $4 then $5 else u."image" end,
            "createdAt" = case when $6 then $7 else u."createdAt" end, "updatedAt" = $8 where u."id" = $9 and true returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text;

-- user::update
update "user" u set "name" = coalesce($1, u."name"),
            "image" = case when $2 then $3 else u."image" end, "updatedAt" = $4
        where u."id" = $5 and ($6::text is null or exists (select 1 from "session" where "token" = $7)) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text;

-- user::update
update "user" u set "name" = coalesce($1, u."name"),
            "image" = case when $2 then $3 else u."image" end, "updatedAt" = $4
        where u."id" = $5 and true returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text;

-- user::update
update "user" u set "name" = coalesce($1, u."name"),
            "image" = case when $2 then $3 else u."image" end, "updatedAt" = $4, "tags" = $5
        where u."id" = $6 and ($7::text is null or exists (select 1 from "session" where "token" = $8)) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text;

-- user::update
update "user" u set "name" = coalesce($1, u."name"),
            "image" = case when $2 then $3 else u."image" end, "updatedAt" = $4, "the ""plan""" = $5, "note" = $6
        where u."id" = $7 and ($8::text is null or exists (select 1 from "session" where "token" = $9)) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text;

-- user::update
update "user" u set "name" = coalesce($1, u."name"),
            "image" = case when $2 then $3 else u."image" end, "updatedAt" = $4, "the ""plan""" = $5, "note" = $6
        where u."id" = $7 and true returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text;

-- phone_number::set_number
update "user" u set "phoneNumber" = $1, "phoneNumberVerified" = 'true', "updatedAt" = $2
        where u."id" = $3 and ($4::text is null or exists (select 1 from "session" where "token" = $5)) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text;

-- phone_number::set_number
update "user" u set "phoneNumber" = $1, "phoneNumberVerified" = 'true', "updatedAt" = $2
        where u."id" = $3 and true returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text;

-- social::known
with a as (select * from "account" where "providerId" = $1 and "accountId" = $2 limit 2) select a."id"::text, a."accountId"::text, a."providerId"::text, a."userId"::text, a."accessToken"::text, a."refreshToken"::text, a."idToken"::text, a."accessTokenExpiresAt", a."refreshTokenExpiresAt", a."scope"::text, a."createdAt", a."updatedAt", u."id" is not null, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from a left join "user" u on u."id" = a."userId" union all select null, null, null, null, null, null, null, null, null, null, null, null, true, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from "user" u where u."email" = $3 and not exists (select 1 from a);

-- codes::open, session::insert_checked
with checked as (select 1 from "user" u, "account" a where u."id" = $1 and a."userId" = $2
            and a."providerId" = 'credential' and a."accountId" = $3 and a."password" = $4
            limit 1 for key share of u for share of a)
        insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") select $5, $6, $7, $8, $9, $10, $11, $12, $13 from checked
         returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text;

-- codes::open, session::insert_checked
with checked as (select 1 from "user" u, "account" a where u."id" = $1 and a."userId" = $2
            and a."providerId" = 'credential' and a."accountId" = $3 and a."password" = $4
            limit 1 for key share of u for share of a)
        insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") select $5, $6, $7, $8, $9, $10, $11, $12, $13 from checked
        on conflict ("token") do update set "token" = excluded."token" returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text;

-- codes::charge, two_factor::begin, unproven::contest, verification::insert
with cleaned as (delete from "verification" where $1 and case when true or isfinite("expiresAt") then "expiresAt" end < $2)
        insert into "verification" ("id", "identifier", "value",
            "expiresAt", "createdAt", "updatedAt")
        values ($3, $4, $5, $6, $7, $8) on conflict do nothing;

-- two_factor::begin
with cleaned as (delete from "verification" where $1 and case when true or isfinite("expiresAt") then "expiresAt" end < $2),
        made as (insert into "verification" ("id", "identifier", "value",
                "expiresAt", "createdAt", "updatedAt")
            values ($3, $4, $5, $6, $7, $8), ($9, $10, $11, $12, $13, $14)) select exists (select 1 from "twoFactor" t where t."userId" = $15 and coalesce(lower(trim(t."verified"::text)), 'true') not in ('f', 'false', 'n', 'no', 'off', '0'));

-- passkey::used
with counted as (update "passkey" p set "counter" = $1 where p."id" = $2
        and p."userId" = $3 and p."publicKey" = $4
        and (coalesce(p."counter"::text, '0')::numeric < $5::numeric
            or ($6::numeric = 0 and coalesce(p."counter"::text, '0')::numeric = 0))
        returning 1) insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") select $7, $8, $9, $10, $11, $12, $13, $14, $15 from counted
         returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text;

-- passkey::used
with counted as (update "passkey" p set "counter" = $1 where p."id" = $2
        and p."userId" = $3 and p."publicKey" = $4
        and (coalesce(p."counter"::text, '0')::numeric < $5::numeric
            or ($6::numeric = 0 and coalesce(p."counter"::text, '0')::numeric = 0))
        returning 1) insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") select $7, $8, $9, $10, $11, $12, $13, $14, $15 from counted
        on conflict ("token") do update set "token" = excluded."token" returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text;

-- api_key::insert
with expired as (delete from "apikey" k where k."id" in (select "id" from "apikey"
                where case when true or isfinite("expiresAt") then "expiresAt" end < $1 limit 1000 for update skip locked))
        insert into "apikey" as k ("id", "configId", "name", "start", "referenceId",
            "prefix", "key", "refillInterval", "refillAmount", "enabled",
            "rateLimitEnabled", "rateLimitTimeWindow", "rateLimitMax", "requestCount",
            "remaining", "expiresAt", "createdAt", "updatedAt", "permissions",
            "metadata")
        select $2, $3, $4, $5, $6, $7, $8, $9, $10, 'true', $11, $12, $13, '0', $14, $15, $16, $17, $18, $19
            where ($20::text is null or exists (select 1 from "session" where "token" = $21)) and ($22::text is null or exists (select 1 from "member" a where a."organizationId" = $23
            and a."userId" = $24 and a."role"::text = $25)) returning k."id"::text, k."configId"::text, k."name"::text, k."start"::text,
    k."referenceId"::text, k."prefix"::text, k."refillInterval"::bigint, k."refillAmount"::bigint,
    k."lastRefillAt", k."enabled", k."rateLimitEnabled", k."rateLimitTimeWindow"::bigint,
    k."rateLimitMax"::bigint, k."requestCount"::bigint, k."remaining"::bigint, k."lastRequest",
    k."expiresAt", k."createdAt", k."updatedAt", k."permissions"::text, k."metadata"::text;

-- api_key::insert
with expired as (delete from "apikey" k where k."id" in (select "id" from "apikey"
                where case when true or isfinite("expiresAt") then "expiresAt" end < $1 limit 1000 for update skip locked))
        insert into "apikey" as k ("id", "configId", "name", "start", "referenceId",
            "prefix", "key", "refillInterval", "refillAmount", "enabled",
            "rateLimitEnabled", "rateLimitTimeWindow", "rateLimitMax", "requestCount",
            "remaining", "expiresAt", "createdAt", "updatedAt", "permissions",
            "metadata")
        select $2, $3, $4, $5, $6, $7, $8, $9, $10, 'true', $11, $12, $13, '0', $14, $15, $16, $17, $18, $19
            where true and ($20::text is null or exists (select 1 from "member" a where a."organizationId" = $21
            and a."userId" = $22 and a."role"::text = $23)) returning k."id"::text, k."configId"::text, k."name"::text, k."start"::text,
    k."referenceId"::text, k."prefix"::text, k."refillInterval"::bigint, k."refillAmount"::bigint,
    k."lastRefillAt", k."enabled", k."rateLimitEnabled", k."rateLimitTimeWindow"::bigint,
    k."rateLimitMax"::bigint, k."requestCount"::bigint, k."remaining"::bigint, k."lastRequest",
    k."expiresAt", k."createdAt", k."updatedAt", k."permissions"::text, k."metadata"::text;

-- uses::verify
with found as (select k."id" as id, k."referenceId"::text as owner,
            coalesce(nullif(k."configId"::text, ''), 'default') as config,
            coalesce(lower(trim(k."enabled"::text)) in ('f', 'false', 'n', 'no', 'off', '0'), false) as disabled,
            coalesce(lower(trim(k."rateLimitEnabled"::text)) in ('f', 'false', 'n', 'no', 'off', '0'), false) as unlimited,
            k."remaining"::bigint as remaining, k."refillAmount"::bigint as amount,
            k."refillInterval"::bigint as span, k."rateLimitTimeWindow"::bigint as frame,
            k."rateLimitMax"::bigint as most, coalesce(k."requestCount"::bigint, 0) as uses,
            (extract(epoch from case when true or isfinite(k."expiresAt") then k."expiresAt" end) * 1000)::bigint as until,
            (extract(epoch from coalesce(case when true or isfinite(k."lastRefillAt") then k."lastRefillAt" end, case when true or isfinite(k."createdAt") then k."createdAt" end)) * 1000)::bigint as filled,
            (extract(epoch from case when true or isfinite(k."lastRequest") then k."lastRequest" end) * 1000)::bigint as last, k."permissions"::text as permitted
        from "apikey" k where k."key" = $1 order by k."id" limit 1 for update),
    facts as (select f.*, coalesce($2::bigint - filled > span and span <> 0 and amount <> 0, false) as due,
            unlimited or config = any($3::text[]) as free,
            frame is not null and most is not null as framed, last is null or $4::bigint - last > frame as anew,
            config = any($5::text[]) as of_organization from found f),
    judged as (select f.*, case
            when config <> coalesce($6::text, config) or not config = any($7::text[]) then 'unknown'
            when disabled then 'disabled'
            when until < $8::bigint then 'expired'
            when $9::text is not null and not coalesce(permitted::jsonb @> $10::text::jsonb, false) then 'not permitted'
            when remaining = 0 and amount is null then 'spent'
            when remaining <= 0 and not due then 'exhausted'
            when framed and not free and not anew and uses >= most then 'limited'
            else 'valid' end as verdict from facts f),
    used as (update "apikey" k set
            "remaining" = case when j.remaining is null then null when j.due then j.amount - 1 else j.remaining - 1 end,
            "lastRefillAt" = case when j.remaining is not null and j.due then $11 else k."lastRefillAt" end,
            "requestCount" = case when j.free or not j.framed then k."requestCount" when j.anew then 1
                else j.uses + 1 end,
            "lastRequest" = case when j.free or j.framed then $12 else k."lastRequest" end,
            "updatedAt" = $13
        from judged j where k."id" = j.id and j.verdict = 'valid' returning k."id"::text, k."configId"::text, k."name"::text, k."start"::text,
    k."referenceId"::text, k."prefix"::text, k."refillInterval"::bigint, k."refillAmount"::bigint,
    k."lastRefillAt", k."enabled", k."rateLimitEnabled", k."rateLimitTimeWindow"::bigint,
    k."rateLimitMax"::bigint, k."requestCount"::bigint, k."remaining"::bigint, k."lastRequest",
    k."expiresAt", k."createdAt", k."updatedAt", k."permissions"::text, k."metadata"::text),
    over as (delete from "apikey" k using judged j where k."id" = j.id and j.verdict in ('expired', 'spent'))
    select j.verdict, least(j.frame, j.frame - ($14::bigint - j.last)), u."id" is not null
        or o."id" is not null, used.*, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from judged j
        left join used on true
        left join "user" u on u."id" = (jsonb_populate_record(null::"user", case when j.of_organization
            then '{}' else jsonb_build_object('id', j.owner) end)).id
        left join "organization" o on o."id" = (jsonb_populate_record(null::"organization", case when j.of_organization
            then jsonb_build_object('id', j.owner) else '{}' end)).id;

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
            "password", "createdAt", "updatedAt", "issuer", "its origin")
        select w.id, coalesce(w."accountId"::text, u."id"::text), w."providerId", u."id",
            w."password", $4, $5, case gatepost_provider when 'credential' then 'local:credential' else 'local:oauth:' || gatepost_provider end, $6 from new_user u join ways w on w."gatepost owner" = u."email"::text)
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
            "password", "createdAt", "updatedAt", "its origin")
        select w.id, coalesce(w."accountId"::text, u."id"::text), w."providerId", u."id",
            w."password", $4, $5, $6 from new_user u join ways w on w."gatepost owner" = u."email"::text)
    select g."email"::text, exists (select 1 from new_user n where n."email" = g."email"),
        exists (select 1 from known k where k.email = g."email") from given g;

-- codes::charge
with locked as (select 1 from "twoFactor" t where $1 and t."userId" = $2
    and case when true or isfinite(t."lockedUntil") then t."lockedUntil" end > $3) select exists (select 1 from locked);

-- admin::create
with made as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $8, $9 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $10, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $11::text), $12 from made u where $13 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $14, o."id", u."id", $15, $16 from founded o, made u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $17, o."name", 1, o."id", $18 from founded o where $19 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $20, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $21 from founded_team t, made u)
        select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from made u;

-- admin::create, user::insert
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $8, $9 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $10, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $11::text), $12 from new_user u where $13 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $14, o."id", u."id", $15, $16 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $17, o."name", 1, o."id", $18 from founded o where $19 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $20, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $21 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $22, u."id"::text, 'credential', u."id", $23, $24, $25, $26 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;

-- user::insert
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $8, $9 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $10, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $11::text), $12 from new_user u where $13 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $14, o."id", u."id", $15, $16 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $17, o."name", 1, o."id", $18 from founded o where $19 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $20, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $21 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $22, u."id"::text, 'credential', u."id", $23, $24, $25, $26 from new_user u
), new_session as (
    insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId")
    select $27, $28, u."id", $29, $30, $31, $32, $33, $34, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u returning *
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_session s;

-- user::insert
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note")
    select $1, $2, $3, $4, $5, $6, $7, $8, $9 on conflict ("email") do nothing returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $10, $11 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $12, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $13::text), $14 from new_user u where $15 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $16, o."id", u."id", $17, $18 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $19, o."name", 1, o."id", $20 from founded o where $21 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $22, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $23 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $24, u."id"::text, 'credential', u."id", $25, $26, $27, $28 from new_user u
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;

-- user::insert
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note")
    select $1, $2, $3, $4, $5, $6, $7, $8, $9 on conflict ("email") do nothing returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $10, $11 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $12, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $13::text), $14 from new_user u where $15 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $16, o."id", u."id", $17, $18 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $19, o."name", 1, o."id", $20 from founded o where $21 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $22, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $23 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $24, u."id"::text, 'credential', u."id", $25, $26, $27, $28 from new_user u
), new_session as (
    insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId")
    select $29, $30, u."id", $31, $32, $33, $34, $35, $36, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u returning *
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_session s;

-- user::insert_alone
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $8, $9 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $10, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $11::text), $12 from new_user u where $13 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $14, o."id", u."id", $15, $16 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $17, o."name", 1, o."id", $18 from founded o where $19 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $20, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $21 from founded_team t, new_user u) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;

-- user::insert_alone
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $8, $9 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $10, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $11::text), $12 from new_user u where $13 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $14, o."id", u."id", $15, $16 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $17, o."name", 1, o."id", $18 from founded o where $19 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $20, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $21 from founded_team t, new_user u), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId") select $22, $23, u."id", $24, $25, $26, $27, $28, $29, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u returning *)
    select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_session s;

-- user::insert_alone
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note") select $1, $2, $3, $4, $5, $6, $7, $8, $9 on conflict ("email") do nothing returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $10, $11 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $12, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $13::text), $14 from new_user u where $15 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $16, o."id", u."id", $17, $18 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $19, o."name", 1, o."id", $20 from founded o where $21 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $22, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $23 from founded_team t, new_user u) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;

-- user::insert_alone
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note") select $1, $2, $3, $4, $5, $6, $7, $8, $9 on conflict ("email") do nothing returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $10, $11 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $12, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $13::text), $14 from new_user u where $15 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $16, o."id", u."id", $17, $18 from founded o, new_user u),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $19, o."name", 1, o."id", $20 from founded o where $21 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $22, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $23 from founded_team t, new_user u), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId") select $24, $25, u."id", $26, $27, $28, $29, $30, $31, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u returning *)
    select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_session s;

-- session::insert_checked
with owner as (select 1 from "user" u where u."id" = $1 for key share), checked as (update "account" a
            set "password" = $2 from owner where a."userId" = $3
            and a."providerId" = 'credential' and a."accountId" = $4 and a."password" = $5
            returning 1)
        insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") select $6, $7, $8, $9, $10, $11, $12, $13, $14 where exists (select 1 from checked)
         returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text;

-- session::insert_checked
with owner as (select 1 from "user" u where u."id" = $1 for key share), checked as (update "account" a
            set "password" = $2 from owner where a."userId" = $3
            and a."providerId" = 'credential' and a."accountId" = $4 and a."password" = $5
            returning 1)
        insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") select $6, $7, $8, $9, $10, $11, $12, $13, $14 where exists (select 1 from checked)
        on conflict ("token") do update set "token" = excluded."token" returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text;

-- codes::settle
with taken as (delete from "verification" where "identifier" = any($1)
            returning "value"::text as value, case when true or isfinite("expiresAt") then "expiresAt" end as until),
        mine as (select 1 from taken where value = $2 and until >= $3),
        gone as (delete from "verification" where "identifier" = any($4)),
        reset as (update "twoFactor" t set "failedVerificationCount" = '0',
        "lockedUntil" = nullif(t."lockedUntil", t."lockedUntil"),
        "verified" = case when t."id"::text = $5 then 'true' else t."verified" end
    where t."userId" = $6 and $7 and ($8 or exists (select 1 from mine))) select $9 or exists (select 1 from mine);

-- social::write
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer", "its origin") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text, $16 where $17
        and (exists (select 1 from "user" where "id" = $18 and "email" = $19 for no key update) or $20 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $21 and "accountId" = $22)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $23, "refreshToken" = $24, "idToken" = $25,
        "accessTokenExpiresAt" = $26, "refreshTokenExpiresAt" = $27, "scope" = $28, "updatedAt" = $29
    where not $30 and not exists (select 1 from taken) and "id"::text = $31 and "userId" = $32 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($33, "name"),
        "image" = case when $34 then $35 else "image" end, "email" = coalesce($36, "email"),
        "emailVerified" = case when $37::text is not null or "email" = $38 then coalesce($39, "emailVerified")
            else "emailVerified" end, "updatedAt" = $40
    where $41 and "id" = $42 and exists (select 1 from done)),
moved as (select "id" from "user" where $43 and "id" = $44 and not "email" = $45 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $46 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;

-- social::write
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer", "its origin") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'local:oauth:' || $15::text, $16 where $17
        and (exists (select 1 from "user" where "id" = $18 and "email" = $19 for no key update) or $20 = '')
        and not exists (select 1 from taken) and not exists (select 1 from "account" where "providerId" = $21 and "accountId" = $22)
    returning "id"::text as id
), kept as (update "account" set "accessToken" = $23, "refreshToken" = $24, "idToken" = $25,
        "accessTokenExpiresAt" = $26, "refreshTokenExpiresAt" = $27, "scope" = $28, "updatedAt" = $29
    where not $30 and not exists (select 1 from taken) and "id"::text = $31 and "userId" = $32 returning "id"::text as id
), done as (select id from made union all select id from kept),
changed as (update "user" set "name" = coalesce($33, "name"),
        "image" = case when $34 then $35 else "image" end, "email" = coalesce($36, "email"),
        "emailVerified" = case when $37::text is not null or "email" = $38 then coalesce($39, "emailVerified")
            else "emailVerified" end, "updatedAt" = $40
    where $41 and "id" = $42 and exists (select 1 from done)),
moved as (select "id" from "user" where $43 and "id" = $44 and not "email" = $45 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $46 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)) select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;

-- social::write
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "its origin") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15 where $16
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
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "its origin") select $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15 where $16
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
