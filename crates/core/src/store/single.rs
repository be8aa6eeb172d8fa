//! One connection outside the pool, for the command line: migrations and diagnosis.

use super::{StoreError, tls, url};

/// Connects to `url` with the rules of the pool: the same reading of the URL, the same TLS.
///
/// # Errors
/// [`StoreError::Unavailable`] with a sentence for the operator that quotes nothing of the URL.
pub async fn connect(url: &str) -> Result<tokio_postgres::Client, StoreError> {
    let target = url::read(url).map_err(StoreError::Unavailable)?;
    let connector = tls::connector(&target).map_err(StoreError::Unavailable)?;
    let (client, connection) = target.config.connect(connector).await?;
    tokio::spawn(async move {
        // Whoever uses the client learns of a lost connection from its next statement.
        let _ = connection.await;
    });
    Ok(client)
}
