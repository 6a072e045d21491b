//! The closed vocabulary of the law engine: what can be asked ([`Topic`]), what a caller can know ([`Fact`]), what a rule can
//! answer ([`Answer`]), how an answer stands ([`State`]) and why there is none ([`NeedKind`]).
//!
//! A caller writes these in code, so they are checked by the compiler. What they are called in both languages stands in
//! `law/vocabulary.toml`; loading refuses a member without its text.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::words::words;

words! {
    /// A question that the law answers. Each is answered on every day since the catalogue speaks of it, for every case.
    Topic {
        /// How stays are counted: whether the day of arrival is a day of the stay. The one place of both conventions.
        DayCounting = "day_counting",
        /// Which visas there are, and of which class each is (*indeks visa*).
        Visa = "visa",
        /// Whether a visa is still good for coming.
        VisaUse = "visa_use",
        /// Whether a travel document is valid for long enough.
        DocumentValidity = "document_validity",
        /// How long somebody who arrives with a visa may stay.
        Stay = "stay",
        /// How long a stay permit runs (*ITK, ITAS, ITAP*).
        Permit = "permit",
        /// Where a stay stands: running, about to end, over.
        Presence = "presence",
        /// What is paid for days beyond the permit (*biaya beban*).
        OverstayFee = "overstay_fee",
        /// Whether a request that waits for its decision keeps a stay from being over.
        Bridging = "bridging",
        /// Whether and when a stay can be extended, and until when.
        Extension = "extension",
        /// Whether and when a permit can become another kind (*alih status*).
        Conversion = "conversion",
        /// The duty to come to the office after arrival with a limited-stay visa.
        ReportingDuty = "reporting_duty",
        /// The clock of a lodging report (*APOA*).
        LodgingReport = "lodging_report",
        /// How long a re-entry permit holds (*izin masuk kembali*).
        ReEntry = "re_entry",
        /// What a service costs (*PNBP*).
        Fee = "fee",
        /// Until when the office must have decided, in working days.
        ServiceClock = "service_clock",
    }
}

words! {
    /// A fact that is a day.
    DayFact {
        /// The travel document expires on this day (its last day).
        DocumentExpiresOn = "document_expires_on",
        /// The visa was issued.
        VisaIssuedOn = "visa_issued_on",
        /// The person came into the country.
        ArrivedOn = "arrived_on",
        /// The last day of the permitted stay, as it was granted.
        StayUntil = "stay_until",
        /// The request that waits was paid.
        PaidOn = "paid_on",
        /// The permit runs from this day.
        PermitFrom = "permit_from",
        /// In the country without a break on a limited stay permit since this day.
        ResidentSince = "resident_since",
        /// Married since this day.
        MarriedOn = "married_on",
        /// The re-entry permit was issued.
        ReEntryIssuedOn = "re_entry_issued_on",
        /// The request was complete and the interview done: the office's clock starts.
        CompleteOn = "complete_on",
    }
}

words! {
    /// A fact that is a number of something, never negative.
    CountFact {
        /// Days that a permit was granted for.
        GrantedDays = "granted_days",
        /// Months that a visa or permit was granted for.
        GrantedMonths = "granted_months",
        /// How often this stay was extended already.
        ExtensionsMade = "extensions_made",
        /// Hours since a guest checked in, rounded up.
        HoursSinceCheckIn = "hours_since_check_in",
    }
}

words! {
    /// A fact that holds or does not.
    FlagFact {
        /// The travel document names no day of expiry.
        DocumentWithoutExpiry = "document_without_expiry",
        /// A request about the stay waits for its decision.
        RequestPending = "request_pending",
        /// That request is paid.
        RequestPaid = "request_paid",
        /// The person came as crew of a vehicle, ship or aircraft.
        ArrivedAsCrew = "arrived_as_crew",
        /// Married to an Indonesian citizen.
        MarriedToCitizen = "married_to_citizen",
        /// The person came to the office after arrival.
        ReportedToOffice = "reported_to_office",
        /// The lodging was reported.
        LodgingReported = "lodging_reported",
    }
}

words! {
    /// A fact that is one word of a list in `law/vocabulary.toml`.
    WordFact {
        /// Index of the visa, `B1`.
        VisaIndex = "visa_index",
        /// What kind of travel document.
        DocumentKind = "document_kind",
        /// Which stay permit is held.
        PermitKind = "permit_kind",
        /// Into which permit it shall be converted.
        ConvertTo = "convert_to",
        /// What is paid for.
        FeeItem = "fee_item",
        /// Which service has the clock.
        Service = "service",
    }
}

words! {
    /// A named value that a rule gives.
    Answer {
        /// The first day on which something can be done.
        FirstDay = "first_day",
        /// The last day on which it can be done, or of what was granted.
        LastDay = "last_day",
        /// The last day of the stay once it is extended.
        NextLastDay = "next_last_day",
        /// A number of days.
        Days = "days",
        /// A number of calendar months.
        Months = "months",
        /// A number of hours.
        Hours = "hours",
        /// An amount to pay.
        Fee = "fee",
        /// Class of a visa: which rules of stay it follows.
        VisaClass = "visa_class",
        /// The stay permit that follows from a visa.
        PermitKind = "permit_kind",
        /// Once or several times.
        Entries = "entries",
        /// Whether a waiting request keeps the stay from being over.
        Bridged = "bridged",
        /// Where a stay stands.
        Presence = "presence",
        /// Which day of a stay the day of arrival is: 1 when it counts, 0 when not.
        ArrivalDay = "arrival_day",
        /// Which day of the office's clock the first day is: 1 when it counts, 0 when not.
        ClockDay = "clock_day",
    }
}

words! {
    /// What a rule says of a case.
    Verdict {
        /// Nothing stands against it.
        Clear = "clear",
        /// Something must be done or paid, or waited for.
        Duty = "duty",
        /// It stands against it. Still a finding: an officer decides.
        Stop = "stop",
        /// The law or our sources leave it open: only an officer can say.
        Officer = "officer",
    }
}

words! {
    /// How a finding stands.
    State {
        /// Nothing stands against it.
        Clear = "clear",
        /// Something must be done or paid, or waited for.
        Duty = "duty",
        /// It stands against it.
        Stop = "stop",
        /// Only an officer can say.
        Officer = "officer",
        /// A fact is missing. Never counts as clear.
        NotKnown = "not_known",
        /// The rules do not speak of that day. Never counts as clear.
        NotInForce = "not_in_force",
    }
}

words! {
    /// Why there is no answer.
    NeedKind {
        /// A fact is missing.
        Missing = "missing",
        /// A word is in no list.
        NotInList = "not_in_list",
        /// A year of the calendar is missing.
        Calendar = "calendar",
        /// Another topic does not speak of that day.
        NotInForce = "not_in_force",
        /// A day or an amount that is none.
        OutOfRange = "out_of_range",
    }
}

impl From<Verdict> for State {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Clear => Self::Clear,
            Verdict::Duty => Self::Duty,
            Verdict::Stop => Self::Stop,
            Verdict::Officer => Self::Officer,
        }
    }
}

/// What a fact, a measure or an answer is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A day.
    Day,
    /// A whole number.
    Count,
    /// Yes or no.
    Flag,
    /// A word of a list.
    Word,
    /// An amount of money.
    Rupiah,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Day => "a day (YYYY-MM-DD)",
            Self::Count => "a whole number",
            Self::Flag => "true or false",
            Self::Word => "a word of its list",
            Self::Rupiah => "an amount of rupiah",
        })
    }
}

impl Answer {
    /// Of what kind the value is.
    pub const fn kind(self) -> Kind {
        match self {
            Self::FirstDay | Self::LastDay | Self::NextLastDay => Kind::Day,
            Self::Days | Self::Months | Self::Hours | Self::ArrivalDay | Self::ClockDay => Kind::Count,
            Self::Fee => Kind::Rupiah,
            Self::VisaClass | Self::PermitKind | Self::Entries | Self::Presence => Kind::Word,
            Self::Bridged => Kind::Flag,
        }
    }
}

/// Anything that a caller can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// A day.
    Day(DayFact),
    /// A number.
    Count(CountFact),
    /// Yes or no.
    Flag(FlagFact),
    /// A word.
    Word(WordFact),
}

impl Fact {
    /// Every fact.
    pub fn all() -> impl Iterator<Item = Self> {
        let days = DayFact::ALL.iter().map(|fact| Self::Day(*fact));
        let counts = CountFact::ALL.iter().map(|fact| Self::Count(*fact));
        let flags = FlagFact::ALL.iter().map(|fact| Self::Flag(*fact));
        days.chain(counts).chain(flags).chain(WordFact::ALL.iter().map(|fact| Self::Word(*fact)))
    }

    /// The word used in the rules and in a file of facts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day(fact) => fact.as_str(),
            Self::Count(fact) => fact.as_str(),
            Self::Flag(fact) => fact.as_str(),
            Self::Word(fact) => fact.as_str(),
        }
    }

    /// The fact of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|fact| fact.as_str() == name)
    }

    /// Of what kind it is.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Day(_) => Kind::Day,
            Self::Count(_) => Kind::Count,
            Self::Flag(_) => Kind::Flag,
            Self::Word(_) => Kind::Word,
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Fact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
