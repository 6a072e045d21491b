//! The work of each day: requests that ran out, what is kept too long, erasures that were not finished, blobs that belong
//! to nobody, keys that were changed without an entry.

use siger_domain::access::{Action, Purpose};

use crate::error::{Error, Result};
use crate::notify::{self, About};
use crate::office::Office;
use crate::{keys, orphan, request, retention};

/// Each part is tried even when another fails; all of them can be repeated.
pub(super) async fn run(office: &Office) -> Result<()> {
    let (by, reader) = (office.system(Purpose::Administration), office.clone());
    let now = by.now;
    let jumped = office.read(move |tx| retention::clock_jumped(tx, &reader, now)).await?;
    // By a clock that jumped, every request has run out.
    let expired = if jumped.is_some() { Ok(0) } else { office.write(move |write| request::expire(write, &by)).await };
    // Before the retention: what was recorded as erased yesterday must not wait for what is erased today.
    let finished = retention::finish_erasures(office).await;
    let applied = match retention::apply(office, &office.system(Purpose::Retention), false).await {
        Err(Error::Conflict("retention_held")) => {
            tracing::error!("what is due was not erased: the date jumped, or it is too much at once; look at the clock, then at the page /office/retention");
            let teller = office.clone();
            let told = office.write(move |write| notify::alert(write, &teller, About::RetentionHeld, &[Action::RetentionApply, Action::OfficeKeys])).await;
            told.map(|()| retention::Applied::default())
        }
        other => other,
    };
    // By such a clock every blob is old, also one that is on its way.
    let swept = if jumped.is_some() { Ok(0) } else { orphan::sweep(office).await };
    let keys = keys::catch_up(office).await;
    let (expired, finished, applied, swept, keys) = (expired?, finished?, applied?, swept?, keys?);
    tracing::info!(expired, finished, erased = applied.erased, deleted = applied.deleted, swept, keys, "the daily work is done");
    Ok(())
}
