//! What an officer reads of a closed vocabulary or a table: a name in both languages, and the article that a row rests on.

use std::fmt;

/// A text in both languages of the office, part of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Indonesian.
    pub id: &'static str,
    /// English.
    pub en: &'static str,
}

/// What a row of a table rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basis {
    /// `UU 6/2011 art. 13(1)`; empty where only the office's own practice stands behind it.
    pub article: &'static str,
    /// The wording was read in a published copy. Otherwise the page says "office policy, unconfirmed".
    pub confirmed: bool,
}

impl Basis {
    /// An article whose wording was read.
    pub const fn read(article: &'static str) -> Self {
        Self { article, confirmed: true }
    }

    /// An article known by its number or from memory only.
    pub const fn unread(article: &'static str) -> Self {
        Self { article, confirmed: false }
    }

    /// The office's own practice.
    pub const POLICY: Self = Self { article: "", confirmed: false };
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNCONFIRMED: &str = "office policy, unconfirmed";
        match (self.article, self.confirmed) {
            ("", _) => f.write_str(UNCONFIRMED),
            (article, true) => f.write_str(article),
            (article, false) => write!(f, "{article} ({UNCONFIRMED})"),
        }
    }
}

/// A closed vocabulary whose words have a name in both languages: `Variant = "word", "Indonesian", "English";`.
macro_rules! labelled {
    ($(#[$doc:meta])* $name:ident, $kind:literal { $($(#[$variant_doc:meta])* $variant:ident = $word:literal, $id:literal, $en:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every member, in the order of this list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word used in the journal, the tables and the API.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The name that an officer reads.
            pub const fn label(self) -> $crate::label::Label {
                match self { $(Self::$variant => $crate::label::Label { id: $id, en: $en },)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::access::UnknownWord;
            fn from_str(text: &str) -> Result<Self, $crate::access::UnknownWord> {
                match text { $($word => Ok(Self::$variant),)* _ => Err($crate::access::UnknownWord { kind: $kind }) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::access::UnknownWord;
            fn try_from(text: String) -> Result<Self, $crate::access::UnknownWord> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(word: $name) -> Self {
                word.as_str().to_owned()
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_read_says_so() {
        for (basis, shown) in [
            (Basis::read("UU 6/2011 art. 9(1)"), "UU 6/2011 art. 9(1)"),
            (Basis::unread("UU 6/2011 art. 16(1)"), "UU 6/2011 art. 16(1) (office policy, unconfirmed)"),
            (Basis::POLICY, "office policy, unconfirmed"),
        ] {
            assert_eq!(basis.to_string(), shown);
        }
    }
}
