//! Addresses that more than one page leads to. Addresses of a single page stand in its own file.

/// The first page after signing in.
pub const HOME: &str = "/";
/// Files on persons.
pub const PERSONS: &str = "/persons";
/// Looks a person up; by POST, because what is looked for must not stand in an address.
pub const SEARCH: &str = "/persons/search";
/// Requests that wait for a second person.
pub const REQUESTS: &str = "/requests";
/// Who works here.
pub const OFFICERS: &str = "/officers";
/// The journal and its proofs.
pub const JOURNAL: &str = "/journal";
/// The office: settings, keys, backups, kept-until.
pub const OFFICE: &str = "/office";
/// The officer's own passkeys, password and sign-ins.
pub const ACCOUNT: &str = "/account";
/// Signing in.
pub const SIGN_IN: &str = "/sign-in";
/// Typing a one-time code; followed by the code, the first sign-in.
pub const JOIN: &str = "/join";
/// Signing out, by POST.
pub const SIGN_OUT: &str = "/sign-out";
/// Keeps the choice of light or dark, by POST.
pub const LOOK: &str = "/look";
/// Names of what changed, as server-sent events.
pub const LIVE: &str = "/live";
/// The style page.
pub const STYLE: &str = "/style";

/// Whether an address from a form or a query leads to a page of this office: a path, nothing that a browser reads as another host.
/// Where a person is sent after signing in must pass here.
pub fn is_own(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//") && !address.contains('\\') && !address.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    fn only_pages_of_this_office() {
        for (address, own) in [
            ("/", true),
            ("/persons?page=2", true),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("", false),
            ("/a\nset-cookie: x", false),
            ("/\t/evil.example", false),
        ] {
            assert_eq!(is_own(address), own, "{address:?}");
        }
    }
}
