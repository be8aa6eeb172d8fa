-- Every statement that the service sends, with identifiers that the database counts.
-- Above each are the functions of the store that send it. E'…' stands for any text, and … for the number of a lock.
-- 67 more statements are the same as in default.sql.
-- 58 more statements are the same as in uuid.sql.
-- Written by GATEPOST_WRITE_STATEMENTS=1 cargo test --test gatepost statement_texts

-- session::rename
update "session" s set "token" = $1, "expiresAt" = $2, "createdAt" = $3,
            "updatedAt" = $4 where s."token" = $5 returning s."id"::text, s."expiresAt", s."token"::text, s."createdAt", s."updatedAt", s."ipAddress", s."userAgent"::text, s."userId"::text;
