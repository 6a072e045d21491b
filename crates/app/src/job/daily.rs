//! The work of each day: requests that ran out, what is kept too long, erasures that were not finished.

use siger_domain::access::Purpose;

use crate::error::Result;
use crate::office::Office;
use crate::{request, retention};

/// Each part is tried even when another fails; all of them can be repeated.
pub(super) async fn run(office: &Office) -> Result<()> {
    let by = office.system(Purpose::Administration);
    let expired = office.write(move |write| request::expire(write, &by)).await;
    // Before the retention: what was recorded as erased yesterday must not wait for what is erased today.
    let finished = retention::finish_erasures(office).await;
    let applied = retention::apply(office, &office.system(Purpose::Retention)).await;
    let (expired, finished, applied) = (expired?, finished?, applied?);
    tracing::info!(expired, finished, erased = applied.erased, deleted = applied.deleted, "the daily work is done");
    Ok(())
}
