//! `gatepost secret reencrypt`: encrypts stored values under the current secret that need an older one, so that the older one can go.

use std::fmt::Write as _;

use gatepost_core::{
    config::{self, ConnectionOptions},
    crypto::{envelope, random::Rng, secret::Secrets},
    store::{
        StoreError,
        schema::Schema,
        single,
        written::{literal, quoted},
    },
};
use tokio_postgres::{Client, Row, SimpleQueryMessage, error::SqlState};

/// The columns of a table with values that a secret encrypts and that do not expire with it.
pub(crate) struct SealedColumns {
    /// The values, in the words of reports.
    pub(crate) what: &'static str,
    /// The model of the table.
    pub(crate) model: &'static str,
    /// The fields.
    pub(crate) fields: &'static [&'static str],
    /// Which rows matter.
    pub(crate) condition: &'static str,
}

/// All of them.
pub(crate) const SEALED: [SealedColumns; 3] = [
    SealedColumns {
        what: "private signing keys",
        model: "jwks",
        fields: &["privateKey"],
        condition: "({jwks.expiresAt} is null or {instant jwks.expiresAt} > now())",
    },
    SealedColumns {
        what: "tokens of providers",
        model: "account",
        fields: &["accessToken", "refreshToken"],
        condition: "true",
    },
    SealedColumns {
        what: "second factors and lists of backup codes",
        model: "twoFactor",
        fields: &["secret", "backupCodes"],
        condition: "true",
    },
];

impl SealedColumns {
    /// The statement that reads the values: the row's identifier, the place in [`Self::fields`], the value. A signing key stands between
    /// quotes.
    pub(crate) fn sql(&self, schema: &Schema) -> String {
        let Self { model, fields, condition, .. } = self;
        let fields = fields.iter().enumerate().map(|(place, field)| format!("({place}, {{{model}.{field}}}::text)"));
        schema.filled(&format!(
            "select {{{model}}}.\"id\"::text, place, sealed from {{{model}}}, lateral (values {}) as stored (place, sealed)
            where {condition} and (sealed like '$ba$%' or sealed like '\"%'
                or (length(sealed) > 80 and length(sealed) % 2 = 0 and sealed ~ '^[0-9a-f]+$'))",
            fields.collect::<Vec<_>>().join(", ")
        ))
    }
}

/// Rows that are read and written at once.
const PAGE: usize = 200;

/// Encrypts every value under the current secret that needs an older one; with `plan`, only counts them. A value that changes meanwhile
/// stays as the change has left it. Returns the text, and whether every value that an older secret decrypts is done.
///
/// # Errors
/// If the database cannot be read or written. What was encrypted until then is done, and another run goes on.
pub async fn run(
    url: &str,
    options: &ConnectionOptions,
    secrets: &Secrets,
    tables: &config::Schema,
    rng: &mut Rng,
    plan: bool,
) -> Result<(String, bool), StoreError> {
    let (mut reader, writer) = (single::connect(url, options).await?, single::connect(url, options).await?);
    let schema = Schema::new(tables);
    let (mut text, mut is_done) = (String::new(), true);
    for columns in SEALED {
        let Some(table) = tables.table(columns.model) else { continue };
        let names: Vec<&str> =
            columns.fields.iter().filter_map(|field| Some(table.column(field)?.name.as_str())).collect();
        // A cursor is in one transaction, so that a pooler keeps its connection.
        let transaction = reader.transaction().await?;
        let declared = format!("declare gatepost_values no scroll cursor for {}", columns.sql(&schema));
        match transaction.batch_execute(&declared).await {
            Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => continue,
            answer => answer?,
        }
        let (mut found, mut written, mut lost) = (0, 0, 0);
        loop {
            let rows = transaction.query_typed(&format!("fetch {PAGE} from gatepost_values"), &[]).await?;
            if rows.is_empty() {
                break;
            }
            let mut statements = String::new();
            for row in &rows {
                match renewed(secrets, row, rng)? {
                    Renewed::Current => {}
                    Renewed::Lost => lost += 1,
                    Renewed::As { id, place, old, new } => {
                        found += 1;
                        let Some(name) = names.get(place) else { continue };
                        // Writing into a String cannot fail.
                        let _ = write!(
                            statements,
                            "update {} set {1} = {2} where \"id\" = {3} and {1} = {4};",
                            tables.quoted(table),
                            quoted(name),
                            literal(&new),
                            literal(&id),
                            literal(&old)
                        );
                    }
                }
            }
            if !plan && !statements.is_empty() {
                written += sent(&writer, &statements).await?;
            }
        }
        transaction.rollback().await?;
        let what = columns.what;
        let _ = match plan {
            true => writeln!(text, "{what}: {found} would be encrypted with the current secret"),
            false => writeln!(text, "{what}: {written} encrypted with the current secret"),
        };
        if lost > 0 {
            let _ = writeln!(text, "{what}: {lost} need a secret that is not set, and stay as they are");
        }
        is_done &= written == found;
    }
    text.push_str(match (plan, is_done) {
        (true, _) => "Nothing was changed.",
        (false, true) => "`cargo gatepost secret status` counts what needs an older secret now.",
        (false, false) => "Some values changed meanwhile: run the command again.",
    });
    Ok((text, is_done || plan))
}

/// A stored value under the current secret.
enum Renewed {
    /// It is.
    Current,
    /// No secret that is set decrypts it.
    Lost,
    /// It becomes another value.
    As { id: String, place: usize, old: String, new: String },
}

fn renewed(secrets: &Secrets, row: &Row, rng: &mut Rng) -> Result<Renewed, StoreError> {
    let (id, place, old): (String, i32, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let sealed = old.trim_matches('"');
    if sealed.starts_with('{') {
        return Ok(Renewed::Current);
    }
    let Ok(plain) = envelope::open(secrets, sealed) else { return Ok(Renewed::Lost) };
    if !envelope::is_outdated(secrets, sealed) {
        return Ok(Renewed::Current);
    }
    let new = envelope::seal(secrets, &plain, rng);
    let new = if old.starts_with('"') { format!("\"{new}\"") } else { new };
    Ok(Renewed::As { id, place: usize::try_from(place).unwrap_or_default(), old, new })
}

/// Sends updates in one transaction, and counts the rows that they changed.
async fn sent(client: &Client, statements: &str) -> Result<u64, StoreError> {
    let answers = client.simple_query(statements).await?;
    let count = |answer: &SimpleQueryMessage| match answer {
        SimpleQueryMessage::CommandComplete(rows) => *rows,
        _ => 0,
    };
    Ok(answers.iter().map(count).sum())
}
