//! Lists, of which as many rows are read as fit into the memory of an instance. A count of rows alone is no bound: a user decides how
//! large a picture, a name or a field of the application is.

use futures_util::TryStreamExt as _;
use tokio_postgres::Row;

use super::param::TypedValue;

/// The most bytes of a list, as the database sends its rows. The first row is read regardless of its size.
pub(super) const MOST_BYTES: usize = 8 * 1024 * 1024;

/// Sends a statement and reads its rows up to [`MOST_BYTES`]. The connection discards the others one by one.
pub(super) async fn read(
    client: &tokio_postgres::Client,
    sql: &str,
    params: &[TypedValue<'_>],
) -> Result<Vec<Row>, tokio_postgres::Error> {
    let params = params.iter().map(|(value, kind)| (*value, kind.clone()));
    let mut stream = Box::pin(client.query_typed_raw(sql, params).await?);
    let (mut rows, mut bytes) = (Vec::new(), 0_usize);
    while let Some(row) = stream.try_next().await? {
        bytes = bytes.saturating_add(row.raw_size_bytes());
        if bytes > MOST_BYTES && !rows.is_empty() {
            break;
        }
        rows.push(row);
    }
    Ok(rows)
}
