//! Single-use values in the secondary storage, each under its identifier.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Stored, scripts, seconds, value::Value};
use crate::{
    json,
    model::iso,
    store::{
        StoreError,
        pool::Repeat,
        secret::{NewSecret, Secret},
        trips::RoundTrips,
    },
};

/// A single-use value as it is stored. The members have better-auth's order for values without a row in the database.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenSecret<'a> {
    #[serde(serialize_with = "iso")]
    created_at: Timestamp,
    #[serde(serialize_with = "iso")]
    updated_at: Timestamp,
    value: &'a str,
    identifier: &'a str,
    #[serde(serialize_with = "iso")]
    expires_at: Timestamp,
    #[serde(rename = "gatepostAddress", skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReadSecret {
    value: String,
    expires_at: String,
    created_at: Option<String>,
    #[serde(rename = "gatepostAddress")]
    address: Option<String>,
}

fn read(text: &str) -> Option<Secret> {
    let read: ReadSecret = serde_json::from_str(text).ok()?;
    let made_at = read.created_at.and_then(|text| text.parse().ok());
    Some(Secret { value: read.value, address: read.address, expires_at: read.expires_at.parse().ok()?, made_at })
}

impl Stored {
    fn secret_key(&self, identifier: &str) -> String {
        self.key(&format!("verification:{identifier}"))
    }

    fn secret_keys(&self, identifiers: &[String]) -> Vec<String> {
        identifiers.iter().map(|identifier| self.secret_key(identifier)).collect()
    }

    pub(super) async fn secret_put(&self, trips: &RoundTrips, new: &NewSecret) -> Result<(), StoreError> {
        let seconds = seconds(new.expires_at, (self.clock)());
        if seconds < 1 {
            return Ok(());
        }
        let written = json::to_string(&WrittenSecret {
            created_at: new.now,
            updated_at: new.now,
            value: &new.value,
            identifier: &new.identifier,
            expires_at: new.expires_at,
            address: new.address.as_deref(),
        });
        let command = ["SET", &self.secret_key(&new.identifier), &written, "EX", &seconds.to_string()];
        self.ask(trips, Repeat::Safe, &command).await.map(|_| ())
    }

    pub(super) async fn secret_there(
        &self,
        trips: &RoundTrips,
        identifiers: &[String],
    ) -> Result<Option<Secret>, StoreError> {
        let keys = self.secret_keys(identifiers);
        let command: Vec<&str> = std::iter::once("MGET").chain(keys.iter().map(String::as_str)).collect();
        let found = self.ask(trips, Repeat::Safe, &command).await?.list();
        Ok(found.into_iter().filter_map(Value::text).find_map(|text| read(&text)))
    }

    /// Takes a single-use value. Never sent twice: after a lost connection it is unknown whether the first command took it.
    pub(super) async fn secret_taken(
        &self,
        trips: &RoundTrips,
        identifiers: &[String],
    ) -> Result<Option<Secret>, StoreError> {
        let keys = self.secret_keys(identifiers);
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let found = self.run(trips, Repeat::Never, scripts::TAKE_SECRET, &keys, &[]).await?;
        Ok(found.text().and_then(|text| read(&text)))
    }
}
