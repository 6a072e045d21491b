//! What a rule rests on, and texts in both languages of the office. Shared by every kind of rule in `law/`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text in both languages of the office.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Indonesian.
    pub id: String,
    /// English.
    pub en: String,
}

/// The article that a rule rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// `UU 27/2022`.
    pub instrument: String,
    /// `31`, `43(1)(a)`; empty only where the whole instrument is meant.
    pub article: String,
    /// The wording was read in a published copy. Otherwise the page says "office policy, unconfirmed".
    pub verified: bool,
    /// What the article says, in short.
    pub says: Bilingual,
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.article.is_empty() { f.write_str(&self.instrument) } else { write!(f, "{} art. {}", self.instrument, self.article) }
    }
}
