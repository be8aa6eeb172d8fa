//! The end of each help text: exit statuses and examples. Man pages show each paragraph as a section.

pub(super) const GATEPOST: &str = "\
Exit status:
  0  The command did what you asked for, and found nothing wrong.
  1  The command found something wrong. Its help says what counts.
  2  The command could not do it: wrong arguments, files or variables, or an unreachable database.

Examples:
  cargo gatepost dev
      Run the service at http://localhost:3000 with a PostgreSQL of its own.
  cargo gatepost migrate --plan
      Print the SQL that the database of DATABASE_URL needs.
  cargo gatepost doctor --url https://auth.example.com --origin https://app.example.com
      Find out why the pages of app.example.com see no session.";

pub(super) const DEV: &str = "\
Exit status:
  0  The service ran until you interrupted it.
  2  The service could not start: the error says what to do.

Examples:
  cargo gatepost dev
      Listen on port 3000 with a PostgreSQL of its own.
  cargo gatepost dev --port 0
      Listen on a free port and print its URL.
  DATABASE_URL=postgres://localhost/app cargo gatepost dev
      Use your own database. Missing tables and columns are added to it.";

pub(super) const MIGRATE: &str = "\
Exit status:
  0  The database has the schema. With --plan: it has it, or the printed SQL completes it.
  1  Some columns or rows need a decision of the tables' owner; all else is done.
  2  Nothing was changed: the error says why and what to do.

Examples:
  cargo gatepost migrate --plan
      Print the SQL and change nothing.
  cargo gatepost migrate
      Add everything that is missing.
  cargo gatepost migrate --new-tables
      Create the missing tables after `migrate` has stopped because others look like them.";

pub(super) const GENERATE: &str = "\
Exit status:
  0  The files are up to date.
  2  A file cannot be read or written, gatepost.toml is wrong, or, with --check, a file is stale.

Examples:
  cargo gatepost generate
      Write the files that are stale, and remove functions that are no longer needed.
  cargo gatepost generate --check
      Fail in CI if someone forgot to run `generate`.
  cargo gatepost generate schema > schema.sql
      Write the schema to a file of your own.";

pub(super) const GENERATE_VERCEL: &str = "\
Exit status:
  0  The files are up to date.
  2  A file cannot be read or written, or gatepost.toml is wrong.

Examples:
  cargo gatepost generate vercel
      Write the files that are stale.";

pub(super) const GENERATE_SCHEMA: &str = "\
Exit status:
  0  The schema was printed.
  2  gatepost.toml is wrong.

Examples:
  cargo gatepost generate schema > migrations/0001_auth.sql
      Give the schema to another migration tool.";

pub(super) const GENERATE_OPENAPI: &str = "\
Exit status:
  0  The description was printed.
  2  gatepost.toml or a variable is wrong.

Examples:
  cargo gatepost generate openapi > openapi.json
      Give the description to a generator of clients.";

pub(super) const GENERATE_ROLES: &str = "\
Exit status:
  0  The SQL was printed.
  2  gatepost.toml is wrong.

Examples:
  cargo gatepost generate roles
      Print SQL for the role `gatepost`.
  cargo gatepost generate roles --name auth | psql \"$DATABASE_URL_UNPOOLED\"
      Create the role `auth` as the owner of the tables. Then give it a password.";

pub(super) const DOCTOR: &str = "\
Exit status:
  0  No check failed; warnings do not count.
  1  A check failed.
  2  Not every check could run, for example because the database cannot be reached.

Examples:
  (set -a; . ./.env.production; cargo gatepost doctor --origin https://app.example.com)
      Check a deployment from its variables, for pages of app.example.com.
  cargo gatepost doctor --url https://auth.example.com --origin https://app.example.com
      Check a running service from outside.
  cargo gatepost doctor --url https://app.example.com/api/auth
      Check better-auth on Node before you switch: what changes with gatepost.
  cargo gatepost doctor --url https://auth.example.com --no-sign-up --json
      Check it without a throw-away user, for a monitor.";

pub(super) const SHADOW: &str = "\
Exit status:
  0  All answers that were compared are the same.
  1  Some differ, or a server did not answer.
  2  Nothing was compared, a URL or the file is wrong, or the port cannot be opened.

Examples:
  cargo gatepost shadow --from http://localhost:3000 --to https://auth.example.com
      Listen on port 3001; point a proxy, or a part of your traffic, there.
  cargo gatepost shadow --from http://localhost:3000 --to http://localhost:3002 --replay session.har
      Compare with requests that a browser has recorded, cookies included.";

pub(super) const EXPLAIN: &str = "\
Exit status:
  0  The request has a session.
  1  The request has no session: the session is null.
  2  It cannot be decided, for example because the database cannot be reached.

Examples:
  (set -a; . ./.env.production; cargo gatepost explain)
      Paste the request's headers, then press Ctrl-D.
  cargo gatepost explain --log log --request fra1::iad1::abcde-1700000000000-0123456789ab
      Find a request in a log and explain its answer.
  vercel logs --json https://auth.example.com | cargo gatepost explain --log - --request ID
      Read the log from standard input.";

pub(super) const IMPORT: &str = "\
Exit status:
  0  The project switches as it is.
  1  It switches after the decisions and hooks that the report lists.
  2  It cannot be read, or the file exists already; nothing was written.
  3  Do not switch yet: a protection would be lost, or the database is not PostgreSQL.

Examples:
  cargo gatepost import ../my-app --plan
      Read the project in that folder; print the report and the configuration.
  cargo gatepost import ../my-app --force
      The same, and replace the gatepost.toml of this folder.
  cargo gatepost import ../my-app/src/lib/auth.ts --plan
      Name the file that calls betterAuth.
  cargo gatepost import ../my-app --plan --database \"$DATABASE_URL\"
      Compare the configuration with the tables that are really there. Nothing is changed.
  cargo gatepost import ../my-app --out services/auth.toml --json
      Write to another file, and print the report for a script.
  cargo gatepost import --summary apps/*
      Count how many of several projects switch.";

pub(super) const IMPORT_USERS: &str = "\
Exit status:
  0  Every record can be imported, or was.
  1  Some records are refused; the others can be imported, or were.
  2  The file cannot be read, the configuration is wrong, or the database cannot be reached.

Examples:
  (set -a; . ./.env.production; cargo gatepost import-users users.csv --from supabase)
      Show what would be written.
  (set -a; . ./.env.production; cargo gatepost import-users users.csv --from supabase --keep-ids --apply)
      Write the users, with their identifiers.
  cargo gatepost import-users users.json --from firebase --firebase-salt-separator Bw== --apply
      Write the users of `firebase auth:export users.json`.";

pub(super) const CHECK: &str = "\
Exit status:
  0  Nothing is wrong; warnings do not count.
  1  Something is wrong.
  2  Not everything could be checked.

Examples:
  cargo gatepost check env --env production --file .env.production
      Check the variables of production.
  cargo gatepost check database --file .env.production
      Check the database of production.";

pub(super) const CHECK_ENV: &str = "\
Exit status:
  0  There is no problem; warnings do not count.
  1  There is a problem.
  2  A file cannot be read.

Examples:
  cargo gatepost check env
      Check the variables of this process as production.
  vercel env pull --environment=production .env.production
  cargo gatepost check env --env production --file .env.production --against .env.preview
      Check production, and that it shares no secret with preview.
  cargo gatepost check env --issuer https://auth.example.com --audience https://api.example.com
      Check that tokens have the issuer and the audience that another service expects.";

pub(super) const CHECK_DATABASE: &str = "\
Exit status:
  0  No check failed; warnings do not count.
  1  A check failed.
  2  Not every check could run, for example because the database cannot be reached.

Examples:
  cargo gatepost check database
      Check the database of DATABASE_URL.
  cargo gatepost check database --file .env.production --json
      Check the database of production, for a script.";

pub(super) const CLEANUP: &str = "\
Exit status:
  0  The rows are removed. With --plan: they were counted.
  2  A variable, the configuration or the database is wrong: the error says which. Removed rows stay removed.

Examples:
  cargo gatepost cleanup --plan
      Count the rows that have ended.
  cargo gatepost cleanup --keep-days 30
      Remove them, but keep sessions for thirty days after they expired.";

pub(super) const SECRET: &str = "\
Exit status:
  0  The command did what you asked for.
  1  With `status`: something still needs an older secret.
  2  A variable is wrong or missing, or the database cannot be reached.

Examples:
  cargo gatepost secret new
      Print a value for BETTER_AUTH_SECRET.";

pub(super) const SECRET_NEW: &str = "\
Exit status:
  0  The secret was printed.
  2  The operating system provides no randomness.

Examples:
  cargo gatepost secret new | vercel env add BETTER_AUTH_SECRET production --sensitive
      Set the secret of production without showing it.";

pub(super) const SECRET_ROTATE: &str = "\
Exit status:
  0  The next step was printed.
  2  A variable is wrong or missing.

Examples:
  (set -a; . ./.env.production; cargo gatepost secret rotate)
      Print the next of three steps. docs/rotating-a-secret.md describes them.";

pub(super) const SECRET_REENCRYPT: &str = "\
Exit status:
  0  Every value that an older secret decrypts is encrypted with the current one.
  1  Some values changed meanwhile: run it again.
  2  A variable is wrong or missing, or the database cannot be reached.

Examples:
  (set -a; . ./.env.production; cargo gatepost secret reencrypt --plan)
      Count them.
  (set -a; . ./.env.production; cargo gatepost secret reencrypt)
      Encrypt them, in step 2 of a rotation.";

pub(super) const SECRET_STATUS: &str = "\
Exit status:
  0  Nothing in the database needs an older secret.
  1  Something does: keep the older secret.
  2  A variable is wrong or missing, or the database cannot be reached.

Examples:
  (set -a; . ./.env.production; cargo gatepost secret status)
      Count before you remove the older secret.";

pub(super) const COMPLETIONS: &str = "\
Exit status:
  0  The script was printed.
  2  The shell is unknown.

Examples:
  cargo install --path crates/cli --features import,otlp,websocket
      Install the command as `gatepost`.
  gatepost completions bash > ~/.local/share/bash-completion/completions/gatepost
      Complete in bash.
  gatepost completions zsh > ~/.zfunc/_gatepost
      Complete in zsh, if `fpath` contains ~/.zfunc.
  gatepost completions fish > ~/.config/fish/completions/gatepost.fish
      Complete in fish.";

pub(super) const MAN: &str = "\
Exit status:
  0  The page was printed, or the pages were written.
  2  The directory cannot be written to.

Examples:
  cargo gatepost man | man -l -
      Read the page.
  cargo gatepost man ~/.local/share/man/man1
      Install the pages: `man gatepost`, `man gatepost-doctor`.";
