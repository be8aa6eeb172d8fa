-- Every statement that the service sends, with the features of additional-fields.sql, where statements note the changes that they make.
-- Above each are the functions of the store that send it. E'…' stands for any text, and … for the number of a lock.
-- 34 more statements are the same as in default.sql.
-- 77 more statements are the same as in additional-fields.sql.
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
        select $14, o."id", u."id", $15, $16 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($17::text, E'…'), p."userId"::text, null, p."organizationId"::text, $18, $19, $20, $21, $22, $23, $24, $25, $26 from (select * from founder limit 1) p where coalesce($27::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $28, o."name", 1, o."id", $29 from founded o where $30 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $31, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $32 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $33, u."id"::text, 'credential', u."id", $34, $35, $36, $37 from new_user u
), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($38::text, E'…'), p."id"::text, null, null, $39, $40, $41, $42, $43, $44, $45, $46, $47 from (select * from new_user limit 1) p where coalesce($48::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
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
        select $15, o."id", u."id", $16, $17 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($18::text, E'…'), p."userId"::text, null, p."organizationId"::text, $19, $20, $21, $22, $23, $24, $25, $26, $27 from (select * from founder limit 1) p where coalesce($28::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $29, o."name", 1, o."id", $30 from founded o where $31 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $32, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $33 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $34, u."id"::text, 'credential', u."id", $35, $36, $37, 'local:credential', $38 from new_user u
), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($39::text, E'…'), p."id"::text, null, null, $40, $41, $42, $43, $44, $45, $46, $47, $48 from (select * from new_user limit 1) p where coalesce($49::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
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
        select $15, o."id", u."id", $16, $17 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($18::text, E'…'), p."userId"::text, null, p."organizationId"::text, $19, $20, $21, $22, $23, $24, $25, $26, $27 from (select * from founder limit 1) p where coalesce($28::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $29, o."name", 1, o."id", $30 from founded o where $31 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $32, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $33 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $34, u."id"::text, 'credential', u."id", $35, $36, $37, $38 from new_user u
), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($39::text, E'…'), p."id"::text, null, null, $40, $41, $42, $43, $44, $45, $46, $47, $48 from (select * from new_user limit 1) p where coalesce($49::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
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
        select $16, o."id", u."id", $17, $18 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($19::text, E'…'), p."userId"::text, null, p."organizationId"::text, $20, $21, $22, $23, $24, $25, $26, $27, $28 from (select * from founder limit 1) p where coalesce($29::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $30, o."name", 1, o."id", $31 from founded o where $32 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $33, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $34 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $35, u."id"::text, 'credential', u."id", $36, $37, $38, $39 from new_user u
), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($40::text, E'…'), p."id"::text, null, null, $41, $42, $43, $44, $45, $46, $47, $48, $49 from (select * from new_user limit 1) p where coalesce($50::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
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
        select $17, o."id", u."id", $18, $19 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($20::text, E'…'), p."userId"::text, null, p."organizationId"::text, $21, $22, $23, $24, $25, $26, $27, $28, $29 from (select * from founder limit 1) p where coalesce($30::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $31, o."name", 1, o."id", $32 from founded o where $33 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $34, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $35 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $36, u."id"::text, 'credential', u."id", $37, $38, $39, 'local:credential', $40 from new_user u
), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($41::text, E'…'), p."id"::text, null, null, $42, $43, $44, $45, $46, $47, $48, $49, $50 from (select * from new_user limit 1) p where coalesce($51::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
set constraints all immediate;
rollback to savepoint undone; commit;

-- organization::delete
begin isolation level read committed; select 1 from "organization" o where o."id" = E'…' for no key update;
with acting as (select 1 where exists (select 1 from "member" a where a."organizationId" = $1
    and a."userId" = $2 and a."role"::text = $3)),
        members as (delete from "member" m using acting where m."organizationId" = $4),
        invitations as (delete from "invitation" i using acting where i."organizationId" = $5), noted_acting as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($6::text, E'…'), null, null, $7::text, $8, $9, $10, $11, $12, $13, $14, $15, $16 from (select * from acting limit 1) p where coalesce($17::text, E'…') <> '-')
        delete from "organization" o using acting where o."id" = $18 returning 1;
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
                "createdAt") select $10, o.id, o.user_id, translate(rtrim(encode(sha256(convert_to('[' || to_json(o.id::text)::text || ',' || to_json(o.user_id::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $11 from open o returning *), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($12::text, E'…'), $13::text, $14::text, $15::text, $16, $17, $18, $19, $20, $21, $22, $23, $24 from (select * from made limit 1) p where coalesce($25::text, E'…') <> '-')
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
                - (select count(*) from gone) from wanted w where g."id" = w.id and exists (select 1 from gone)), noted_gone as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($9::text, E'…'), $10::text, $11::text, $12::text, $13, $14, $15, $16, $17, $18, $19, $20, $21 from (select * from gone limit 1) p where coalesce($22::text, E'…') <> '-')
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
                and r."role"::text = p.name)) returning *), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($17::text, E'…'), $18::text, p."id"::text, $19::text, $20, $21, $22, $23, $24, $25, $26, $27, $28 from (select * from changed limit 1) p where coalesce($29::text, E'…') <> '-')
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
        gone as (delete from "team" g using found f where g."id" = f.id and f.may_go returning 1), noted_gone as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($10::text, E'…'), null, $11::text, $12::text, $13, $14, $15, $16, $17, $18, $19, $20, $21 from (select * from gone limit 1) p where coalesce($22::text, E'…') <> '-')
        select f.may_go from found f;
commit;

-- roles::delete
begin isolation level read committed; select 1 from "organization" o where o."id" = E'…' for no key update;
with found as (select x."id" as id, not exists (select 1 from "member" m where m."organizationId" = $1
                and x."role"::text = any (regexp_split_to_array(trim(m."role"::text), '[[:space:]]*,[[:space:]]*')))
                as may_go
            from "organizationRole" x where x."id" = $2 and x."organizationId" = $3 and exists (select 1 from "member" a where a."organizationId" = $4
    and a."userId" = $5 and a."role"::text = $6)),
        gone as (delete from "organizationRole" x using found f where x."id" = f.id and f.may_go returning 1), noted_gone as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($7::text, E'…'), null, $8::text, $9::text, $10, $11, $12, $13, $14, $15, $16, $17, $18 from (select * from gone limit 1) p where coalesce($19::text, E'…') <> '-')
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
    and a."userId" = $9 and a."role"::text = $10) returning 1), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($11::text, E'…'), null, $12::text, $13::text, $14, $15, $16, $17, $18, $19, $20, $21, $22 from (select * from changed limit 1) p where coalesce($23::text, E'…') <> '-')
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
            from (select s.id, count(*) as number from seats s group by s.id) f where g."id" = f.id), noted_gone as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($14::text, E'…'), $15::text, null, $16::text, $17, $18, $19, $20, $21, $22, $23, $24, $25 from (select * from gone limit 1) p where coalesce($26::text, E'…') <> '-')
        select 1 from gone limit 1;
commit;

-- operator::remove
begin isolation level read committed; select 1 from "organization" o where o."id" = E'…' for no key update;
with members as (delete from "member" m where m."organizationId" = $1),
        invitations as (delete from "invitation" i where i."organizationId" = $2), changed as (
        delete from "organization" o where o."id" = $3 returning 1), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($4::text, E'…'), null, null, $5::text, $6, $7, $8, $9, $10, $11, $12, $13, $14 from (select * from changed limit 1) p where coalesce($15::text, E'…') <> '-') select * from changed;
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
            select $14, $15, $16, $17, 'pending', $18, $19, $20, $21 from open returning *), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($22::text, E'…'), null, p."id"::text, $23::text, $24, $25, $26, $27, $28, $29, $30, $31, $32 from (select * from made limit 1) p where coalesce($33::text, E'…') <> '-')
        select i."id"::text, i."organizationId"::text, i."email"::text, i."role"::text, i."teamId"::text, i."status"::text, i."expiresAt", i."createdAt", i."inviterId"::text from made i;
commit;

-- teams::create
begin isolation level read committed; select 1 from "organization" o where o."id" = E'…' for no key update;
with room as (select exists (select 1 from "member" a where a."organizationId" = $1
    and a."userId" = $2 and a."role"::text = $3) as acts, $4::bigint is null or (select count(*) from "team" g where g."organizationId" = $5) < $6::bigint as has_room),
        made as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt",
                "updatedAt")
            select $7, $8, 0, $9, $10, $11 from room r where r.acts and r.has_room returning *), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($12::text, E'…'), null, p."id"::text, $13::text, $14, $15, $16, $17, $18, $19, $20, $21, $22 from (select * from made limit 1) p where coalesce($23::text, E'…') <> '-')
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
            select $8, $9, $10, $11, $12 from room r where r.acts and r.has_room and r.is_free returning *), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($13::text, E'…'), null, p."id"::text, $14::text, $15, $16, $17, $18, $19, $20, $21, $22, $23 from (select * from made limit 1) p where coalesce($24::text, E'…') <> '-')
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
            where g."id" = w.id and not w.is_in), noted_accepted as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($25::text, E'…'), $26::text, $27::text, $28::text, $29, $30, $31, $32, $33, $34, $35, $36, $37 from (select * from accepted limit 1) p where coalesce($38::text, E'…') <> '-')
        select i."id"::text, i."organizationId"::text, i."email"::text, i."role"::text, i."teamId"::text, i."status"::text, i."expiresAt", i."createdAt", i."inviterId"::text, m."id"::text, m."organizationId"::text, m."userId"::text, m."role"::text, m."createdAt" from accepted i, joined m;
commit;

-- unproven::contest
begin isolation level read committed; select 1 from "user" u where u."email" = E'…' for no key update;
    select 1 from "account" a, "user" u where u."email" = E'…' and a."userId" = u."id"
        and a."providerId" = 'credential' for update of a;
with owner as (select u.* from "user" u where u."email" = $1 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')), contested as (update "account" a set "password" = null from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and a."password" is not null returning a."userId"), noted_contested as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($2::text, E'…'), p."userId"::text, null, null, $3, $4, $5, $6, $7, $8, $9, $10, $11 from (select * from contested limit 1) p where coalesce($12::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from owner u;
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
        deleted as (delete from "user" where "id" = $10 and exists (select 1 from owner)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($11::text, E'…'), $12::text, null, null, $13, $14, $15, $16, $17, $18, $19, $20, $21 from (select * from owner limit 1) p where coalesce($22::text, E'…') <> '-') select 1 from owner;
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
        deleted as (delete from "user" where "id" = $13 and exists (select 1 from owner)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($14::text, E'…'), $15::text, null, null, $16, $17, $18, $19, $20, $21, $22, $23, $24 from (select * from owner limit 1) p where coalesce($25::text, E'…') <> '-') select 1 from owner;
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
        accounts as (delete from "account" where "userId" = $8 and exists (select 1 from owner)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($9::text, E'…'), $10::text, null, null, $11, $12, $13, $14, $15, $16, $17, $18, $19 from (select * from owner limit 1) p where coalesce($20::text, E'…') <> '-')
        delete from "user" where "id" = $21 and exists (select 1 from owner) returning 1;
commit;

-- account::change_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with changed as (update "account" set "password" = $1, "updatedAt" = $2
        where "userId" = $3 and "providerId" = 'credential' and "accountId" = $4
            and "password" = $5 and ($6::text is null or exists (select 1 from "session" where "token" = $7)) returning "userId" as "id"), overtaken as (delete from "verification" where "value" in (select "id"::text from changed)), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($8::text, E'…'), $9::text, null, null, $10, $11, $12, $13, $14, $15, $16, $17, $18 from (select * from changed limit 1) p where coalesce($19::text, E'…') <> '-'), revoked as (delete from "session" where "userId" = $20 and exists (select 1 from changed))
    insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") select $21, $22, $23, $24, $25, $26, $27, $28, $29
    where exists (select 1 from changed) returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text;
commit;

-- mailed::confirm
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with changed as (update "user" u set "emailVerified" = 'true', "updatedAt" = $1
        where u."id" = $2 and u."email" = $3 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $4 and not exists (select 1 from "verification" v
            where v."identifier" = $5::text) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($6::text, E'…'), $7::text, null, null, $8, $9, $10, $11, $12, $13, $14, $15, $16 from (select * from changed limit 1) p where coalesce($17::text, E'…') <> '-') select * from changed;
commit;

-- mailed::confirm
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with changed as (update "user" u set "emailVerified" = 'true', "updatedAt" = $1
        where u."id" = $2 and u."email" = $3 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $4 returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($5::text, E'…'), $6::text, null, null, $7, $8, $9, $10, $11, $12, $13, $14, $15 from (select * from changed limit 1) p where coalesce($16::text, E'…') <> '-') select * from changed;
commit;

-- phone_number::prove
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with changed as (update "user" u set "phoneNumberVerified" = 'true', "updatedAt" = $1
        where u."id" = $2 and u."phoneNumber" = $3 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $4) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($5::text, E'…'), $6::text, null, null, $7, $8, $9, $10, $11, $12, $13, $14, $15 from (select * from changed limit 1) p where coalesce($16::text, E'…') <> '-') select * from changed;
commit;

-- mailed::confirm
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with confirmed as (update "user" u set "emailVerified" = 'true', "updatedAt" = $1
        where u."id" = $2 and u."email" = $3 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $4 and not exists (select 1 from "verification" v
            where v."identifier" = $5::text) returning u.*), opened as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") select $6, $7, u."id", $8, $9, $10, $11, $12, $13 from confirmed u
        returning *), noted_confirmed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($14::text, E'…'), $15::text, null, null, $16, $17, $18, $19, $20, $21, $22, $23, $24 from (select * from confirmed limit 1) p where coalesce($25::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from confirmed u, opened s;
commit;

-- proven::clear_others
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u."id" from "user" u where u."id" = $1 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and exists (select 1 from "account" where "userId" = $2 and "id"::text <> $3)),
        removed as (delete from "account" where "userId" in (select "id" from owner)
            and "id"::text <> $4), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($5::text, E'…'), $6::text, null, null, $7, $8, $9, $10, $11, $12, $13, $14, $15 from (select * from owner limit 1) p where coalesce($16::text, E'…') <> '-') select 1 from owner;
commit;

-- proven::clear_others
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u."id" from "user" u where u."id" = $1 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and exists (select 1 from "account" where "userId" = $2 and "id"::text <> $3)),
        removed as (delete from "account" where "userId" in (select "id" from owner)
            and "id"::text <> $4), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($5::text, E'…'), $6::text, null, null, $7, $8, $9, $10, $11, $12, $13, $14, $15 from (select * from owner limit 1) p where coalesce($16::text, E'…') <> '-') select 1 from owner;
commit;

-- proven::clear_others
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u."id" from "user" u where u."id" = $1 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and exists (select 1 from "account" where "userId" = $2 and "id"::text <> $3)),
        removed as (delete from "account" where "userId" in (select "id" from owner)
            and "id"::text <> $4), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($5::text, E'…'), $6::text, null, null, $7, $8, $9, $10, $11, $12, $13, $14, $15 from (select * from owner limit 1) p where coalesce($16::text, E'…') <> '-'), ended as (delete from "session" where "userId" in (select "id" from owner)) select 1 from owner;
commit;

-- unproven::clear
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u."id" from "user" u where u."id" = $1 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')),
        removed as (delete from "account" where "userId" in (select "id" from owner)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($2::text, E'…'), $3::text, null, null, $4, $5, $6, $7, $8, $9, $10, $11, $12 from (select * from owner limit 1) p where coalesce($13::text, E'…') <> '-') select 1 from owner;
commit;

-- unproven::clear
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u."id" from "user" u where u."id" = $1 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')),
        removed as (delete from "account" where "userId" in (select "id" from owner)), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($2::text, E'…'), $3::text, null, null, $4, $5, $6, $7, $8, $9, $10, $11, $12 from (select * from owner limit 1) p where coalesce($13::text, E'…') <> '-'), settled as (delete from "verification" where
            "identifier" = $14 and exists (select 1 from owner)) select 1 from owner;
commit;

-- unproven::clear
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u."id" from "user" u where u."id" = $1 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')),
        removed as (delete from "account" where "userId" in (select "id" from owner)), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($2::text, E'…'), $3::text, null, null, $4, $5, $6, $7, $8, $9, $10, $11, $12 from (select * from owner limit 1) p where coalesce($13::text, E'…') <> '-'), settled as (delete from "verification" where
            "identifier" = $14 and exists (select 1 from owner)), ended as (delete from "session" where "userId" in (select "id" from owner)) select 1 from owner;
commit;

-- admin::set_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and ($2::text is null or exists (select 1 from "session" where "token" = $3))), changed as (update "account" a set "password" = $4, "updatedAt" = $5 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $6, u."id"::text, 'credential', u."id", $7, $8, $9, 'local:credential', $10 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($11::text, E'…'), $12::text, null, null, $13, $14, $15, $16, $17, $18, $19, $20, $21 from (select * from owner limit 1) p where coalesce($22::text, E'…') <> '-') select 1 from owner;
commit;

-- admin::set_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and ($2::text is null or exists (select 1 from "session" where "token" = $3))), changed as (update "account" a set "password" = $4, "updatedAt" = $5 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $6, u."id"::text, 'credential', u."id", $7, $8, $9, $10 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($11::text, E'…'), $12::text, null, null, $13, $14, $15, $16, $17, $18, $19, $20, $21 from (select * from owner limit 1) p where coalesce($22::text, E'…') <> '-') select 1 from owner;
commit;

-- admin::set_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and true), changed as (update "account" a set "password" = $2, "updatedAt" = $3 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $4, u."id"::text, 'credential', u."id", $5, $6, $7, 'local:credential', $8 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($9::text, E'…'), $10::text, null, null, $11, $12, $13, $14, $15, $16, $17, $18, $19 from (select * from owner limit 1) p where coalesce($20::text, E'…') <> '-') select 1 from owner;
commit;

-- admin::set_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and true), changed as (update "account" a set "password" = $2, "updatedAt" = $3 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $4, u."id"::text, 'credential', u."id", $5, $6, $7, $8 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($9::text, E'…'), $10::text, null, null, $11, $12, $13, $14, $15, $16, $17, $18, $19 from (select * from owner limit 1) p where coalesce($20::text, E'…') <> '-') select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3)), removed as (delete from "account" a using owner u where $4 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $5, "updatedAt" = $6 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10, 'local:credential', $11 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($12::text, E'…'), $13::text, null, null, $14, $15, $16, $17, $18, $19, $20, $21, $22 from (select * from owner limit 1) p where coalesce($23::text, E'…') <> '-') select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3)), removed as (delete from "account" a using owner u where $4 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $5, "updatedAt" = $6 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10, 'local:credential', $11 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($12::text, E'…'), $13::text, null, null, $14, $15, $16, $17, $18, $19, $20, $21, $22 from (select * from owner limit 1) p where coalesce($23::text, E'…') <> '-') select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3)), removed as (delete from "account" a using owner u where $4 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $5, "updatedAt" = $6 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10, $11 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($12::text, E'…'), $13::text, null, null, $14, $15, $16, $17, $18, $19, $20, $21, $22 from (select * from owner limit 1) p where coalesce($23::text, E'…') <> '-') select 1 from owner;
commit;

-- account::reset_password
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with owner as (select u.* from "user" u where u."id" = $1 and u."email" = $2 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $3)), removed as (delete from "account" a using owner u where $4 and coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1') and a."userId" = u."id" and not (a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)),
    changed as (update "account" a set "password" = $5, "updatedAt" = $6 from owner u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text),
    made as (insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $7, u."id"::text, 'credential', u."id", $8, $9, $10, $11 from owner u
    where not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text)), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($12::text, E'…'), $13::text, null, null, $14, $15, $16, $17, $18, $19, $20, $21, $22 from (select * from owner limit 1) p where coalesce($23::text, E'…') <> '-') select 1 from owner;
commit;

-- phone_number::prove
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with proven as (update "user" u set "phoneNumberVerified" = 'true', "updatedAt" = $1
        where u."id" = $2 and u."phoneNumber" = $3 and not exists (select 1 from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text and case when true or isfinite(a."updatedAt") then a."updatedAt" end > $4) returning u.*), opened as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") select $5, $6, u."id", $7, $8, $9, $10, $11, $12 from proven u
        returning *), noted_proven as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($13::text, E'…'), $14::text, null, null, $15, $16, $17, $18, $19, $20, $21, $22, $23 from (select * from proven limit 1) p where coalesce($24::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from proven u, opened s;
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
            and not "identifier" = any($18)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($19::text, E'…'), $20::text, null, null, $21, $22, $23, $24, $25, $26, $27, $28, $29 from (select * from owner limit 1) p where coalesce($30::text, E'…') <> '-') select 1 from owner;
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
            and not "identifier" = any($18)), noted_owner as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($19::text, E'…'), $20::text, null, null, $21, $22, $23, $24, $25, $26, $27, $28, $29 from (select * from owner limit 1) p where coalesce($30::text, E'…') <> '-') select 1 from owner;
commit;

-- two_factor::replace_codes
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
with changed as (update "twoFactor" t set "backupCodes" = $1 where t."id"::text = $2
        and t."userId" = $3 and ($4::text is null or exists (select 1 from "account" where "userId" = $5
        and "providerId" = 'credential' and "accountId" = $6 and "password" = $7)) returning 1), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($8::text, E'…'), $9::text, null, null, $10, $11, $12, $13, $14, $15, $16, $17, $18 from (select * from changed limit 1) p where coalesce($19::text, E'…') <> '-') select * from changed;
commit;

-- two_factor::replace_codes
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
with changed as (update "twoFactor" t set "backupCodes" = $1 where t."id"::text = $2
        and t."userId" = $3 and ($4::text is null or exists (select 1 from "session" where "token" = $5)) and ($6::text is null or exists (select 1 from "account" where "userId" = $7
        and "providerId" = 'credential' and "accountId" = $8 and "password" = $9)) returning 1), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($10::text, E'…'), $11::text, null, null, $12, $13, $14, $15, $16, $17, $18, $19, $20 from (select * from changed limit 1) p where coalesce($21::text, E'…') <> '-') select * from changed;
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
            select $10, $11, $12, $13, $14, '0' from open where not exists (select 1 from own)), noted_open as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($15::text, E'…'), $16::text, null, null, $17, $18, $19, $20, $21, $22, $23, $24, $25 from (select * from open limit 1) p where coalesce($26::text, E'…') <> '-')
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
            select $12, $13, $14, $15, $16, '0' from open where not exists (select 1 from own)), noted_open as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($17::text, E'…'), $18::text, null, null, $19, $20, $21, $22, $23, $24, $25, $26, $27 from (select * from open limit 1) p where coalesce($28::text, E'…') <> '-')
        select 1 from open;
commit;

-- two_factor::disable
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
with owner as (select u."id" from "user" u where u."id" = $1 and ($2::text is null or exists (select 1 from "account" where "userId" = $3
        and "providerId" = 'credential' and "accountId" = $4 and "password" = $5))),
        gone as (delete from "twoFactor" where "userId" in (select "id" from owner)), overtaking as (update "account" a set "updatedAt" = $6 from owner u where $7 and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), changed as ( update "user" u set "twoFactorEnabled" = 'false', "updatedAt" = $8
        where u."id" in (select "id" from owner) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($9::text, E'…'), $10::text, null, null, $11, $12, $13, $14, $15, $16, $17, $18, $19 from (select * from changed limit 1) p where coalesce($20::text, E'…') <> '-') select * from changed;
commit;

-- two_factor::disable
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
with owner as (select u."id" from "user" u where u."id" = $1 and ($2::text is null or exists (select 1 from "session" where "token" = $3)) and ($4::text is null or exists (select 1 from "account" where "userId" = $5
        and "providerId" = 'credential' and "accountId" = $6 and "password" = $7))),
        gone as (delete from "twoFactor" where "userId" in (select "id" from owner)), overtaking as (update "account" a set "updatedAt" = $8 from owner u where $9 and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from owner)), changed as ( update "user" u set "twoFactorEnabled" = 'false', "updatedAt" = $10
        where u."id" in (select "id" from owner) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($11::text, E'…'), $12::text, null, null, $13, $14, $15, $16, $17, $18, $19, $20, $21 from (select * from changed limit 1) p where coalesce($22::text, E'…') <> '-') select * from changed;
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
                "createdAt") select $18, t."id", $19, translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json($20::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $21 from grouped t), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($22::text, E'…'), $23::text, null, p."id"::text, $24, $25, $26, $27, $28, $29, $30, $31, $32 from (select * from made limit 1) p where coalesce($33::text, E'…') <> '-')
        select r.has_room, r.is_free, o."id"::text, o."name"::text, o."slug"::text, o."logo"::text, o."createdAt", o."metadata"::text, m."id"::text, m."organizationId"::text, m."userId"::text, m."role"::text, m."createdAt", t."id"::text from room r
            left join made o on true left join joined m on true left join grouped t on true;
commit;

-- two_factor::enable
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
with verified as (update "twoFactor" t set "verified" = 'true'
            where t."userId" = $1 and t."id"::text = $2 and ($3::text is null or exists (select 1 from "account" where "userId" = $4
        and "providerId" = 'credential' and "accountId" = $5 and "password" = $6))), changed as (
        update "user" u set "twoFactorEnabled" = 'true', "updatedAt" = $7
        where u."id" = $8 and ($9::text is null or exists (select 1 from "account" where "userId" = $10
        and "providerId" = 'credential' and "accountId" = $11 and "password" = $12)) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($13::text, E'…'), $14::text, null, null, $15, $16, $17, $18, $19, $20, $21, $22, $23 from (select * from changed limit 1) p where coalesce($24::text, E'…') <> '-') select * from changed;
commit;

-- two_factor::enable
begin isolation level read committed; select 1 from "user" u where u."id" = E'…' for no key update;
with verified as (update "twoFactor" t set "verified" = 'true'
            where t."userId" = $1 and t."id"::text = $2 and ($3::text is null or exists (select 1 from "session" where "token" = $4)) and ($5::text is null or exists (select 1 from "account" where "userId" = $6
        and "providerId" = 'credential' and "accountId" = $7 and "password" = $8))), changed as (
        update "user" u set "twoFactorEnabled" = 'true', "updatedAt" = $9
        where u."id" = $10 and ($11::text is null or exists (select 1 from "session" where "token" = $12)) and ($13::text is null or exists (select 1 from "account" where "userId" = $14
        and "providerId" = 'credential' and "accountId" = $15 and "password" = $16)) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($17::text, E'…'), $18::text, null, null, $19, $20, $21, $22, $23, $24, $25, $26, $27 from (select * from changed limit 1) p where coalesce($28::text, E'…') <> '-') select * from changed;
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
    where $35 and "id" = $36 and exists (select 1 from done) returning *), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($37::text, E'…'), $38::text, p."id"::text, null, $39, $40, $41, $42, $43, $44, $45, $46, $47 from (select * from made limit 1) p where coalesce($48::text, E'…') <> '-'), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($49::text, E'…'), $50::text, null, null, $51, $52, $53, $54, $55, $56, $57, $58, $59 from (select * from changed limit 1) p where coalesce($60::text, E'…') <> '-')
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
    where $34 and "id" = $35 and exists (select 1 from done) returning *), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($36::text, E'…'), $37::text, p."id"::text, null, $38, $39, $40, $41, $42, $43, $44, $45, $46 from (select * from made limit 1) p where coalesce($47::text, E'…') <> '-'), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($48::text, E'…'), $49::text, null, null, $50, $51, $52, $53, $54, $55, $56, $57, $58 from (select * from changed limit 1) p where coalesce($59::text, E'…') <> '-')
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
    where $33 and "id" = $34 and exists (select 1 from done) returning *), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($35::text, E'…'), $36::text, p."id"::text, null, $37, $38, $39, $40, $41, $42, $43, $44, $45 from (select * from made limit 1) p where coalesce($46::text, E'…') <> '-'), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($47::text, E'…'), $48::text, null, null, $49, $50, $51, $52, $53, $54, $55, $56, $57 from (select * from changed limit 1) p where coalesce($58::text, E'…') <> '-')
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
    where $32 and "id" = $33 and exists (select 1 from done) returning *), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($34::text, E'…'), $35::text, p."id"::text, null, $36, $37, $38, $39, $40, $41, $42, $43, $44 from (select * from made limit 1) p where coalesce($45::text, E'…') <> '-'), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($46::text, E'…'), $47::text, null, null, $48, $49, $50, $51, $52, $53, $54, $55, $56 from (select * from changed limit 1) p where coalesce($57::text, E'…') <> '-')
    select exists (select 1 from live), (select id from done limit 1);
commit;

-- passkey::insert
begin isolation level read committed; select pg_advisory_xact_lock(hashtextextended(E'…', 0));
with changed as (insert into "passkey" as p ("id", "name", "publicKey", "userId",
            "credentialID", "counter", "deviceType", "backedUp", "transports",
            "createdAt", "aaguid")
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
        where ($12::text is null or exists (select 1 from "session" where "token" = $13)) and not exists (select 1 from "passkey" o where o."credentialID" = $14) returning p."name"::text, p."publicKey"::text, p."userId"::text,
    p."credentialID"::text, p."counter"::text, p."deviceType"::text, p."backedUp",
    p."transports"::text, p."createdAt", p."aaguid"::text, p."id"::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($15::text, E'…'), $16::text, p."id"::text, null, $17, $18, $19, $20, $21, $22, $23, $24, $25 from (select * from changed limit 1) p where coalesce($26::text, E'…') <> '-') select * from changed;
commit;

-- passkey::insert
begin isolation level read committed; select pg_advisory_xact_lock(hashtextextended(E'…', 0));
with changed as (insert into "passkey" as p ("id", "name", "publicKey", "userId",
            "credentialID", "counter", "deviceType", "backedUp", "transports",
            "createdAt", "aaguid")
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
        where true and not exists (select 1 from "passkey" o where o."credentialID" = $12) returning p."name"::text, p."publicKey"::text, p."userId"::text,
    p."credentialID"::text, p."counter"::text, p."deviceType"::text, p."backedUp",
    p."transports"::text, p."createdAt", p."aaguid"::text, p."id"::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($13::text, E'…'), $14::text, p."id"::text, null, $15, $16, $17, $18, $19, $20, $21, $22, $23 from (select * from changed limit 1) p where coalesce($24::text, E'…') <> '-') select * from changed;
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
    where $41 and "id" = $42 and exists (select 1 from done) returning *),
moved as (select "id" from "user" where $43 and "id" = $44 and not "email" = $45 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $46 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($47::text, E'…'), $48::text, p."id"::text, null, $49, $50, $51, $52, $53, $54, $55, $56, $57 from (select * from made limit 1) p where coalesce($58::text, E'…') <> '-'), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($59::text, E'…'), $60::text, null, null, $61, $62, $63, $64, $65, $66, $67, $68, $69 from (select * from changed limit 1) p where coalesce($70::text, E'…') <> '-'), noted_moved as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($71::text, E'…'), $72::text, null, null, $73, $74, $75, $76, $77, $78, $79, $80, $81 from (select * from moved limit 1) p where coalesce($82::text, E'…') <> '-') select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
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
    where $41 and "id" = $42 and exists (select 1 from done) returning *),
moved as (select "id" from "user" where $43 and "id" = $44 and not "email" = $45 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $46 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($47::text, E'…'), $48::text, p."id"::text, null, $49, $50, $51, $52, $53, $54, $55, $56, $57 from (select * from made limit 1) p where coalesce($58::text, E'…') <> '-'), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($59::text, E'…'), $60::text, null, null, $61, $62, $63, $64, $65, $66, $67, $68, $69 from (select * from changed limit 1) p where coalesce($70::text, E'…') <> '-'), noted_moved as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($71::text, E'…'), $72::text, null, null, $73, $74, $75, $76, $77, $78, $79, $80, $81 from (select * from moved limit 1) p where coalesce($82::text, E'…') <> '-') select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
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
    where $41 and "id" = $42 and exists (select 1 from done) returning *),
moved as (select "id" from "user" where $43 and "id" = $44 and not "email" = $45 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $46 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($47::text, E'…'), $48::text, p."id"::text, null, $49, $50, $51, $52, $53, $54, $55, $56, $57 from (select * from made limit 1) p where coalesce($58::text, E'…') <> '-'), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($59::text, E'…'), $60::text, null, null, $61, $62, $63, $64, $65, $66, $67, $68, $69 from (select * from changed limit 1) p where coalesce($70::text, E'…') <> '-'), noted_moved as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($71::text, E'…'), $72::text, null, null, $73, $74, $75, $76, $77, $78, $79, $80, $81 from (select * from moved limit 1) p where coalesce($82::text, E'…') <> '-'), opened as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") select $83, $84, $85, $86, $87, $88, $89, $90, $91
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
    where $40 and "id" = $41 and exists (select 1 from done) returning *),
moved as (select "id" from "user" where $42 and "id" = $43 and not "email" = $44 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $45 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($46::text, E'…'), $47::text, p."id"::text, null, $48, $49, $50, $51, $52, $53, $54, $55, $56 from (select * from made limit 1) p where coalesce($57::text, E'…') <> '-'), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($58::text, E'…'), $59::text, null, null, $60, $61, $62, $63, $64, $65, $66, $67, $68 from (select * from changed limit 1) p where coalesce($69::text, E'…') <> '-'), noted_moved as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($70::text, E'…'), $71::text, null, null, $72, $73, $74, $75, $76, $77, $78, $79, $80 from (select * from moved limit 1) p where coalesce($81::text, E'…') <> '-') select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
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
    where $40 and "id" = $41 and exists (select 1 from done) returning *),
moved as (select "id" from "user" where $42 and "id" = $43 and not "email" = $44 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $45 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($46::text, E'…'), $47::text, p."id"::text, null, $48, $49, $50, $51, $52, $53, $54, $55, $56 from (select * from made limit 1) p where coalesce($57::text, E'…') <> '-'), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($58::text, E'…'), $59::text, null, null, $60, $61, $62, $63, $64, $65, $66, $67, $68 from (select * from changed limit 1) p where coalesce($69::text, E'…') <> '-'), noted_moved as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($70::text, E'…'), $71::text, null, null, $72, $73, $74, $75, $76, $77, $78, $79, $80 from (select * from moved limit 1) p where coalesce($81::text, E'…') <> '-') select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
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
    where $40 and "id" = $41 and exists (select 1 from done) returning *),
moved as (select "id" from "user" where $42 and "id" = $43 and not "email" = $44 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $45 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($46::text, E'…'), $47::text, p."id"::text, null, $48, $49, $50, $51, $52, $53, $54, $55, $56 from (select * from made limit 1) p where coalesce($57::text, E'…') <> '-'), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($58::text, E'…'), $59::text, null, null, $60, $61, $62, $63, $64, $65, $66, $67, $68 from (select * from changed limit 1) p where coalesce($69::text, E'…') <> '-'), noted_moved as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($70::text, E'…'), $71::text, null, null, $72, $73, $74, $75, $76, $77, $78, $79, $80 from (select * from moved limit 1) p where coalesce($81::text, E'…') <> '-'), opened as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") select $82, $83, $84, $85, $86, $87, $88, $89, $90
    where exists (select 1 from done) returning *)
    select t.is_taken, done.id, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from (select exists (select 1 from taken) as is_taken) t left join done on true left join opened s on true;
commit;

-- admin::amend
begin isolation level read committed; select pg_advisory_xact_lock(…);
with changed as (update "user" u set "name" = coalesce($1, u."name"),
            "emailVerified" = case when $2 then $3 else u."emailVerified" end,
            "image" = case when $4 then $5 else u."image" end,
            "createdAt" = case when $6 then $7 else u."createdAt" end, "updatedAt" = $8, "email" = $9 where u."id" = $10 and ($11::text is null or exists (select 1 from "session" where "token" = $12)) and not exists (select 1 from "user" where "email" = $13 and not "id" = $14) returning u.*)
        , overtaken as (delete from "verification" where "value" in (select "id"::text from changed)), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($15::text, E'…'), $16::text, null, null, $17, $18, $19, $20, $21, $22, $23, $24, $25 from (select * from changed limit 1) p where coalesce($26::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from changed u;
commit;

-- admin::amend
begin isolation level read committed; select pg_advisory_xact_lock(…);
with changed as (update "user" u set "name" = coalesce($1, u."name"),
            "emailVerified" = case when $2 then $3 else u."emailVerified" end,
            "image" = case when $4 then $5 else u."image" end,
            "createdAt" = case when $6 then $7 else u."createdAt" end, "updatedAt" = $8, "email" = $9 where u."id" = $10 and true and not exists (select 1 from "user" where "email" = $11 and not "id" = $12) returning u.*)
        , noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($13::text, E'…'), $14::text, null, null, $15, $16, $17, $18, $19, $20, $21, $22, $23 from (select * from changed limit 1) p where coalesce($24::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from changed u;
commit;

-- admin::create
begin isolation level read committed; select pg_advisory_xact_lock(…);
with made as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $9, $10 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $11, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $12::text), $13 from made u where $14 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $15, o."id", u."id", $16, $17 from founded o, made u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($18::text, E'…'), p."userId"::text, null, p."organizationId"::text, $19, $20, $21, $22, $23, $24, $25, $26, $27 from (select * from founder limit 1) p where coalesce($28::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $29, o."name", 1, o."id", $30 from founded o where $31 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $32, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $33 from founded_team t, made u), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($34::text, E'…'), p."id"::text, null, null, $35, $36, $37, $38, $39, $40, $41, $42, $43 from (select * from made limit 1) p where coalesce($44::text, E'…') <> '-')
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
        select $15, o."id", u."id", $16, $17 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($18::text, E'…'), p."userId"::text, null, p."organizationId"::text, $19, $20, $21, $22, $23, $24, $25, $26, $27 from (select * from founder limit 1) p where coalesce($28::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $29, o."name", 1, o."id", $30 from founded o where $31 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $32, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $33 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $34, u."id"::text, 'credential', u."id", $35, $36, $37, 'local:credential', $38 from new_user u
), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($39::text, E'…'), p."id"::text, null, null, $40, $41, $42, $43, $44, $45, $46, $47, $48 from (select * from new_user limit 1) p where coalesce($49::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
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
        select $15, o."id", u."id", $16, $17 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($18::text, E'…'), p."userId"::text, null, p."organizationId"::text, $19, $20, $21, $22, $23, $24, $25, $26, $27 from (select * from founder limit 1) p where coalesce($28::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $29, o."name", 1, o."id", $30 from founded o where $31 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $32, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $33 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $34, u."id"::text, 'credential', u."id", $35, $36, $37, 'local:credential', $38 from new_user u
), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($39::text, E'…'), p."id"::text, null, null, $40, $41, $42, $43, $44, $45, $46, $47, $48 from (select * from new_user limit 1) p where coalesce($49::text, E'…') <> '-'), new_session as (
    insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId")
    select $50, $51, u."id", $52, $53, $54, $55, $56, $57, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u returning *
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
        select $17, o."id", u."id", $18, $19 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($20::text, E'…'), p."userId"::text, null, p."organizationId"::text, $21, $22, $23, $24, $25, $26, $27, $28, $29 from (select * from founder limit 1) p where coalesce($30::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $31, o."name", 1, o."id", $32 from founded o where $33 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $34, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $35 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $36, u."id"::text, 'credential', u."id", $37, $38, $39, 'local:credential', $40 from new_user u
), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($41::text, E'…'), p."id"::text, null, null, $42, $43, $44, $45, $46, $47, $48, $49, $50 from (select * from new_user limit 1) p where coalesce($51::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
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
        select $17, o."id", u."id", $18, $19 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($20::text, E'…'), p."userId"::text, null, p."organizationId"::text, $21, $22, $23, $24, $25, $26, $27, $28, $29 from (select * from founder limit 1) p where coalesce($30::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $31, o."name", 1, o."id", $32 from founded o where $33 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $34, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $35 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $36, u."id"::text, 'credential', u."id", $37, $38, $39, 'local:credential', $40 from new_user u
), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($41::text, E'…'), p."id"::text, null, null, $42, $43, $44, $45, $46, $47, $48, $49, $50 from (select * from new_user limit 1) p where coalesce($51::text, E'…') <> '-'), new_session as (
    insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId")
    select $52, $53, u."id", $54, $55, $56, $57, $58, $59, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u returning *
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_session s;
commit;

-- user::insert_alone
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $9, $10 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $11, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $12::text), $13 from new_user u where $14 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $15, o."id", u."id", $16, $17 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($18::text, E'…'), p."userId"::text, null, p."organizationId"::text, $19, $20, $21, $22, $23, $24, $25, $26, $27 from (select * from founder limit 1) p where coalesce($28::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $29, o."name", 1, o."id", $30 from founded o where $31 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $32, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $33 from founded_team t, new_user u), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($34::text, E'…'), p."id"::text, null, null, $35, $36, $37, $38, $39, $40, $41, $42, $43 from (select * from new_user limit 1) p where coalesce($44::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
commit;

-- user::insert_alone
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6, $7 where not exists (select 1 from "user" where "email" = $8) returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $9, $10 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $11, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $12::text), $13 from new_user u where $14 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $15, o."id", u."id", $16, $17 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($18::text, E'…'), p."userId"::text, null, p."organizationId"::text, $19, $20, $21, $22, $23, $24, $25, $26, $27 from (select * from founder limit 1) p where coalesce($28::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $29, o."name", 1, o."id", $30 from founded o where $31 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $32, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $33 from founded_team t, new_user u), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($34::text, E'…'), p."id"::text, null, null, $35, $36, $37, $38, $39, $40, $41, $42, $43 from (select * from new_user limit 1) p where coalesce($44::text, E'…') <> '-'), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId") select $45, $46, u."id", $47, $48, $49, $50, $51, $52, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u returning *)
    select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_session s;
commit;

-- user::insert_alone
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note") select $1, $2, $3, $4, $5, $6, $7, $8, $9 where not exists (select 1 from "user" where "email" = $10) returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $11, $12 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $13, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $14::text), $15 from new_user u where $16 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $17, o."id", u."id", $18, $19 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($20::text, E'…'), p."userId"::text, null, p."organizationId"::text, $21, $22, $23, $24, $25, $26, $27, $28, $29 from (select * from founder limit 1) p where coalesce($30::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $31, o."name", 1, o."id", $32 from founded o where $33 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $34, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $35 from founded_team t, new_user u), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($36::text, E'…'), p."id"::text, null, null, $37, $38, $39, $40, $41, $42, $43, $44, $45 from (select * from new_user limit 1) p where coalesce($46::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
commit;

-- user::insert_alone
begin isolation level read committed; select pg_advisory_xact_lock(…);
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note") select $1, $2, $3, $4, $5, $6, $7, $8, $9 where not exists (select 1 from "user" where "email" = $10) returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $11, $12 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $13, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $14::text), $15 from new_user u where $16 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $17, o."id", u."id", $18, $19 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($20::text, E'…'), p."userId"::text, null, p."organizationId"::text, $21, $22, $23, $24, $25, $26, $27, $28, $29 from (select * from founder limit 1) p where coalesce($30::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $31, o."name", 1, o."id", $32 from founded o where $33 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $34, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $35 from founded_team t, new_user u), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($36::text, E'…'), p."id"::text, null, null, $37, $38, $39, $40, $41, $42, $43, $44, $45 from (select * from new_user limit 1) p where coalesce($46::text, E'…') <> '-'), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId") select $47, $48, u."id", $49, $50, $51, $52, $53, $54, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u returning *)
    select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_session s;
commit;

-- mailed::change_email
begin isolation level read committed; select pg_advisory_xact_lock(…); select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
        changed as (update "user" u set "email" = $3, "emailVerified" = $4, "updatedAt" = $5
            where u."id" = $6 and u."email" = $7 and not exists (select 1 from taken) and ($8 or coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')) and (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $9 returning u.*),
        overtaking as (update "account" a set "updatedAt" = $10 from changed u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($11::text, E'…'), $12::text, null, null, $13, $14, $15, $16, $17, $18, $19, $20, $21 from (select * from changed limit 1) p where coalesce($22::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, t.is_taken from (select exists (select 1 from taken) as is_taken) t
        left join changed u on true;
commit;

-- mailed::change_email
begin isolation level read committed; select pg_advisory_xact_lock(…); select 1 from "user" u where u."id" = E'…' for no key update;
    select 1 from "account" a where a."userId" = E'…' and a."providerId" = 'credential' for update;
with taken as (select 1 from "user" where "email" = $1 and not "id" = $2 limit 1),
        changed as (update "user" u set "email" = $3, "emailVerified" = $4, "updatedAt" = $5
            where u."id" = $6 and u."email" = $7 and not exists (select 1 from taken) and ($8 or coalesce(lower(trim(u."emailVerified"::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')) and (select nullif(a."password"::text, '') from "account" a where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text order by a."password" is null limit 1) is not distinct from $9 returning u.*),
        overtaking as (update "account" a set "updatedAt" = $10 from changed u where a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from changed)), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($11::text, E'…'), $12::text, null, null, $13, $14, $15, $16, $17, $18, $19, $20, $21 from (select * from changed limit 1) p where coalesce($22::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, t.is_taken from (select exists (select 1 from taken) as is_taken) t
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
        select $17, o."id", u."id", $18, $19 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($20::text, E'…'), p."userId"::text, null, p."organizationId"::text, $21, $22, $23, $24, $25, $26, $27, $28, $29 from (select * from founder limit 1) p where coalesce($30::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $31, o."name", 1, o."id", $32 from founded o where $33 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $34, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $35 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer", "its origin") select $36, $37, $38, u."id", $39, $40, $41, $42, $43, $44, $45, $46, 'local:oauth:' || $47::text, $48 from new_user u
    returning "id"::text as made), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($49::text, E'…'), p."id"::text, null, null, $50, $51, $52, $53, $54, $55, $56, $57, $58 from (select * from new_user limit 1) p where coalesce($59::text, E'…') <> '-') select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u, new_account;
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
        select $17, o."id", u."id", $18, $19 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($20::text, E'…'), p."userId"::text, null, p."organizationId"::text, $21, $22, $23, $24, $25, $26, $27, $28, $29 from (select * from founder limit 1) p where coalesce($30::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $31, o."name", 1, o."id", $32 from founded o where $33 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $34, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $35 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer", "its origin") select $36, $37, $38, u."id", $39, $40, $41, $42, $43, $44, $45, $46, 'local:oauth:' || $47::text, $48 from new_user u
    returning "id"::text as made), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($49::text, E'…'), p."id"::text, null, null, $50, $51, $52, $53, $54, $55, $56, $57, $58 from (select * from new_user limit 1) p where coalesce($59::text, E'…') <> '-'), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId") select $60, $61, u."id", $62, $63, $64, $65, $66, $67, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u
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
        select $17, o."id", u."id", $18, $19 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($20::text, E'…'), p."userId"::text, null, p."organizationId"::text, $21, $22, $23, $24, $25, $26, $27, $28, $29 from (select * from founder limit 1) p where coalesce($30::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $31, o."name", 1, o."id", $32 from founded o where $33 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $34, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $35 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "its origin") select $36, $37, $38, u."id", $39, $40, $41, $42, $43, $44, $45, $46, $47 from new_user u
    returning "id"::text as made), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($48::text, E'…'), p."id"::text, null, null, $49, $50, $51, $52, $53, $54, $55, $56, $57 from (select * from new_user limit 1) p where coalesce($58::text, E'…') <> '-') select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u, new_account;
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
        select $17, o."id", u."id", $18, $19 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($20::text, E'…'), p."userId"::text, null, p."organizationId"::text, $21, $22, $23, $24, $25, $26, $27, $28, $29 from (select * from founder limit 1) p where coalesce($30::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $31, o."name", 1, o."id", $32 from founded o where $33 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $34, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $35 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "its origin") select $36, $37, $38, u."id", $39, $40, $41, $42, $43, $44, $45, $46, $47 from new_user u
    returning "id"::text as made), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($48::text, E'…'), p."id"::text, null, null, $49, $50, $51, $52, $53, $54, $55, $56, $57 from (select * from new_user limit 1) p where coalesce($58::text, E'…') <> '-'), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId") select $59, $60, u."id", $61, $62, $63, $64, $65, $66, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u
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
        select $19, o."id", u."id", $20, $21 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($22::text, E'…'), p."userId"::text, null, p."organizationId"::text, $23, $24, $25, $26, $27, $28, $29, $30, $31 from (select * from founder limit 1) p where coalesce($32::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $33, o."name", 1, o."id", $34 from founded o where $35 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $36, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $37 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer", "its origin") select $38, $39, $40, u."id", $41, $42, $43, $44, $45, $46, $47, $48, 'local:oauth:' || $49::text, $50 from new_user u
    returning "id"::text as made), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($51::text, E'…'), p."id"::text, null, null, $52, $53, $54, $55, $56, $57, $58, $59, $60 from (select * from new_user limit 1) p where coalesce($61::text, E'…') <> '-') select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u, new_account;
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
        select $19, o."id", u."id", $20, $21 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($22::text, E'…'), p."userId"::text, null, p."organizationId"::text, $23, $24, $25, $26, $27, $28, $29, $30, $31 from (select * from founder limit 1) p where coalesce($32::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $33, o."name", 1, o."id", $34 from founded o where $35 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $36, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $37 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer", "its origin") select $38, $39, $40, u."id", $41, $42, $43, $44, $45, $46, $47, $48, 'local:oauth:' || $49::text, $50 from new_user u
    returning "id"::text as made), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($51::text, E'…'), p."id"::text, null, null, $52, $53, $54, $55, $56, $57, $58, $59, $60 from (select * from new_user limit 1) p where coalesce($61::text, E'…') <> '-'), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId") select $62, $63, u."id", $64, $65, $66, $67, $68, $69, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u
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
        select $19, o."id", u."id", $20, $21 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($22::text, E'…'), p."userId"::text, null, p."organizationId"::text, $23, $24, $25, $26, $27, $28, $29, $30, $31 from (select * from founder limit 1) p where coalesce($32::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $33, o."name", 1, o."id", $34 from founded o where $35 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $36, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $37 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "its origin") select $38, $39, $40, u."id", $41, $42, $43, $44, $45, $46, $47, $48, $49 from new_user u
    returning "id"::text as made), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($50::text, E'…'), p."id"::text, null, null, $51, $52, $53, $54, $55, $56, $57, $58, $59 from (select * from new_user limit 1) p where coalesce($60::text, E'…') <> '-') select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u, new_account;
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
        select $19, o."id", u."id", $20, $21 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($22::text, E'…'), p."userId"::text, null, p."organizationId"::text, $23, $24, $25, $26, $27, $28, $29, $30, $31 from (select * from founder limit 1) p where coalesce($32::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $33, o."name", 1, o."id", $34 from founded o where $35 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $36, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $37 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "its origin") select $38, $39, $40, u."id", $41, $42, $43, $44, $45, $46, $47, $48, $49 from new_user u
    returning "id"::text as made), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($50::text, E'…'), p."id"::text, null, null, $51, $52, $53, $54, $55, $56, $57, $58, $59 from (select * from new_user limit 1) p where coalesce($60::text, E'…') <> '-'), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId") select $61, $62, u."id", $63, $64, $65, $66, $67, $68, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u
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
        select $14, o."id", u."id", $15, $16 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($17::text, E'…'), p."userId"::text, null, p."organizationId"::text, $18, $19, $20, $21, $22, $23, $24, $25, $26 from (select * from founder limit 1) p where coalesce($27::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $28, o."name", 1, o."id", $29 from founded o where $30 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $31, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $32 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $33, u."id"::text, 'credential', u."id", $34, $35, $36, $37 from new_user u
), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($38::text, E'…'), p."id"::text, null, null, $39, $40, $41, $42, $43, $44, $45, $46, $47 from (select * from new_user limit 1) p where coalesce($48::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
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
        select $15, o."id", u."id", $16, $17 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($18::text, E'…'), p."userId"::text, null, p."organizationId"::text, $19, $20, $21, $22, $23, $24, $25, $26, $27 from (select * from founder limit 1) p where coalesce($28::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $29, o."name", 1, o."id", $30 from founded o where $31 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $32, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $33 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $34, u."id"::text, 'credential', u."id", $35, $36, $37, 'local:credential', $38 from new_user u
), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($39::text, E'…'), p."id"::text, null, null, $40, $41, $42, $43, $44, $45, $46, $47, $48 from (select * from new_user limit 1) p where coalesce($49::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
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
        select $16, o."id", u."id", $17, $18 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($19::text, E'…'), p."userId"::text, null, p."organizationId"::text, $20, $21, $22, $23, $24, $25, $26, $27, $28 from (select * from founder limit 1) p where coalesce($29::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $30, o."name", 1, o."id", $31 from founded o where $32 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $33, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $34 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $35, u."id"::text, 'credential', u."id", $36, $37, $38, $39 from new_user u
), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($40::text, E'…'), p."id"::text, null, null, $41, $42, $43, $44, $45, $46, $47, $48, $49 from (select * from new_user limit 1) p where coalesce($50::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
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
        select $17, o."id", u."id", $18, $19 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($20::text, E'…'), p."userId"::text, null, p."organizationId"::text, $21, $22, $23, $24, $25, $26, $27, $28, $29 from (select * from founder limit 1) p where coalesce($30::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $31, o."name", 1, o."id", $32 from founded o where $33 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $34, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $35 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "issuer", "its origin")
    select $36, u."id"::text, 'credential', u."id", $37, $38, $39, 'local:credential', $40 from new_user u
), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($41::text, E'…'), p."id"::text, null, null, $42, $43, $44, $45, $46, $47, $48, $49, $50 from (select * from new_user limit 1) p where coalesce($51::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;
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
        select $17, o."id", u."id", $18, $19 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($20::text, E'…'), p."userId"::text, null, p."organizationId"::text, $21, $22, $23, $24, $25, $26, $27, $28, $29 from (select * from founder limit 1) p where coalesce($30::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $31, o."name", 1, o."id", $32 from founded o where $33 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $34, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $35 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "issuer", "its origin") select $36, $37, $38, u."id", $39, $40, $41, $42, $43, $44, $45, $46, 'local:oauth:' || $47::text, $48 from new_user u
    returning "id"::text as made), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($49::text, E'…'), p."id"::text, null, null, $50, $51, $52, $53, $54, $55, $56, $57, $58 from (select * from new_user limit 1) p where coalesce($59::text, E'…') <> '-') select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u, new_account;
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
        select $17, o."id", u."id", $18, $19 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($20::text, E'…'), p."userId"::text, null, p."organizationId"::text, $21, $22, $23, $24, $25, $26, $27, $28, $29 from (select * from founder limit 1) p where coalesce($30::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $31, o."name", 1, o."id", $32 from founded o where $33 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $34, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $35 from founded_team t, new_user u), new_account as (insert into "account" ("id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt", "its origin") select $36, $37, $38, u."id", $39, $40, $41, $42, $43, $44, $45, $46, $47 from new_user u
    returning "id"::text as made), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($48::text, E'…'), p."id"::text, null, null, $49, $50, $51, $52, $53, $54, $55, $56, $57 from (select * from new_user limit 1) p where coalesce($58::text, E'…') <> '-') select new_account.made, u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u, new_account;
commit;

-- audit::list
select a."id"::text, a."kind"::text, a."action"::text, a."actorType"::text, a."actorId"::text, a."sessionId"::text, a."keyId"::text, a."impersonatedBy"::text, a."targetId"::text, a."objectId"::text, a."organizationId"::text, a."ipAddress", a."userAgent"::text, a."createdAt" from "audit" a where ($1::text is null or a."targetId" = $2)
            and ($3::text is null or a."actorId" = $4 or a."impersonatedBy" = $5)
            and ($6::text is null or a."organizationId" = $7) and ($8::text is null or a."kind" = $9)
            and ($10::text is null or a."action" = $11) and ($12::text is null or case when true or isfinite(a."createdAt") then a."createdAt" end >= $13)
            and ($14::text is null or case when true or isfinite(a."createdAt") then a."createdAt" end < $15)
        order by case when true or isfinite(a."createdAt") then a."createdAt" end desc, a."id" desc limit $16 offset $17;

-- cleanup::count
select count(*) from "audit" where case when true or isfinite("createdAt") then "createdAt" end < $1;

-- cleanup::may_remove_notes
select has_table_privilege(c.tableoid, 'delete') and has_table_privilege(c.tableoid, 'update') from "audit" c limit 1;

-- unproven_keys::delete_all
with changed as (delete from "apikey" k where (k."referenceId" = $1 and not coalesce(nullif(k."configId"::text, ''), 'default') = any($2::text[])) or (k."referenceId" = any($3) and coalesce(nullif(k."configId"::text, ''), 'default') = any($4::text[])) returning 1), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($5::text, E'…'), $6::text, null, null, $7, $8, $9, $10, $11, $12, $13, $14, $15 from (select * from changed limit 1) p where coalesce($16::text, E'…') <> '-') select 1 from changed;

-- api_key::delete_of
with changed as (delete from "apikey" k where k."id" = $1 and k."referenceId" = $2
        and coalesce(nullif(k."configId"::text, ''), 'default') = $3 and ($4::text is null or exists (select 1 from "session" where "token" = $5)) and ($6::text is null or exists (select 1 from "member" a where a."organizationId" = $7
            and a."userId" = $8 and a."role"::text = $9)) returning 1), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($10::text, E'…'), $11::text, $12::text, $13::text, $14, $15, $16, $17, $18, $19, $20, $21, $22 from (select * from changed limit 1) p where coalesce($23::text, E'…') <> '-') select * from changed;

-- api_key::delete_of
with changed as (delete from "apikey" k where k."id" = $1 and k."referenceId" = $2
        and coalesce(nullif(k."configId"::text, ''), 'default') = $3 and true and ($4::text is null or exists (select 1 from "member" a where a."organizationId" = $5
            and a."userId" = $6 and a."role"::text = $7)) returning 1), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($8::text, E'…'), $9::text, $10::text, $11::text, $12, $13, $14, $15, $16, $17, $18, $19, $20 from (select * from changed limit 1) p where coalesce($21::text, E'…') <> '-') select * from changed;

-- api_key::delete
with changed as (delete from "apikey" k where k."id" = $1 and k."referenceId" = $2 returning 1), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($3::text, E'…'), $4::text, $5::text, $6::text, $7, $8, $9, $10, $11, $12, $13, $14, $15 from (select * from changed limit 1) p where coalesce($16::text, E'…') <> '-') select 1 from changed;

-- passkey::delete
with changed as (delete from "passkey" p where p."userId" = $1 and p."id"::text = $2 and ($3::text is null or exists (select 1 from "session" where "token" = $4))
        returning 1), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($5::text, E'…'), $6::text, $7::text, null, $8, $9, $10, $11, $12, $13, $14, $15, $16 from (select * from changed limit 1) p where coalesce($17::text, E'…') <> '-') select * from changed;

-- passkey::delete
with changed as (delete from "passkey" p where p."userId" = $1 and p."id"::text = $2 and true
        returning 1), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($3::text, E'…'), $4::text, $5::text, null, $6, $7, $8, $9, $10, $11, $12, $13, $14 from (select * from changed limit 1) p where coalesce($15::text, E'…') <> '-') select * from changed;

-- passkey::delete_all
with changed as (delete from "passkey" where "userId" = $1 returning 1), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($2::text, E'…'), $3::text, null, null, $4, $5, $6, $7, $8, $9, $10, $11, $12 from (select * from changed limit 1) p where coalesce($13::text, E'…') <> '-') select 1 from changed;

-- account::change_password, codes::open, passkey::used, phone_number::prove, session::insert, session::open, social::create, social::write, user::insert, user::insert_alone
with changed as (insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($10::text, E'…'), $11::text, p."id"::text, null, $12, $13, $14, $15, $16, $17, $18, $19, $20 from (select * from changed limit 1) p where coalesce($21::text, E'…') <> '-') select * from changed;

-- account::change_password, codes::open, passkey::used, phone_number::prove, session::insert, session::open, social::create, social::write, user::insert, user::insert_alone
with changed as (insert into "session" as s ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device") values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict ("token") do update set "token" = excluded."token" returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($10::text, E'…'), $11::text, p."id"::text, null, $12, $13, $14, $15, $16, $17, $18, $19, $20 from (select * from changed limit 1) p where coalesce($21::text, E'…') <> '-') select * from changed;

-- account::change_password
with changed as (update "account" set "password" = $1, "updatedAt" = $2
        where "userId" = $3 and "providerId" = 'credential' and "accountId" = $4
            and "password" = $5 and ($6::text is null or exists (select 1 from "session" where "token" = $7)) returning "userId" as "id"), overtaken as (delete from "verification" where "value" in (select "id"::text from changed)), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($8::text, E'…'), $9::text, null, null, $10, $11, $12, $13, $14, $15, $16, $17, $18 from (select * from changed limit 1) p where coalesce($19::text, E'…') <> '-') select 1 from changed;

-- account::change_password
with changed as (update "account" set "password" = $1, "updatedAt" = $2
        where "userId" = $3 and "providerId" = 'credential' and "accountId" = $4
            and "password" = $5 and true returning "userId" as "id"), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($6::text, E'…'), $7::text, null, null, $8, $9, $10, $11, $12, $13, $14, $15, $16 from (select * from changed limit 1) p where coalesce($17::text, E'…') <> '-') select 1 from changed;

-- api_key::update
with changed as (update "apikey" k set "name" = coalesce($1, k."name"),
            "enabled" = case when $2 then $3 else k."enabled" end,
            "expiresAt" = case when $4 then $5 else k."expiresAt" end,
            "metadata" = coalesce($6, k."metadata")
        where k."id" = $7 and k."referenceId" = $8 and ($9::text is null or exists (select 1 from "session" where "token" = $10)) and ($11::text is null or exists (select 1 from "member" a where a."organizationId" = $12
            and a."userId" = $13 and a."role"::text = $14)) returning k."id"::text, k."configId"::text, k."name"::text, k."start"::text,
    k."referenceId"::text, k."prefix"::text, k."refillInterval"::bigint, k."refillAmount"::bigint,
    k."lastRefillAt", k."enabled", k."rateLimitEnabled", k."rateLimitTimeWindow"::bigint,
    k."rateLimitMax"::bigint, k."requestCount"::bigint, k."remaining"::bigint, k."lastRequest",
    k."expiresAt", k."createdAt", k."updatedAt", k."permissions"::text, k."metadata"::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($15::text, E'…'), $16::text, $17::text, $18::text, $19, $20, $21, $22, $23, $24, $25, $26, $27 from (select * from changed limit 1) p where coalesce($28::text, E'…') <> '-') select * from changed;

-- api_key::update
with changed as (update "apikey" k set "name" = coalesce($1, k."name"),
            "enabled" = case when $2 then $3 else k."enabled" end,
            "expiresAt" = case when $4 then $5 else k."expiresAt" end,
            "metadata" = coalesce($6, k."metadata")
        where k."id" = $7 and k."referenceId" = $8 and true and ($9::text is null or exists (select 1 from "member" a where a."organizationId" = $10
            and a."userId" = $11 and a."role"::text = $12)) returning k."id"::text, k."configId"::text, k."name"::text, k."start"::text,
    k."referenceId"::text, k."prefix"::text, k."refillInterval"::bigint, k."refillAmount"::bigint,
    k."lastRefillAt", k."enabled", k."rateLimitEnabled", k."rateLimitTimeWindow"::bigint,
    k."rateLimitMax"::bigint, k."requestCount"::bigint, k."remaining"::bigint, k."lastRequest",
    k."expiresAt", k."createdAt", k."updatedAt", k."permissions"::text, k."metadata"::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($13::text, E'…'), $14::text, $15::text, $16::text, $17, $18, $19, $20, $21, $22, $23, $24, $25 from (select * from changed limit 1) p where coalesce($26::text, E'…') <> '-') select * from changed;

-- invitations::renew
with changed as (update "invitation" i set "expiresAt" = $1 where i."id" = $2
            and i."organizationId" = $3 and i."status" = 'pending' and exists (select 1 from "member" a where a."organizationId" = $4
    and a."userId" = $5 and a."role"::text = $6) returning i."id"::text, i."organizationId"::text, i."email"::text, i."role"::text, i."teamId"::text, i."status"::text, i."expiresAt", i."createdAt", i."inviterId"::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($7::text, E'…'), null, $8::text, $9::text, $10, $11, $12, $13, $14, $15, $16, $17, $18 from (select * from changed limit 1) p where coalesce($19::text, E'…') <> '-') select * from changed;

-- invitations::cancel
with changed as (update "invitation" i set "status" = 'canceled' where i."id" = $1
            and i."organizationId" = $2 and i."status" = 'pending' and exists (select 1 from "member" a where a."organizationId" = $3
    and a."userId" = $4 and a."role"::text = $5) returning i."id"::text, i."organizationId"::text, i."email"::text, i."role"::text, i."teamId"::text, i."status"::text, i."expiresAt", i."createdAt", i."inviterId"::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($6::text, E'…'), null, $7::text, $8::text, $9, $10, $11, $12, $13, $14, $15, $16, $17 from (select * from changed limit 1) p where coalesce($18::text, E'…') <> '-') select * from changed;

-- invitations::reject
with changed as (update "invitation" i set "status" = 'rejected' where i."id" = $1
        and i."status" = 'pending' returning i."id"::text, i."organizationId"::text, i."email"::text, i."role"::text, i."teamId"::text, i."status"::text, i."expiresAt", i."createdAt", i."inviterId"::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($2::text, E'…'), null, $3::text, p."organizationId"::text, $4, $5, $6, $7, $8, $9, $10, $11, $12 from (select * from changed limit 1) p where coalesce($13::text, E'…') <> '-') select * from changed;

-- organization::update
with changed as (update "organization" o set "name" = coalesce($1, o."name"),
            "slug" = coalesce($2, o."slug"),
            "logo" = case when $3 then $4 else o."logo" end,
            "metadata" = coalesce($5, o."metadata")
        where o."id" = $6 and exists (select 1 from "member" a where a."organizationId" = $7
    and a."userId" = $8 and a."role"::text = $9) and not exists (select 1 from "organization" x where x."slug" = $10 and not x."id" = $11)
        returning o."id"::text, o."name"::text, o."slug"::text, o."logo"::text, o."createdAt", o."metadata"::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($12::text, E'…'), null, null, $13::text, $14, $15, $16, $17, $18, $19, $20, $21, $22 from (select * from changed limit 1) p where coalesce($23::text, E'…') <> '-') select * from changed;

-- passkey::rename
with changed as (update "passkey" p set "name" = $1 where p."userId" = $2 and p."id"::text = $3
            and ($4::text is null or exists (select 1 from "session" where "token" = $5)) returning p."name"::text, p."publicKey"::text, p."userId"::text,
    p."credentialID"::text, p."counter"::text, p."deviceType"::text, p."backedUp",
    p."transports"::text, p."createdAt", p."aaguid"::text, p."id"::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($6::text, E'…'), $7::text, $8::text, null, $9, $10, $11, $12, $13, $14, $15, $16, $17 from (select * from changed limit 1) p where coalesce($18::text, E'…') <> '-') select * from changed;

-- passkey::rename
with changed as (update "passkey" p set "name" = $1 where p."userId" = $2 and p."id"::text = $3
            and true returning p."name"::text, p."publicKey"::text, p."userId"::text,
    p."credentialID"::text, p."counter"::text, p."deviceType"::text, p."backedUp",
    p."transports"::text, p."createdAt", p."aaguid"::text, p."id"::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($4::text, E'…'), $5::text, $6::text, null, $7, $8, $9, $10, $11, $12, $13, $14, $15 from (select * from changed limit 1) p where coalesce($16::text, E'…') <> '-') select * from changed;

-- teams::update
with changed as (update "team" t set "updatedAt" = $1, "name" = coalesce($2, t."name")
        where t."id"::text = $3 and t."organizationId" = $4 and exists (select 1 from "member" a where a."organizationId" = $5
    and a."userId" = $6 and a."role"::text = $7) returning t."id"::text, t."name"::text, t."organizationId"::text, t."createdAt", t."updatedAt"), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($8::text, E'…'), null, $9::text, $10::text, $11, $12, $13, $14, $15, $16, $17, $18, $19 from (select * from changed limit 1) p where coalesce($20::text, E'…') <> '-') select * from changed;

-- two_factor::use_code
with changed as (update "twoFactor" t set "backupCodes" = $1 where t."id"::text = $2
        and t."backupCodes"::text = $3 returning 1, t."userId"), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($4::text, E'…'), p."userId"::text, null, null, $5, $6, $7, $8, $9, $10, $11, $12, $13 from (select * from changed limit 1) p where coalesce($14::text, E'…') <> '-') select 1 from changed;

-- admin::amend
with changed as (update "user" u set "name" = coalesce($1, u."name"),
            "emailVerified" = case when $2 then $3 else u."emailVerified" end,
            "image" = case when $4 then $5 else u."image" end,
            "createdAt" = case when $6 then $7 else u."createdAt" end, "updatedAt" = $8 where u."id" = $9 and ($10::text is null or exists (select 1 from "session" where "token" = $11)) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($12::text, E'…'), $13::text, null, null, $14, $15, $16, $17, $18, $19, $20, $21, $22 from (select * from changed limit 1) p where coalesce($23::text, E'…') <> '-') select * from changed;

-- admin::amend
with changed as (update "user" u set "name" = coalesce($1, u."name"),
            "emailVerified" = case when $2 then $3 else u."emailVerified" end,
            "image" = case when $4 then $5 else u."image" end,
            "createdAt" = case when $6 then $7 else u."createdAt" end, "updatedAt" = $8 where u."id" = $9 and true returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($10::text, E'…'), $11::text, null, null, $12, $13, $14, $15, $16, $17, $18, $19, $20 from (select * from changed limit 1) p where coalesce($21::text, E'…') <> '-') select * from changed;

-- user::update
with changed as (update "user" u set "name" = coalesce($1, u."name"),
            "image" = case when $2 then $3 else u."image" end, "updatedAt" = $4
        where u."id" = $5 and ($6::text is null or exists (select 1 from "session" where "token" = $7)) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($8::text, E'…'), $9::text, null, null, $10, $11, $12, $13, $14, $15, $16, $17, $18 from (select * from changed limit 1) p where coalesce($19::text, E'…') <> '-') select * from changed;

-- user::update
with changed as (update "user" u set "name" = coalesce($1, u."name"),
            "image" = case when $2 then $3 else u."image" end, "updatedAt" = $4
        where u."id" = $5 and true returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($6::text, E'…'), $7::text, null, null, $8, $9, $10, $11, $12, $13, $14, $15, $16 from (select * from changed limit 1) p where coalesce($17::text, E'…') <> '-') select * from changed;

-- user::update
with changed as (update "user" u set "name" = coalesce($1, u."name"),
            "image" = case when $2 then $3 else u."image" end, "updatedAt" = $4, "the ""plan""" = $5, "note" = $6
        where u."id" = $7 and ($8::text is null or exists (select 1 from "session" where "token" = $9)) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($10::text, E'…'), $11::text, null, null, $12, $13, $14, $15, $16, $17, $18, $19, $20 from (select * from changed limit 1) p where coalesce($21::text, E'…') <> '-') select * from changed;

-- user::update
with changed as (update "user" u set "name" = coalesce($1, u."name"),
            "image" = case when $2 then $3 else u."image" end, "updatedAt" = $4, "the ""plan""" = $5, "note" = $6
        where u."id" = $7 and true returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($8::text, E'…'), $9::text, null, null, $10, $11, $12, $13, $14, $15, $16, $17, $18 from (select * from changed limit 1) p where coalesce($19::text, E'…') <> '-') select * from changed;

-- phone_number::set_number
with changed as (update "user" u set "phoneNumber" = $1, "phoneNumberVerified" = 'true', "updatedAt" = $2
        where u."id" = $3 and ($4::text is null or exists (select 1 from "session" where "token" = $5)) returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($6::text, E'…'), $7::text, null, null, $8, $9, $10, $11, $12, $13, $14, $15, $16 from (select * from changed limit 1) p where coalesce($17::text, E'…') <> '-') select * from changed;

-- phone_number::set_number
with changed as (update "user" u set "phoneNumber" = $1, "phoneNumberVerified" = 'true', "updatedAt" = $2
        where u."id" = $3 and true returning u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($4::text, E'…'), $5::text, null, null, $6, $7, $8, $9, $10, $11, $12, $13, $14 from (select * from changed limit 1) p where coalesce($15::text, E'…') <> '-') select * from changed;

-- api_key::insert
with expired as (delete from "apikey" where "id" in (select "id" from "apikey"
                where case when true or isfinite("expiresAt") then "expiresAt" end < $1 limit 1000 for update skip locked)), changed as (
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
    k."expiresAt", k."createdAt", k."updatedAt", k."permissions"::text, k."metadata"::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($26::text, E'…'), $27::text, p."id"::text, $28::text, $29, $30, $31, $32, $33, $34, $35, $36, $37 from (select * from changed limit 1) p where coalesce($38::text, E'…') <> '-') select * from changed;

-- api_key::insert
with expired as (delete from "apikey" where "id" in (select "id" from "apikey"
                where case when true or isfinite("expiresAt") then "expiresAt" end < $1 limit 1000 for update skip locked)), changed as (
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
    k."expiresAt", k."createdAt", k."updatedAt", k."permissions"::text, k."metadata"::text), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($24::text, E'…'), $25::text, p."id"::text, $26::text, $27, $28, $29, $30, $31, $32, $33, $34, $35 from (select * from changed limit 1) p where coalesce($36::text, E'…') <> '-') select * from changed;

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
            w."password", $4, $5, case gatepost_provider when 'credential' then 'local:credential' else 'local:oauth:' || gatepost_provider end, $6 from new_user u join ways w on w."gatepost owner" = u."email"::text), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($7::text, E'…'), p."id"::text, null, null, $8, $9, $10, $11, $12, $13, $14, $15, $16 from (select * from new_user) p where coalesce($17::text, E'…') <> '-')
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
            w."password", $4, $5, $6 from new_user u join ways w on w."gatepost owner" = u."email"::text), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($7::text, E'…'), p."id"::text, null, null, $8, $9, $10, $11, $12, $13, $14, $15, $16 from (select * from new_user) p where coalesce($17::text, E'…') <> '-')
    select g."email"::text, exists (select 1 from new_user n where n."email" = g."email"),
        exists (select 1 from known k where k.email = g."email") from given g;

-- admin::end_impersonations
with gone as (delete from "session" where "impersonatedBy" = $1 returning *), noted_gone as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($2::text, E'…'), p."userId"::text, p."id"::text, null, $3, $4, $5, $6, $7, $8, $9, $10, $11 from (select * from gone) p where coalesce($12::text, E'…') <> '-') select 1 from gone;

-- session::delete_own
with gone as (delete from "session" where "token" = $1 and "userId" = $2 returning *), noted_gone as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($3::text, E'…'), p."userId"::text, p."id"::text, null, $4, $5, $6, $7, $8, $9, $10, $11, $12 from (select * from gone limit 1) p where coalesce($13::text, E'…') <> '-') select 1 from gone;

-- session::delete
with gone as (delete from "session" where "token" = $1 returning *), noted_gone as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($2::text, E'…'), p."userId"::text, p."id"::text, null, $3, $4, $5, $6, $7, $8, $9, $10, $11 from (select * from gone limit 1) p where coalesce($12::text, E'…') <> '-') select 1 from gone;

-- session::delete_each
with gone as (delete from "session" where "token" = any($1) returning *), noted_gone as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($2::text, E'…'), p."userId"::text, p."id"::text, null, $3, $4, $5, $6, $7, $8, $9, $10, $11 from (select * from gone) p where coalesce($12::text, E'…') <> '-') select 1 from gone;

-- session::delete_others
with gone as (delete from "session" where "userId" = $1 and "token" <> $2 and case when true or isfinite("expiresAt") then "expiresAt" end > $3 returning *), noted_gone as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($4::text, E'…'), p."userId"::text, null, null, $5, $6, $7, $8, $9, $10, $11, $12, $13 from (select * from gone limit 1) p where coalesce($14::text, E'…') <> '-') select 1 from gone;

-- account::change_password, account::reset_password, proven::clear_others, session::delete_all, unproven::clear
with gone as (delete from "session" where "userId" = $1 returning *), noted_gone as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($2::text, E'…'), p."userId"::text, null, null, $3, $4, $5, $6, $7, $8, $9, $10, $11 from (select * from gone limit 1) p where coalesce($12::text, E'…') <> '-') select 1 from gone;

-- admin::end_impersonations
with gone as (update "session" set "expiresAt" = $1 where "impersonatedBy" = $2
        and case when true or isfinite("expiresAt") then "expiresAt" end > $3 returning *), noted_gone as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($4::text, E'…'), p."userId"::text, p."id"::text, null, $5, $6, $7, $8, $9, $10, $11, $12, $13 from (select * from gone) p where coalesce($14::text, E'…') <> '-') select 1 from gone;

-- admin::create
with made as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $8, $9 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $10, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $11::text), $12 from made u where $13 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $14, o."id", u."id", $15, $16 from founded o, made u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($17::text, E'…'), p."userId"::text, null, p."organizationId"::text, $18, $19, $20, $21, $22, $23, $24, $25, $26 from (select * from founder limit 1) p where coalesce($27::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $28, o."name", 1, o."id", $29 from founded o where $30 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $31, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $32 from founded_team t, made u), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($33::text, E'…'), p."id"::text, null, null, $34, $35, $36, $37, $38, $39, $40, $41, $42 from (select * from made limit 1) p where coalesce($43::text, E'…') <> '-')
        select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text from made u;

-- admin::create, user::insert
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $8, $9 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $10, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $11::text), $12 from new_user u where $13 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $14, o."id", u."id", $15, $16 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($17::text, E'…'), p."userId"::text, null, p."organizationId"::text, $18, $19, $20, $21, $22, $23, $24, $25, $26 from (select * from founder limit 1) p where coalesce($27::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $28, o."name", 1, o."id", $29 from founded o where $30 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $31, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $32 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $33, u."id"::text, 'credential', u."id", $34, $35, $36, $37 from new_user u
), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($38::text, E'…'), p."id"::text, null, null, $39, $40, $41, $42, $43, $44, $45, $46, $47 from (select * from new_user limit 1) p where coalesce($48::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;

-- user::insert
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
    select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $8, $9 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $10, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $11::text), $12 from new_user u where $13 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $14, o."id", u."id", $15, $16 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($17::text, E'…'), p."userId"::text, null, p."organizationId"::text, $18, $19, $20, $21, $22, $23, $24, $25, $26 from (select * from founder limit 1) p where coalesce($27::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $28, o."name", 1, o."id", $29 from founded o where $30 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $31, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $32 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $33, u."id"::text, 'credential', u."id", $34, $35, $36, $37 from new_user u
), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($38::text, E'…'), p."id"::text, null, null, $39, $40, $41, $42, $43, $44, $45, $46, $47 from (select * from new_user limit 1) p where coalesce($48::text, E'…') <> '-'), new_session as (
    insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId")
    select $49, $50, u."id", $51, $52, $53, $54, $55, $56, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u returning *
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_session s;

-- user::insert
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note")
    select $1, $2, $3, $4, $5, $6, $7, $8, $9 on conflict ("email") do nothing returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $10, $11 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $12, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $13::text), $14 from new_user u where $15 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $16, o."id", u."id", $17, $18 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($19::text, E'…'), p."userId"::text, null, p."organizationId"::text, $20, $21, $22, $23, $24, $25, $26, $27, $28 from (select * from founder limit 1) p where coalesce($29::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $30, o."name", 1, o."id", $31 from founded o where $32 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $33, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $34 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $35, u."id"::text, 'credential', u."id", $36, $37, $38, $39 from new_user u
), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($40::text, E'…'), p."id"::text, null, null, $41, $42, $43, $44, $45, $46, $47, $48, $49 from (select * from new_user limit 1) p where coalesce($50::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;

-- user::insert
with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note")
    select $1, $2, $3, $4, $5, $6, $7, $8, $9 on conflict ("email") do nothing returning *
),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $10, $11 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $12, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $13::text), $14 from new_user u where $15 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $16, o."id", u."id", $17, $18 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($19::text, E'…'), p."userId"::text, null, p."organizationId"::text, $20, $21, $22, $23, $24, $25, $26, $27, $28 from (select * from founder limit 1) p where coalesce($29::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $30, o."name", 1, o."id", $31 from founded o where $32 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $33, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $34 from founded_team t, new_user u), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt", "its origin")
    select $35, u."id"::text, 'credential', u."id", $36, $37, $38, $39 from new_user u
), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($40::text, E'…'), p."id"::text, null, null, $41, $42, $43, $44, $45, $46, $47, $48, $49 from (select * from new_user limit 1) p where coalesce($50::text, E'…') <> '-'), new_session as (
    insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId")
    select $51, $52, u."id", $53, $54, $55, $56, $57, $58, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u returning *
) select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_session s;

-- user::insert_alone
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $8, $9 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $10, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $11::text), $12 from new_user u where $13 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $14, o."id", u."id", $15, $16 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($17::text, E'…'), p."userId"::text, null, p."organizationId"::text, $18, $19, $20, $21, $22, $23, $24, $25, $26 from (select * from founder limit 1) p where coalesce($27::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $28, o."name", 1, o."id", $29 from founded o where $30 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $31, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $32 from founded_team t, new_user u), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($33::text, E'…'), p."id"::text, null, null, $34, $35, $36, $37, $38, $39, $40, $41, $42 from (select * from new_user limit 1) p where coalesce($43::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;

-- user::insert_alone
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") select $1, $2, $3, $4, $5, $6, $7 on conflict ("email") do nothing returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $8, $9 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $10, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $11::text), $12 from new_user u where $13 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $14, o."id", u."id", $15, $16 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($17::text, E'…'), p."userId"::text, null, p."organizationId"::text, $18, $19, $20, $21, $22, $23, $24, $25, $26 from (select * from founder limit 1) p where coalesce($27::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $28, o."name", 1, o."id", $29 from founded o where $30 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $31, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $32 from founded_team t, new_user u), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($33::text, E'…'), p."id"::text, null, null, $34, $35, $36, $37, $38, $39, $40, $41, $42 from (select * from new_user limit 1) p where coalesce($43::text, E'…') <> '-'), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId") select $44, $45, u."id", $46, $47, $48, $49, $50, $51, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u returning *)
    select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_session s;

-- user::insert_alone
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note") select $1, $2, $3, $4, $5, $6, $7, $8, $9 on conflict ("email") do nothing returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $10, $11 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $12, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $13::text), $14 from new_user u where $15 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $16, o."id", u."id", $17, $18 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($19::text, E'…'), p."userId"::text, null, p."organizationId"::text, $20, $21, $22, $23, $24, $25, $26, $27, $28 from (select * from founder limit 1) p where coalesce($29::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $30, o."name", 1, o."id", $31 from founded o where $32 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $33, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $34 from founded_team t, new_user u), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($35::text, E'…'), p."id"::text, null, null, $36, $37, $38, $39, $40, $41, $42, $43, $44 from (select * from new_user limit 1) p where coalesce($45::text, E'…') <> '-') select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, (select o."id"::text from founded o) as founded, (select t."id"::text from founded_team t) as founded_team from new_user u;

-- user::insert_alone
with new_user as (insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt", "the ""plan""", "note") select $1, $2, $3, $4, $5, $6, $7, $8, $9 on conflict ("email") do nothing returning *),
    founded as (insert into "organization" ("id", "name", "slug", "createdAt")
        select $10, $11 || coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1)) || $12, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(coalesce(nullif(trim(u."name"::text), ''), split_part(u."email"::text, '@', 1))), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $13::text), $14 from new_user u where $15 returning *),
    founder as (insert into "member" ("id", "organizationId", "userId", "role", "createdAt")
        select $16, o."id", u."id", $17, $18 from founded o, new_user u returning *), noted_founder as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($19::text, E'…'), p."userId"::text, null, p."organizationId"::text, $20, $21, $22, $23, $24, $25, $26, $27, $28 from (select * from founder limit 1) p where coalesce($29::text, E'…') <> '-'),
    founded_team as (insert into "team" ("id", "name", "memberCount", "organizationId", "createdAt")
        select $30, o."name", 1, o."id", $31 from founded o where $32 returning *),
    founder_in_team as (insert into "teamMember" ("id", "teamId", "userId", "membershipKey",
        "createdAt") select $33, t."id", u."id", translate(rtrim(encode(sha256(convert_to('[' || to_json(t."id"::text)::text || ',' || to_json(u."id"::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_'), $34 from founded_team t, new_user u), noted_new_user as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($35::text, E'…'), p."id"::text, null, null, $36, $37, $38, $39, $40, $41, $42, $43, $44 from (select * from new_user limit 1) p where coalesce($45::text, E'…') <> '-'), new_session as (insert into "session" ("id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent", "the device", "activeOrganizationId", "activeTeamId") select $46, $47, u."id", $48, $49, $50, $51, $52, $53, (select o."id" from founded o), (select t."id" from founded_team t) from new_user u returning *)
    select u."id"::text, u."name"::text, u."email"::text, u."emailVerified", u."image"::text, u."createdAt", u."updatedAt", array_to_json(array[json_build_array(pg_typeof(coalesce(u."username", null))::oid::bigint, u."username"), json_build_array(pg_typeof(coalesce(u."displayUsername", null))::oid::bigint, u."displayUsername"), json_build_array(pg_typeof(coalesce(u."role", null))::oid::bigint, u."role"), json_build_array(pg_typeof(coalesce(u."banned", null))::oid::bigint, u."banned"), json_build_array(pg_typeof(coalesce(u."banReason", null))::oid::bigint, u."banReason"), json_build_array(pg_typeof(coalesce(u."banExpires", null))::oid::bigint, u."banExpires"), json_build_array(pg_typeof(coalesce(u."twoFactorEnabled", null))::oid::bigint, u."twoFactorEnabled"), json_build_array(pg_typeof(coalesce(u."phoneNumber", null))::oid::bigint, u."phoneNumber"), json_build_array(pg_typeof(coalesce(u."phoneNumberVerified", null))::oid::bigint, u."phoneNumberVerified"), json_build_array(pg_typeof(coalesce(u."the ""plan""", null))::oid::bigint, u."the ""plan"""), json_build_array(pg_typeof(coalesce(u."tags", null))::oid::bigint, u."tags")])::text, s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text, array_to_json(array[json_build_array(pg_typeof(coalesce(s."impersonatedBy", null))::oid::bigint, s."impersonatedBy"), json_build_array(pg_typeof(coalesce(s."activeOrganizationId", null))::oid::bigint, s."activeOrganizationId"), json_build_array(pg_typeof(coalesce(s."activeTeamId", null))::oid::bigint, s."activeTeamId"), json_build_array(pg_typeof(coalesce(s."the device", null))::oid::bigint, s."the device"), json_build_array(pg_typeof(coalesce(s."place", null))::oid::bigint, s."place")])::text from new_user u, new_session s;

-- account::change_password, account::reset_password, proven::clear_others, session::delete, session::delete_all, session::delete_each, session::delete_others, unproven::clear
with one as (select 1), noted_one as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($1::text, E'…'), $2::text, $3::text, null, $4, $5, $6, $7, $8, $9, $10, $11, $12 from (select * from one limit 1) p where coalesce($13::text, E'…') <> '-') select 1 from one;

-- account::unlink
with own as (select 1 from "account" where "userId" = $1 order by "id" for update),
        gone as (delete from "account" where "id"::text = $2 and "userId" = $3
            and ($4 or (select count(*) from own) <> 1) and ($5::text is null or exists (select 1 from "session" where "token" = $6)) returning 1), noted_gone as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($7::text, E'…'), $8::text, $9::text, null, $10, $11, $12, $13, $14, $15, $16, $17, $18 from (select * from gone limit 1) p where coalesce($19::text, E'…') <> '-')
        select (select count(*) from own) = 1 and not $20, exists (select 1 from gone);

-- account::unlink
with own as (select 1 from "account" where "userId" = $1 order by "id" for update),
        gone as (delete from "account" where "id"::text = $2 and "userId" = $3
            and ($4 or (select count(*) from own) <> 1) and true returning 1), noted_gone as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($5::text, E'…'), $6::text, $7::text, null, $8, $9, $10, $11, $12, $13, $14, $15, $16 from (select * from gone limit 1) p where coalesce($17::text, E'…') <> '-')
        select (select count(*) from own) = 1 and not $18, exists (select 1 from gone);

-- cleanup::remove
with page as (select t."id" as id, coalesce(case when true or isfinite(t."createdAt") then t."createdAt" end < $1, false) as over from "audit" t
            where $2 or t."id" > $3 order by t."id" limit $4),
        removed as (delete from "audit" t where t."id" in (
            select t."id" from "audit" t where t."id" in (select id from page where over)
            for update skip locked) returning 1)
        select (select count(*) from removed), (select id::text from page order by id desc limit 1);

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
    where $41 and "id" = $42 and exists (select 1 from done) returning *),
moved as (select "id" from "user" where $43 and "id" = $44 and not "email" = $45 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $46 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($47::text, E'…'), $48::text, p."id"::text, null, $49, $50, $51, $52, $53, $54, $55, $56, $57 from (select * from made limit 1) p where coalesce($58::text, E'…') <> '-'), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($59::text, E'…'), $60::text, null, null, $61, $62, $63, $64, $65, $66, $67, $68, $69 from (select * from changed limit 1) p where coalesce($70::text, E'…') <> '-'), noted_moved as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($71::text, E'…'), $72::text, null, null, $73, $74, $75, $76, $77, $78, $79, $80, $81 from (select * from moved limit 1) p where coalesce($82::text, E'…') <> '-') select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;

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
    where $41 and "id" = $42 and exists (select 1 from done) returning *),
moved as (select "id" from "user" where $43 and "id" = $44 and not "email" = $45 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $46 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($47::text, E'…'), $48::text, p."id"::text, null, $49, $50, $51, $52, $53, $54, $55, $56, $57 from (select * from made limit 1) p where coalesce($58::text, E'…') <> '-'), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($59::text, E'…'), $60::text, null, null, $61, $62, $63, $64, $65, $66, $67, $68, $69 from (select * from changed limit 1) p where coalesce($70::text, E'…') <> '-'), noted_moved as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($71::text, E'…'), $72::text, null, null, $73, $74, $75, $76, $77, $78, $79, $80, $81 from (select * from moved limit 1) p where coalesce($82::text, E'…') <> '-') select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;

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
    where $40 and "id" = $41 and exists (select 1 from done) returning *),
moved as (select "id" from "user" where $42 and "id" = $43 and not "email" = $44 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $45 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($46::text, E'…'), $47::text, p."id"::text, null, $48, $49, $50, $51, $52, $53, $54, $55, $56 from (select * from made limit 1) p where coalesce($57::text, E'…') <> '-'), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($58::text, E'…'), $59::text, null, null, $60, $61, $62, $63, $64, $65, $66, $67, $68 from (select * from changed limit 1) p where coalesce($69::text, E'…') <> '-'), noted_moved as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($70::text, E'…'), $71::text, null, null, $72, $73, $74, $75, $76, $77, $78, $79, $80 from (select * from moved limit 1) p where coalesce($81::text, E'…') <> '-') select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;

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
    where $40 and "id" = $41 and exists (select 1 from done) returning *),
moved as (select "id" from "user" where $42 and "id" = $43 and not "email" = $44 and exists (select 1 from done)),
overtaking as (update "account" a set "updatedAt" = $45 from "user" u where u."id" in (select "id" from moved) and a."userId" = u."id" and a."providerId" = 'credential' and a."accountId"::text = u."id"::text), overtaken as (delete from "verification" where "value" in (select "id"::text from moved)), noted_made as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($46::text, E'…'), $47::text, p."id"::text, null, $48, $49, $50, $51, $52, $53, $54, $55, $56 from (select * from made limit 1) p where coalesce($57::text, E'…') <> '-'), noted_changed as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($58::text, E'…'), $59::text, null, null, $60, $61, $62, $63, $64, $65, $66, $67, $68 from (select * from changed limit 1) p where coalesce($69::text, E'…') <> '-'), noted_moved as (insert into "audit" ("id", "kind", "targetId", "objectId", "organizationId", "action", "actorType", "actorId", "sessionId", "keyId", "impersonatedBy", "ipAddress", "userAgent", "createdAt") select gen_random_uuid(), coalesce($70::text, E'…'), $71::text, null, null, $72, $73, $74, $75, $76, $77, $78, $79, $80 from (select * from moved limit 1) p where coalesce($81::text, E'…') <> '-') select t.is_taken, done.id from (select exists (select 1 from taken) as is_taken) t left join done on true;
