//! Codes of issuing States, organisations and nationalities: ISO 3166-1 alpha-3, and those that ICAO Doc 9303 part 3 §5 adds.
//!
//! A code that is not here is no fault of a zone: codes are added and given up while documents live for ten years. It is a
//! remark for the person who looks ([`crate::problem::Fault::StateUnknown`]).

use std::fmt;

use crate::cells::{Cells, CellsError};

/// What kind of entry a code is: the parts of the standard's section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A country or area of ISO 3166-1 (part A).
    Country,
    /// A kind of British nationality; the issuer is `GBR` (part A).
    British,
    /// Used in place of the code of ISO 3166-1, or without one: `D`, `RKS` (part A).
    Exception,
    /// The European Union, reserved by ISO (part B).
    Union,
    /// Documents of the United Nations (part C).
    UnitedNations,
    /// Other organisations that issue documents (part D).
    Organization,
    /// Persons without a defined nationality: stateless, refugees, unspecified (part E).
    NoNationality,
    /// Given up by ISO, still on documents (part F).
    Former,
    /// Utopia: specimens. A document of it is valid nowhere (part G).
    Specimen,
    /// ICAO itself, which signs lists of certificates with it (part H).
    MasterList,
}

/// A code with its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// One to three letters.
    pub code: &'static str,
    /// Short English name.
    pub name: &'static str,
    /// Which part of the section lists it.
    pub kind: Kind,
}

/// What a code means, or nothing when it is not listed.
pub fn lookup(code: &str) -> Option<Entry> {
    let found = KEYS.binary_search(&key(code)?).ok()?;
    TABLE.get(found).map(|&(code, name, kind)| Entry { code, name, kind })
}

/// A code as a number in the order of the alphabet; nothing when it has more than three bytes.
const fn key(code: &str) -> Option<u32> {
    match *code.as_bytes() {
        [a] => Some((a as u32) << 16),
        [a, b] => Some((a as u32) << 16 | (b as u32) << 8),
        [a, b, c] => Some((a as u32) << 16 | (b as u32) << 8 | c as u32),
        _ => None,
    }
}

/// The table's codes as numbers, which are found faster than texts.
const KEYS: [u32; TABLE.len()] = {
    let mut keys = [0; TABLE.len()];
    let mut index = 0;
    while index < keys.len() {
        if let Some(key) = key(TABLE[index].0) {
            keys[index] = key;
        }
        index += 1;
    }
    keys
};

/// All codes, in the order of the alphabet.
pub fn all() -> impl Iterator<Item = Entry> {
    TABLE.iter().map(|&(code, name, kind)| Entry { code, name, kind })
}

/// The code of a State, an organisation or a nationality, as a zone has it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StateCode(pub(crate) Cells<3>);

/// Why a text is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateCodeError {
    /// It cannot stand in a zone.
    #[error("the code of a State: {0}")]
    Cells(#[from] CellsError),
    /// It has no letter, or others than letters.
    #[error("the code of a State has one to three letters")]
    Letters,
}

impl StateCode {
    /// A code of one to three letters; whether it is listed is another question ([`StateCode::entry`]).
    ///
    /// # Errors
    /// When it has other characters, none, or more than three.
    pub fn new(text: &str) -> Result<Self, StateCodeError> {
        let cells = Cells::new(text)?;
        if cells.is_empty() || !cells.as_str().bytes().all(|cell| cell.is_ascii_uppercase()) {
            return Err(StateCodeError::Letters);
        }
        Ok(Self(cells))
    }

    /// The code without fillers at its end.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// What it means, or nothing when it is not listed.
    pub fn entry(&self) -> Option<Entry> {
        lookup(self.as_str())
    }
}

impl fmt::Debug for StateCode {
    /// A nationality is about somebody.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

use Kind::{British, Country, Exception, Former, MasterList, NoNationality, Organization, Specimen, Union, UnitedNations};

/// Sorted by code. Countries: ISO 3166-1 as Debian's iso-codes 4.15 has it. The others: part 3 §5, eighth edition with
/// amendment 2 (20 March 2024).
const TABLE: &[(&str, &str, Kind)] = &[
    ("ABW", "Aruba", Country),
    ("AFG", "Afghanistan", Country),
    ("AGO", "Angola", Country),
    ("AIA", "Anguilla", Country),
    ("ALA", "Åland Islands", Country),
    ("ALB", "Albania", Country),
    ("AND", "Andorra", Country),
    ("ANT", "Netherlands Antilles", Former),
    ("ARE", "United Arab Emirates", Country),
    ("ARG", "Argentina", Country),
    ("ARM", "Armenia", Country),
    ("ASM", "American Samoa", Country),
    ("ATA", "Antarctica", Country),
    ("ATF", "French Southern Territories", Country),
    ("ATG", "Antigua and Barbuda", Country),
    ("AUS", "Australia", Country),
    ("AUT", "Austria", Country),
    ("AZE", "Azerbaijan", Country),
    ("BDI", "Burundi", Country),
    ("BEL", "Belgium", Country),
    ("BEN", "Benin", Country),
    ("BES", "Bonaire, Sint Eustatius and Saba", Country),
    ("BFA", "Burkina Faso", Country),
    ("BGD", "Bangladesh", Country),
    ("BGR", "Bulgaria", Country),
    ("BHR", "Bahrain", Country),
    ("BHS", "Bahamas", Country),
    ("BIH", "Bosnia and Herzegovina", Country),
    ("BLM", "Saint Barthélemy", Country),
    ("BLR", "Belarus", Country),
    ("BLZ", "Belize", Country),
    ("BMU", "Bermuda", Country),
    ("BOL", "Bolivia", Country),
    ("BRA", "Brazil", Country),
    ("BRB", "Barbados", Country),
    ("BRN", "Brunei Darussalam", Country),
    ("BTN", "Bhutan", Country),
    ("BVT", "Bouvet Island", Country),
    ("BWA", "Botswana", Country),
    ("CAF", "Central African Republic", Country),
    ("CAN", "Canada", Country),
    ("CCK", "Cocos (Keeling) Islands", Country),
    ("CHE", "Switzerland", Country),
    ("CHL", "Chile", Country),
    ("CHN", "China", Country),
    ("CIV", "Côte d'Ivoire", Country),
    ("CMR", "Cameroon", Country),
    ("COD", "Congo, The Democratic Republic of the", Country),
    ("COG", "Congo", Country),
    ("COK", "Cook Islands", Country),
    ("COL", "Colombia", Country),
    ("COM", "Comoros", Country),
    ("CPV", "Cabo Verde", Country),
    ("CRI", "Costa Rica", Country),
    ("CUB", "Cuba", Country),
    ("CUW", "Curaçao", Country),
    ("CXR", "Christmas Island", Country),
    ("CYM", "Cayman Islands", Country),
    ("CYP", "Cyprus", Country),
    ("CZE", "Czechia", Country),
    ("D", "Germany", Exception),
    ("DEU", "Germany", Country),
    ("DJI", "Djibouti", Country),
    ("DMA", "Dominica", Country),
    ("DNK", "Denmark", Country),
    ("DOM", "Dominican Republic", Country),
    ("DZA", "Algeria", Country),
    ("ECU", "Ecuador", Country),
    ("EGY", "Egypt", Country),
    ("ERI", "Eritrea", Country),
    ("ESH", "Western Sahara", Country),
    ("ESP", "Spain", Country),
    ("EST", "Estonia", Country),
    ("ETH", "Ethiopia", Country),
    ("EUE", "European Union", Union),
    ("FIN", "Finland", Country),
    ("FJI", "Fiji", Country),
    ("FLK", "Falkland Islands (Malvinas)", Country),
    ("FRA", "France", Country),
    ("FRO", "Faroe Islands", Country),
    ("FSM", "Micronesia, Federated States of", Country),
    ("GAB", "Gabon", Country),
    ("GBD", "British Overseas Territories citizen", British),
    ("GBN", "British National (Overseas)", British),
    ("GBO", "British Overseas citizen", British),
    ("GBP", "British protected person", British),
    ("GBR", "United Kingdom", Country),
    ("GBS", "British subject", British),
    ("GEO", "Georgia", Country),
    ("GGY", "Guernsey", Country),
    ("GHA", "Ghana", Country),
    ("GIB", "Gibraltar", Country),
    ("GIN", "Guinea", Country),
    ("GLP", "Guadeloupe", Country),
    ("GMB", "Gambia", Country),
    ("GNB", "Guinea-Bissau", Country),
    ("GNQ", "Equatorial Guinea", Country),
    ("GRC", "Greece", Country),
    ("GRD", "Grenada", Country),
    ("GRL", "Greenland", Country),
    ("GTM", "Guatemala", Country),
    ("GUF", "French Guiana", Country),
    ("GUM", "Guam", Country),
    ("GUY", "Guyana", Country),
    ("HKG", "Hong Kong", Country),
    ("HMD", "Heard Island and McDonald Islands", Country),
    ("HND", "Honduras", Country),
    ("HRV", "Croatia", Country),
    ("HTI", "Haiti", Country),
    ("HUN", "Hungary", Country),
    ("IAO", "International Civil Aviation Organization", MasterList),
    ("IDN", "Indonesia", Country),
    ("IMN", "Isle of Man", Country),
    ("IND", "India", Country),
    ("IOT", "British Indian Ocean Territory", Country),
    ("IRL", "Ireland", Country),
    ("IRN", "Iran", Country),
    ("IRQ", "Iraq", Country),
    ("ISL", "Iceland", Country),
    ("ISR", "Israel", Country),
    ("ITA", "Italy", Country),
    ("JAM", "Jamaica", Country),
    ("JEY", "Jersey", Country),
    ("JOR", "Jordan", Country),
    ("JPN", "Japan", Country),
    ("KAZ", "Kazakhstan", Country),
    ("KEN", "Kenya", Country),
    ("KGZ", "Kyrgyzstan", Country),
    ("KHM", "Cambodia", Country),
    ("KIR", "Kiribati", Country),
    ("KNA", "Saint Kitts and Nevis", Country),
    ("KOR", "South Korea", Country),
    ("KWT", "Kuwait", Country),
    ("LAO", "Laos", Country),
    ("LBN", "Lebanon", Country),
    ("LBR", "Liberia", Country),
    ("LBY", "Libya", Country),
    ("LCA", "Saint Lucia", Country),
    ("LIE", "Liechtenstein", Country),
    ("LKA", "Sri Lanka", Country),
    ("LSO", "Lesotho", Country),
    ("LTU", "Lithuania", Country),
    ("LUX", "Luxembourg", Country),
    ("LVA", "Latvia", Country),
    ("MAC", "Macao", Country),
    ("MAF", "Saint Martin (French part)", Country),
    ("MAR", "Morocco", Country),
    ("MCO", "Monaco", Country),
    ("MDA", "Moldova", Country),
    ("MDG", "Madagascar", Country),
    ("MDV", "Maldives", Country),
    ("MEX", "Mexico", Country),
    ("MHL", "Marshall Islands", Country),
    ("MKD", "North Macedonia", Country),
    ("MLI", "Mali", Country),
    ("MLT", "Malta", Country),
    ("MMR", "Myanmar", Country),
    ("MNE", "Montenegro", Country),
    ("MNG", "Mongolia", Country),
    ("MNP", "Northern Mariana Islands", Country),
    ("MOZ", "Mozambique", Country),
    ("MRT", "Mauritania", Country),
    ("MSR", "Montserrat", Country),
    ("MTQ", "Martinique", Country),
    ("MUS", "Mauritius", Country),
    ("MWI", "Malawi", Country),
    ("MYS", "Malaysia", Country),
    ("MYT", "Mayotte", Country),
    ("NAM", "Namibia", Country),
    ("NCL", "New Caledonia", Country),
    ("NER", "Niger", Country),
    ("NFK", "Norfolk Island", Country),
    ("NGA", "Nigeria", Country),
    ("NIC", "Nicaragua", Country),
    ("NIU", "Niue", Country),
    ("NLD", "Netherlands", Country),
    ("NOR", "Norway", Country),
    ("NPL", "Nepal", Country),
    ("NRU", "Nauru", Country),
    ("NTZ", "Neutral Zone", Former),
    ("NZL", "New Zealand", Country),
    ("OMN", "Oman", Country),
    ("PAK", "Pakistan", Country),
    ("PAN", "Panama", Country),
    ("PCN", "Pitcairn", Country),
    ("PER", "Peru", Country),
    ("PHL", "Philippines", Country),
    ("PLW", "Palau", Country),
    ("PNG", "Papua New Guinea", Country),
    ("POL", "Poland", Country),
    ("PRI", "Puerto Rico", Country),
    ("PRK", "North Korea", Country),
    ("PRT", "Portugal", Country),
    ("PRY", "Paraguay", Country),
    ("PSE", "Palestine, State of", Country),
    ("PYF", "French Polynesia", Country),
    ("QAT", "Qatar", Country),
    ("REU", "Réunion", Country),
    ("RKS", "Kosovo", Exception),
    ("ROU", "Romania", Country),
    ("RUS", "Russian Federation", Country),
    ("RWA", "Rwanda", Country),
    ("SAU", "Saudi Arabia", Country),
    ("SDN", "Sudan", Country),
    ("SEN", "Senegal", Country),
    ("SGP", "Singapore", Country),
    ("SGS", "South Georgia and the South Sandwich Islands", Country),
    ("SHN", "Saint Helena, Ascension and Tristan da Cunha", Country),
    ("SJM", "Svalbard and Jan Mayen", Country),
    ("SLB", "Solomon Islands", Country),
    ("SLE", "Sierra Leone", Country),
    ("SLV", "El Salvador", Country),
    ("SMR", "San Marino", Country),
    ("SOM", "Somalia", Country),
    ("SPM", "Saint Pierre and Miquelon", Country),
    ("SRB", "Serbia", Country),
    ("SSD", "South Sudan", Country),
    ("STP", "Sao Tome and Principe", Country),
    ("SUR", "Suriname", Country),
    ("SVK", "Slovakia", Country),
    ("SVN", "Slovenia", Country),
    ("SWE", "Sweden", Country),
    ("SWZ", "Eswatini", Country),
    ("SXM", "Sint Maarten (Dutch part)", Country),
    ("SYC", "Seychelles", Country),
    ("SYR", "Syria", Country),
    ("TCA", "Turks and Caicos Islands", Country),
    ("TCD", "Chad", Country),
    ("TGO", "Togo", Country),
    ("THA", "Thailand", Country),
    ("TJK", "Tajikistan", Country),
    ("TKL", "Tokelau", Country),
    ("TKM", "Turkmenistan", Country),
    ("TLS", "Timor-Leste", Country),
    ("TON", "Tonga", Country),
    ("TTO", "Trinidad and Tobago", Country),
    ("TUN", "Tunisia", Country),
    ("TUR", "Türkiye", Country),
    ("TUV", "Tuvalu", Country),
    ("TWN", "Taiwan", Country),
    ("TZA", "Tanzania", Country),
    ("UGA", "Uganda", Country),
    ("UKR", "Ukraine", Country),
    ("UMI", "United States Minor Outlying Islands", Country),
    ("UNA", "United Nations specialized agency or one of its officials", UnitedNations),
    ("UNK", "Resident of Kosovo with a document of the United Nations (UNMIK)", UnitedNations),
    ("UNO", "United Nations Organization or one of its officials", UnitedNations),
    ("URY", "Uruguay", Country),
    ("USA", "United States", Country),
    ("UTO", "Utopia", Specimen),
    ("UZB", "Uzbekistan", Country),
    ("VAT", "Holy See (Vatican City State)", Country),
    ("VCT", "Saint Vincent and the Grenadines", Country),
    ("VEN", "Venezuela", Country),
    ("VGB", "Virgin Islands, British", Country),
    ("VIR", "Virgin Islands, U.S.", Country),
    ("VNM", "Vietnam", Country),
    ("VUT", "Vanuatu", Country),
    ("WLF", "Wallis and Futuna", Country),
    ("WSM", "Samoa", Country),
    ("XBA", "African Development Bank", Organization),
    ("XCC", "Caribbean Community or one of its emissaries", Organization),
    ("XCE", "Council of Europe", Organization),
    ("XCO", "Common Market for Eastern and Southern Africa", Organization),
    ("XDC", "Southern African Development Community", Organization),
    ("XEC", "Economic Community of West African States", Organization),
    ("XES", "Organization of Eastern Caribbean States", Organization),
    ("XIM", "African Export-Import Bank", Organization),
    ("XMP", "Parliamentary Assembly of the Mediterranean", Organization),
    ("XOM", "Sovereign Military Order of Malta or one of its emissaries", Organization),
    ("XPO", "INTERPOL", Organization),
    ("XXA", "Stateless person (1954 Convention)", NoNationality),
    ("XXB", "Refugee (1951 Convention and 1967 Protocol)", NoNationality),
    ("XXC", "Refugee, other than XXB", NoNationality),
    ("XXX", "Person of unspecified nationality", NoNationality),
    ("YEM", "Yemen", Country),
    ("ZAF", "South Africa", Country),
    ("ZMB", "Zambia", Country),
    ("ZWE", "Zimbabwe", Country),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_well_formed() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for entry in all() {
            assert_eq!(StateCode::new(entry.code).unwrap().entry(), Some(entry));
            assert!(!entry.name.is_empty() && (entry.code.len() == 3 || entry.code == "D"), "{entry:?}");
        }
        assert_eq!(all().filter(|entry| entry.kind == Country).count(), 249);
        assert_eq!(all().filter(|entry| entry.kind != Country).count(), 30);
    }

    #[test]
    fn codes_that_are_no_countries() {
        for (code, kind) in [
            ("D", Exception),
            ("RKS", Exception),
            ("GBD", British),
            ("EUE", Union),
            ("UNO", UnitedNations),
            ("UNK", UnitedNations),
            ("XPO", Organization),
            ("XXA", NoNationality),
            ("ANT", Former),
            ("UTO", Specimen),
            ("IAO", MasterList),
            ("IDN", Country),
            ("DEU", Country),
        ] {
            assert_eq!(lookup(code).map(|entry| entry.kind), Some(kind), "{code}");
        }
        for code in ["", "UT0", "XXK", "ZIM", "idn", "IDNX"] {
            assert_eq!(lookup(code), None, "{code}");
        }
    }

    #[test]
    fn what_is_no_code() {
        for text in ["", "<", "UT0", "<D", "ABCD", "d"] {
            assert!(StateCode::new(text).is_err(), "{text}");
        }
        assert_eq!(format!("{:?}", StateCode::new("D<<").unwrap()), "(1 characters)");
    }
}
