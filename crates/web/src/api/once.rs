//! Requests that may be repeated: with an `Idempotency-Key` a change happens once, however often it is sent
//! (draft-ietf-httpapi-idempotency-key-header).
//!
//! The answer is kept in the transaction of the entry that it tells of, so there is no moment at which one of them stands alone.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use sha2::{Digest, Sha256};
use siger_app::{Context, Error};
use siger_storage::Write;
use siger_storage::table::operation::{self, Answer};
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::Caller;
use super::problem::{KEY_REUSED, Refused};
use crate::server::State;

/// Longest key: twice a UUID in words, or a hash in hexadecimal with a prefix.
const KEY_BYTES_MAX: usize = 128;
/// Opens what the key's hash is taken over, so that it equals no other hash of the office.
const TAG: &[u8] = b"siger idempotency key 1\n";

/// The header, hashed with where it was sent; `None`: the request may happen as often as it is sent.
pub(crate) struct Key(Option<Sha256>);

impl FromRequestParts<State> for Key {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Refused> {
        let mut values = parts.headers.get_all("idempotency-key").iter();
        let Some(value) = values.next() else { return Ok(Self(None)) };
        let key = value.as_bytes();
        let visible = key.iter().all(|byte| (b' '..=b'~').contains(byte));
        if values.next().is_some() || key.is_empty() || key.len() > KEY_BYTES_MAX || !visible {
            return Err(Refused::Header("idempotency-key", "once, with 1 to 128 visible characters of ASCII"));
        }
        let route = parts.uri.path().as_bytes();
        let mut hash = Sha256::new_with_prefix(TAG);
        hash.update((route.len() as u64).to_be_bytes());
        hash.update(route);
        hash.update(key);
        Ok(Self(Some(hash)))
    }
}

impl Key {
    /// The hash for one officer: the same key of another means another request.
    fn of(self, by: &Context) -> Option<[u8; 32]> {
        let officer = by.officer?;
        self.0.map(|hash| hash.chain_update(officer.as_bytes()).finalize().into())
    }
}

/// What a change made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    /// The entry.
    pub(crate) number: u64,
    /// What it is about.
    pub(crate) id: [u8; 16],
}

/// What a change made, as it is sent.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeBody {
    /// Number of the journal's entry.
    #[schema(example = 1204)]
    number: u64,
    /// The person or the request it is about.
    #[schema(value_type = String, format = "uuid")]
    id: Uuid,
}

/// Runs a change once, and says whether this was the first time. `beside` is what it led to besides the entry, kept only then.
pub(crate) async fn once<B: Send + 'static>(
    caller: &Caller,
    key: Key,
    request: [u8; 32],
    f: impl FnOnce(&mut Write<'_, '_>, &Context) -> siger_app::Result<(Made, B)> + Send + 'static,
) -> Result<(Made, Option<B>), Refused> {
    let by = caller.by.clone();
    let key = key.of(&by);
    let done = caller.office().write(move |write| {
        let Some(key) = key else {
            return f(write, &by).map(|(made, beside)| (made, Some(beside)));
        };
        // Two that come together wait for each other here: changes run one after another.
        if let Some(known) = operation::answer(write, &key)? {
            if known.request != request {
                return Err(Error::Conflict(KEY_REUSED));
            }
            return Ok((Made { number: known.number, id: known.subject.unwrap_or_default() }, None));
        }
        let (made, beside) = f(write, &by)?;
        operation::save_answer(write, &key, &Answer { request, number: made.number, subject: Some(made.id) }, by.now)?;
        Ok((made, Some(beside)))
    });
    Ok(done.await?)
}

/// The answer to a change: 201 with what it made.
pub(crate) fn made(caller: &Caller, made: Made, replayed: bool, location: Option<String>) -> Result<Response, Refused> {
    let mut response = caller.answer(StatusCode::CREATED, &MadeBody { number: made.number, id: Uuid::from_bytes(made.id) })?;
    if replayed {
        response.headers_mut().insert(HeaderName::from_static("idempotent-replay"), HeaderValue::from_static("true"));
    }
    if let Some(value) = location.and_then(|location| HeaderValue::from_str(&location).ok()) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    Ok(response)
}
