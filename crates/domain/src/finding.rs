//! Findings (*temuan*): what each check at the counter said, and what that leaves open to whom.
//!
//! A finding is what a machine or a rule says, never a decision. A check that could not be made is a finding of its own,
//! *not checked*, and a check that the post must make and that gave no finding counts the same: silence is never clear.

use serde::{Deserialize, Serialize};

use crate::id::PersonId;

labelled! {
    /// What was checked.
    Kind, "kind of finding" {
        /// Check digits of the machine-readable zone.
        CheckDigits = "check_digits", "digit pemeriksa", "check digits";
        /// Expiry and remaining validity of the document.
        Validity = "document_validity", "masa berlaku dokumen", "validity of the document";
        /// Earlier reports on this document: lost, stolen, cancelled, forged.
        Reports = "document_reports", "laporan atas dokumen", "reports on the document";
        /// The chip and its signature.
        Chip = "chip", "cip", "chip";
        /// The person on whose file this document stands.
        Identity = "identity", "pemegang dokumen", "holder of the document";
        /// The same person under another document.
        OtherDocument = "other_document", "dokumen lain orang ini", "other document of the person";
        /// Others of the same name and date of birth.
        Namesake = "namesake", "nama dan tanggal lahir sama", "same name and date of birth";
        /// More than one nationality, or one in doubt.
        Nationality = "nationality", "kewarganegaraan", "nationality";
        /// The face against the document.
        Face = "face", "wajah", "face";
        /// Fingerprints against the file or the document.
        Finger = "finger", "sidik jari", "fingerprints";
        /// The lists of those who are looked for or banned.
        Watchlist = "watchlist", "daftar cegah dan tangkal", "watchlist";
        /// The permit or visa held.
        Permit = "permit", "visa atau izin tinggal", "visa or stay permit";
        /// Days left, or overstay.
        Stay = "remaining_stay", "sisa izin tinggal", "remaining stay";
        /// Return ticket or re-entry permit.
        Onward = "onward_travel", "tiket pulang atau izin masuk kembali", "return ticket or re-entry permit";
        /// Duties that the person has or has not fulfilled.
        Duties = "duties", "kewajiban", "duties";
        /// A child, and who accompanies it.
        Child = "child", "anak dan pendamping", "child and who accompanies it";
    }
}

labelled! {
    /// How a finding stands, as shown: word, icon and colour.
    State, "state of a finding" {
        /// Nothing stands against the person.
        Clear = "clear", "bersih", "clear";
        /// Somebody has to look.
        Attention = "attention", "perhatian", "attention";
        /// A rule stands against it; only two persons go past.
        Stop = "stop", "halangan", "stop";
        /// The check was not made. Never counts as clear.
        NotChecked = "not_checked", "belum diperiksa", "not checked";
    }
}

labelled! {
    /// Why a check was not made.
    Unmade, "reason of a check not made" {
        /// It needs the network, which is not there. Made by itself when the line is back.
        Offline = "offline", "jaringan terputus", "no network";
        /// A search index is not complete yet. Made by itself when it is.
        Indexing = "indexing", "indeks belum lengkap", "index not complete";
        /// The document or the picture cannot be read.
        Unreadable = "unreadable", "tidak terbaca", "cannot be read";
        /// The device for it is broken or away.
        NoDevice = "no_device", "alat tidak ada", "no device";
        /// It was asked for and no answer came.
        NoAnswer = "no_answer", "tidak ada jawaban", "no answer came";
    }
}

impl Unmade {
    /// Whether the check can be made later without the person: the one ground on which somebody is let in conditionally.
    pub const fn is_pending(self) -> bool {
        matches!(self, Self::Offline | Self::Indexing)
    }
}

labelled! {
    /// Where a finding comes from.
    Source, "source of a finding" {
        /// The machine-readable zone.
        Zone = "zone", "zona baca mesin", "machine-readable zone";
        /// The document's chip.
        Chip = "chip", "cip dokumen", "chip of the document";
        /// The office's own files.
        File = "file", "berkas kantor", "files of the office";
        /// A rule of `law/`.
        Law = "law", "aturan", "rule";
        /// A watchlist.
        Watchlist = "watchlist", "daftar", "watchlist";
        /// Reports on documents.
        Report = "report", "laporan", "report";
        /// A camera, a reader of fingerprints.
        Device = "device", "alat", "device";
        /// An officer who looked.
        Officer = "officer", "petugas", "officer";
    }
}

/// Longest code of a reason and longest id of a rule: it is a key of the texts and stands in one line of the receipt.
pub const CODE_CHARS_MAX: usize = 64;
/// Most findings of one check: sixteen kinds, and a page of namesakes. More than this nobody reads at a counter.
pub const FINDINGS_MAX: usize = 64;

/// A text is no code, rule or number of the expected form.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FindingError {
    /// Not a code.
    #[error("{field}: must hold 1 to {max} of a-z, 0-9, '_', '.', '-' and start with a letter", max = CODE_CHARS_MAX)]
    Code {
        /// Which.
        field: &'static str,
    },
    /// A score outside 0 to 1.
    #[error("score: must lie between 0 and 1,000,000 millionths")]
    Score,
    /// More than one check gives.
    #[error("findings: at most {max}", max = FINDINGS_MAX)]
    TooMany,
    /// A post that checks nothing can admit nobody.
    #[error("findings: the post must name the checks that it makes")]
    NothingRequired,
}

fn code(field: &'static str, raw: &str) -> Result<String, FindingError> {
    let good = (1..=CODE_CHARS_MAX).contains(&raw.len())
        && raw.as_bytes()[0].is_ascii_lowercase()
        && raw.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.' | b'-'));
    if good { Ok(raw.to_owned()) } else { Err(FindingError::Code { field }) }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $field:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads it.
            ///
            /// # Errors
            /// When empty, too long, or of other characters.
            pub fn new(raw: &str) -> Result<Self, FindingError> {
                code($field, raw).map(Self)
            }

            /// As written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = FindingError;
            fn try_from(raw: String) -> Result<Self, FindingError> {
                Self::new(&raw)
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0
            }
        }
    )*};
}

codes! {
    /// Why a finding stands as it does; the texts have a sentence for each. Holds nothing about the person.
    ReasonCode = "reason";
    /// The rule of `law/`, or the clause of a standard (`icao-9303-3.4.9`), that the check rests on.
    RuleId = "rule";
    /// A method and its version (`names-2`).
    MethodId = "method";
}

/// A score or a threshold in millionths, 0 to 1,000,000: whole numbers compare the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Millionths(u32);

impl Millionths {
    /// Reads a number of millionths.
    ///
    /// # Errors
    /// Above 1,000,000.
    pub const fn new(millionths: u32) -> Result<Self, FindingError> {
        if millionths <= 1_000_000 { Ok(Self(millionths)) } else { Err(FindingError::Score) }
    }

    /// The number of millionths.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Millionths {
    type Error = FindingError;
    fn try_from(raw: u32) -> Result<Self, FindingError> {
        Self::new(raw)
    }
}

impl From<Millionths> for u32 {
    fn from(score: Millionths) -> Self {
        score.0
    }
}

/// What a method measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Method and version.
    pub method: MethodId,
    /// What it gave.
    pub score: Millionths,
    /// From where on the office looks.
    pub threshold: Millionths,
}

/// What a check said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", content = "unmade", rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing stands against the person.
    Clear,
    /// Somebody has to look.
    Attention,
    /// A rule stands against it.
    Stop,
    /// The check was not made, and why.
    NotChecked(Unmade),
}

impl Verdict {
    /// The state shown.
    pub const fn state(self) -> State {
        match self {
            Self::Clear => State::Clear,
            Self::Attention => State::Attention,
            Self::Stop => State::Stop,
            Self::NotChecked(_) => State::NotChecked,
        }
    }
}

/// What one check said, with everything that explains it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// What was checked.
    pub kind: Kind,
    /// What it said.
    pub verdict: Verdict,
    /// Why.
    pub reason: ReasonCode,
    /// Where it comes from.
    pub source: Source,
    /// What the check rests on.
    pub rule: RuleId,
    /// What a method measured, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// The other file that it points to (a namesake, an earlier document), where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refers: Option<PersonId>,
}

labelled! {
    /// All findings together, from the best to the worst: the worst one counts.
    Summary, "summary of findings" {
        /// Every check that the post must make was made and is clear.
        Clear = "clear", "semua bersih", "all clear";
        /// What is not clear was only not checked yet, and is made without the person later.
        Pending = "pending", "menunggu jaringan", "only waiting for the network or an index";
        /// Something asks for attention or could not be checked.
        Unclear = "unclear", "perlu dilihat", "somebody has to look";
        /// A rule stands against it.
        Stop = "stop", "ada halangan", "something stands against it";
    }
}

/// The findings of one check of a person, against the checks that the post must make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Raw", into = "Raw")]
pub struct Findings {
    required: Vec<Kind>,
    made: Vec<Finding>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    required: Vec<Kind>,
    made: Vec<Finding>,
}

impl Findings {
    /// The findings of a check. `required` are the kinds that this post must check; each that has no finding counts as not
    /// checked.
    ///
    /// # Errors
    /// When nothing is required, or there are more than [`FINDINGS_MAX`].
    pub fn new(required: &[Kind], made: Vec<Finding>) -> Result<Self, FindingError> {
        if required.is_empty() {
            return Err(FindingError::NothingRequired);
        }
        if made.len() > FINDINGS_MAX || required.len() > FINDINGS_MAX {
            return Err(FindingError::TooMany);
        }
        let mut required = required.to_vec();
        required.sort();
        required.dedup();
        Ok(Self { required, made })
    }

    /// Before any check was made: everything that is required is not checked.
    ///
    /// # Errors
    /// When nothing is required.
    pub fn unmade(required: &[Kind]) -> Result<Self, FindingError> {
        Self::new(required, Vec::new())
    }

    /// The same findings against the checks that others were held against.
    #[must_use]
    pub fn against(&self, other: &Self) -> Self {
        Self { required: other.required.clone(), made: self.made.clone() }
    }

    /// The kinds that the post must check, in the order of [`Kind::ALL`].
    pub fn required(&self) -> &[Kind] {
        &self.required
    }

    /// What was found, in the order given.
    pub fn made(&self) -> &[Finding] {
        &self.made
    }

    /// The required kinds without a finding.
    pub fn missing(&self) -> impl Iterator<Item = Kind> {
        self.required.iter().copied().filter(|kind| !self.made.iter().any(|finding| finding.kind == *kind))
    }

    /// Whether some finding of this kind has this state.
    pub fn has(&self, kind: Kind, state: State) -> bool {
        self.made.iter().any(|finding| finding.kind == kind && finding.verdict.state() == state)
            || (state == State::NotChecked && self.missing().any(|missing| missing == kind))
    }

    /// All of them together.
    pub fn summary(&self) -> Summary {
        let missing = self.missing().map(|_| Summary::Unclear);
        let made = self.made.iter().map(|finding| match finding.verdict {
            Verdict::Clear => Summary::Clear,
            Verdict::NotChecked(why) if why.is_pending() => Summary::Pending,
            Verdict::Attention | Verdict::NotChecked(_) => Summary::Unclear,
            Verdict::Stop => Summary::Stop,
        });
        // Something is required, so an empty list has a missing kind and is never clear.
        missing.chain(made).max().unwrap_or(Summary::Unclear)
    }

    /// Whether some check can still be made without the person.
    pub fn is_pending(&self) -> bool {
        self.made.iter().any(|finding| matches!(finding.verdict, Verdict::NotChecked(why) if why.is_pending()))
    }
}

impl TryFrom<Raw> for Findings {
    type Error = FindingError;
    fn try_from(raw: Raw) -> Result<Self, FindingError> {
        Self::new(&raw.required, raw.made)
    }
}

impl From<Findings> for Raw {
    fn from(findings: Findings) -> Self {
        Self { required: findings.required, made: findings.made }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(kind: Kind, verdict: Verdict) -> Finding {
        Finding {
            kind,
            verdict,
            reason: ReasonCode::new("as_expected").expect("a code"),
            source: Source::Zone,
            rule: RuleId::new("icao-9303-3.4.9").expect("a rule"),
            measure: None,
            refers: None,
        }
    }

    #[test]
    fn the_worst_finding_counts_and_silence_is_never_clear() {
        use Kind::{CheckDigits, Namesake, Watchlist};
        let offline = Verdict::NotChecked(Unmade::Offline);
        let required = &[CheckDigits, Watchlist];
        for (made, summary, why) in [
            (vec![(CheckDigits, Verdict::Clear), (Watchlist, Verdict::Clear)], Summary::Clear, "all made, all clear"),
            (vec![], Summary::Unclear, "nothing was made"),
            (vec![(CheckDigits, Verdict::Clear)], Summary::Unclear, "the watchlist is missing"),
            (vec![(CheckDigits, Verdict::Clear), (Namesake, Verdict::Clear)], Summary::Unclear, "another check does not stand for it"),
            (vec![(CheckDigits, Verdict::Clear), (Watchlist, offline)], Summary::Pending, "only the network is missing"),
            (vec![(Watchlist, offline)], Summary::Unclear, "the network is missing, and a check besides"),
            (vec![(CheckDigits, Verdict::NotChecked(Unmade::Unreadable)), (Watchlist, Verdict::Clear)], Summary::Unclear, "unreadable is not pending"),
            (vec![(CheckDigits, Verdict::Clear), (Watchlist, Verdict::NotChecked(Unmade::Indexing))], Summary::Pending, "an index is being built"),
            (vec![(CheckDigits, Verdict::Attention), (Watchlist, offline)], Summary::Unclear, "attention beats pending"),
            (vec![(CheckDigits, Verdict::Attention), (Watchlist, Verdict::Stop)], Summary::Stop, "stop beats all"),
            (vec![(CheckDigits, Verdict::Clear), (Watchlist, Verdict::Clear), (Namesake, Verdict::Attention)], Summary::Unclear, "not required, but it speaks"),
            (vec![(CheckDigits, Verdict::Clear), (Watchlist, Verdict::Clear), (Watchlist, Verdict::Stop)], Summary::Stop, "two of a kind: the worse"),
        ] {
            let made = made.into_iter().map(|(kind, verdict)| finding(kind, verdict)).collect();
            assert_eq!(Findings::new(required, made).map(|findings| findings.summary()), Ok(summary), "{why}");
        }
        assert_eq!(Findings::unmade(&[]), Err(FindingError::NothingRequired));
        assert_eq!(Findings::new(required, vec![finding(Watchlist, Verdict::Clear); FINDINGS_MAX + 1]), Err(FindingError::TooMany));
        assert!(Findings::unmade(required).expect("checks").has(Watchlist, State::NotChecked));
    }

    #[test]
    fn findings_are_read_back_and_bounded() {
        let measure = Measure {
            method: MethodId::new("names-2").expect("a method"),
            score: Millionths::new(812_000).expect("a score"),
            threshold: Millionths::new(700_000).expect("a threshold"),
        };
        let hit = Finding { measure: Some(measure), refers: Some(PersonId::from_bytes([4; 16])), ..finding(Kind::Namesake, Verdict::Attention) };
        let findings = Findings::new(&[Kind::Namesake], vec![hit, finding(Kind::Watchlist, Verdict::NotChecked(Unmade::Indexing))]).expect("findings");
        let json = serde_json::to_string(&findings).expect("JSON");
        assert_eq!(serde_json::from_str::<Findings>(&json).expect("what was written is read"), findings);
        for bad in [
            r#"{"required":[],"made":[]}"#,
            r#"{"required":["watchlist"],"made":[{"kind":"chip","verdict":{"state":"clear"},"reason":"Bad Code","source":"zone","rule":"r"}]}"#,
            r#"{"required":["watchlist"],"made":[],"clear":true}"#,
            r#"{"required":["horoscope"],"made":[]}"#,
        ] {
            assert!(serde_json::from_str::<Findings>(bad).is_err(), "{bad}");
        }
        assert_eq!(Millionths::new(1_000_001), Err(FindingError::Score));
    }

    #[test]
    fn codes() {
        for (raw, good) in [("expired", true), ("icao-9303-3.4.9", true), ("", false), ("9a", false), ("Ä", false), ("a b", false), (&"a".repeat(65), false)] {
            assert_eq!(ReasonCode::new(raw).is_ok(), good, "{raw}");
        }
    }
}
