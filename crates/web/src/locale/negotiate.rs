//! Which language a person gets: what they chose now, what they chose before, what their browser asks for; else Indonesian.

use super::Locale;

/// Name of the cookie that keeps a choice. It holds a language tag and nothing about the person.
pub const LANGUAGE_COOKIE: &str = "siger_lang";

/// Longest `Accept-Language` header looked at: browsers send under 200 bytes.
const HEADER_BYTES_MAX: usize = 1_000;

/// The language of an answer, and whether the choice is new and should be kept in the cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Negotiated {
    /// The language.
    pub locale: Locale,
    /// The person chose it with this request.
    pub chosen_now: bool,
}

impl Locale {
    /// Chooses from the value of `?lang=`, of the cookie [`LANGUAGE_COOKIE`] and of the header `Accept-Language`.
    pub fn negotiate(query: Option<&str>, cookie: Option<&str>, accept_language: Option<&str>) -> Negotiated {
        if let Some(locale) = query.and_then(Self::from_tag) {
            return Negotiated { locale, chosen_now: cookie.and_then(Self::from_tag) != Some(locale) };
        }
        let locale = cookie.and_then(Self::from_tag).or_else(|| accept_language.and_then(Self::from_header)).unwrap_or_default();
        Negotiated { locale, chosen_now: false }
    }

    /// The best of ours in an `Accept-Language` header (RFC 9110 §12.5.4): highest weight first, then the order written.
    fn from_header(header: &str) -> Option<Self> {
        let header = header.get(..HEADER_BYTES_MAX).unwrap_or(header);
        let mut best: Option<(Self, f32)> = None;
        for item in header.split(',') {
            let mut parts = item.split(';').map(str::trim);
            let Some(locale) = parts.next().and_then(Self::from_tag) else { continue };
            let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
            if weight > 0.0 && best.is_none_or(|(_, so_far)| weight > so_far) {
                best = Some((locale, weight));
            }
        }
        best.map(|(locale, _)| locale)
    }

    /// The address that shows the same page in this language: `path` with its query, `lang` set.
    pub fn address(self, path_and_query: &str) -> String {
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let mut address = path.to_owned();
        let mut separator = '?';
        for pair in query.split('&').filter(|pair| !pair.is_empty() && *pair != "lang" && !pair.starts_with("lang=")) {
            address.push(separator);
            address.push_str(pair);
            separator = '&';
        }
        address.push(separator);
        address.push_str("lang=");
        address.push_str(self.tag());
        address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice() {
        for (query, cookie, header, locale, chosen_now) in [
            (None, None, None, Locale::Id, false),
            (Some("en"), None, None, Locale::En, true),
            (Some("en"), Some("en"), None, Locale::En, false),
            (Some("xx"), Some("en"), Some("id"), Locale::En, false),
            (None, Some("rubbish"), Some("en-GB,en;q=0.9"), Locale::En, false),
            (None, None, Some("ms-MY,ms;q=0.9,en;q=0.4,id;q=0.7"), Locale::Id, false),
            (None, None, Some("en;q=0,*;q=0.1"), Locale::Id, false),
            (None, None, Some("de,fr"), Locale::Id, false),
            (None, None, Some("en;q=x"), Locale::Id, false),
        ] {
            assert_eq!(Locale::negotiate(query, cookie, header), Negotiated { locale, chosen_now }, "{query:?} {cookie:?} {header:?}");
        }
    }

    #[test]
    fn the_same_page_in_another_language() {
        for (path, expected) in [
            ("/", "/?lang=en"),
            ("/persons?q=A1&lang=id&page=2", "/persons?q=A1&page=2&lang=en"),
            ("/persons?lang", "/persons?lang=en"),
            ("/persons?language=x", "/persons?language=x&lang=en"),
        ] {
            assert_eq!(Locale::En.address(path), expected);
        }
    }
}
