//! The session cookie: 32 random bytes of which the office keeps only a hash.
//!
//! **Rotation without loss.** Every [`ROTATE_SECONDS`], and at each proof of presence, the office offers the browser a next token. The present
//! one stays good until the next one is first *seen*, so an answer that never reached the browser costs nobody the session; from then on it
//! has [`GRACE_SECONDS`] for requests that were already on their way. A token that comes back after that was copied: the whole session
//! ends, for thief and owner alike.
//!
//! **Forms.** A form carries `HMAC-SHA-256(session secret, "csrf")`. The session secret is 32 random bytes of the session's own row, not the
//! cookie: a page that stayed open across a rotation can still be sent. It is of no use without the cookie.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use siger_domain::time::Instant;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::random::{self, Random};

/// A session ends this long after it began, whatever happens: one shift with its hand-over.
pub const ABSOLUTE_SECONDS: i64 = 12 * 60 * 60;
/// A session ends after this long without a request: a counter left alone (NIST SP 800-63B-4 §2.2.3 allows an hour at AAL2).
pub const IDLE_SECONDS: i64 = 30 * 60;
/// A new token is offered after this long, so that a copied one ages.
pub const ROTATE_SECONDS: i64 = 15 * 60;
/// How long the replaced token is still good once the new one was seen: requests that were on their way over a slow link.
pub const GRACE_SECONDS: i64 = 30;
/// The last request is written down only when it differs by this much, so that reading pages costs no write each.
pub const TOUCH_SECONDS: i64 = 60;
/// Sensitive actions need a proof of presence (passkey or code) no older than this.
pub const FRESH_SECONDS: i64 = 5 * 60;
/// Bytes of a token: 256 bits.
const TOKEN_BYTES: usize = 32;

/// Compares in a time that depends on the lengths only.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    let differing = a.iter().zip(b).fold(0u8, |differing, (a, b)| differing | (a ^ b));
    a.len() == b.len() && std::hint::black_box(differing) == 0
}

/// A bearer secret: the session cookie, or the cookie of a known device. Prints nothing, and is wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Token([u8; TOKEN_BYTES]);

impl Token {
    /// A new token.
    pub fn new(random: &mut dyn Random) -> Self {
        Self(random::bytes(random))
    }

    /// Reads the value of a cookie; `None` when it is none of ours.
    pub fn from_cookie(value: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(value).ok()?.try_into().ok().map(Self)
    }

    /// The value of the cookie: 43 letters.
    pub fn to_cookie(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What the office keeps and looks it up by. A plain hash suffices for 256 random bits.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(token)")
    }
}

/// SHA-256 of a token.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The 32 bytes, for a column.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads a column.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(token hash)")
    }
}

/// Which cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// The session; gone when the browser closes.
    Session,
    /// The known device, see [`super::guess`]; kept for [`DEVICE_SECONDS`].
    Device,
}

/// How long a browser stays a known device without signing in: long leave and a pilgrimage.
pub const DEVICE_SECONDS: i64 = 180 * 24 * 60 * 60;

impl Cookie {
    /// Its name. Over TLS the prefix `__Host-` makes browsers refuse one set by another host or over plain HTTP (RFC 6265bis §4.1.3.2);
    /// on plain-HTTP loopback browsers would refuse the prefix itself.
    pub const fn name(self, tls: bool) -> &'static str {
        match (self, tls) {
            (Self::Session, true) => "__Host-siger",
            (Self::Session, false) => "siger",
            (Self::Device, true) => "__Host-siger-device",
            (Self::Device, false) => "siger-device",
        }
    }

    /// The `Set-Cookie` header that hands a token over. `Lax` and not `Strict`, so that a link in an e-mail opens signed in; no request that
    /// changes anything is a GET.
    pub fn set(self, token: &Token, tls: bool) -> String {
        let age = match self {
            Self::Session => String::new(),
            Self::Device => format!("; Max-Age={DEVICE_SECONDS}"),
        };
        format!("{}={}; Path=/; HttpOnly; SameSite=Lax{}{age}", self.name(tls), token.to_cookie(), if tls { "; Secure" } else { "" })
    }

    /// The `Set-Cookie` header that takes it away.
    pub fn clear(self, tls: bool) -> String {
        format!("{}=; Path=/; HttpOnly; SameSite=Lax{}; Max-Age=0", self.name(tls), if tls { "; Secure" } else { "" })
    }

    /// Finds it in a `Cookie` header. The first wins: a browser sends the most specific first, and ours can't be shadowed over TLS.
    pub fn find(self, header: &str, tls: bool) -> Option<Token> {
        header
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == self.name(tls))
            .and_then(|(_, value)| Token::from_cookie(value))
    }
}

/// The secret of a session from which form tokens are made. Kept in the session's row.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct FormSecret([u8; 32]);

impl FormSecret {
    fn mac(&self) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(b"csrf");
        mac.finalize().into_bytes().into()
    }

    /// The hidden field of every form.
    pub fn form_token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.mac())
    }
}

impl fmt::Debug for FormSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(form secret)")
    }
}

/// Why a session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Nobody used it for [`IDLE_SECONDS`].
    Idle,
    /// It is [`ABSOLUTE_SECONDS`] old.
    TooOld,
    /// A replaced token came back: it was copied. Tell the officer.
    Copied,
}

/// What a presented token is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presented {
    /// Go on.
    Good {
        /// The session differs from what is kept: keep it.
        changed: bool,
        /// It is time to [`Session::offer`] a new token.
        rotate: bool,
    },
    /// The token is not of this session.
    NotOurs,
    /// The session is over.
    Ended {
        /// Why.
        why: Ended,
        /// It was noticed just now: keep that, and tell whom it concerns.
        noticed: bool,
    },
}

/// Whether a sensitive action may go ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// The officer proved to be there; good until this moment.
    Fresh {
        /// Until when.
        until: Instant,
    },
    /// Ask again, by passkey or code.
    Stale,
}

/// A token beside the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// Its hash.
    pub hash: TokenHash,
    /// When it came to stand here: offered, or replaced.
    pub since: Instant,
}

/// What the office keeps of a session, besides whose it is. Look it up by any of the (at most three) hashes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The token that browsers show now.
    pub current: TokenHash,
    /// Offered, not yet seen.
    pub next: Option<Beside>,
    /// Replaced when the current one was first seen.
    pub previous: Option<Beside>,
    /// When it began.
    pub started_at: Instant,
    /// The last request, to within [`TOUCH_SECONDS`].
    pub seen_at: Instant,
    /// When the current token was made.
    pub rotated_at: Instant,
    /// The last proof of presence.
    pub proved_at: Instant,
    /// From which form tokens are made.
    pub form_secret: FormSecret,
    /// Why it is over, once somebody noticed: it stays so whatever the clock says later.
    #[serde(default)]
    pub over: Option<Ended>,
}

impl Session {
    /// Begins a session after a complete sign-in, which is also a proof of presence.
    pub fn start(at: Instant, random: &mut dyn Random) -> (Token, Self) {
        let token = Token::new(random);
        let form_secret = FormSecret(random::bytes(random));
        let current = token.hash();
        let session = Self { current, next: None, previous: None, started_at: at, seen_at: at, rotated_at: at, proved_at: at, form_secret, over: None };
        (token, session)
    }

    /// Why it is over at this moment, if it is. One that began far in the future was begun while the clock was wrong: nobody can say how old it is.
    pub const fn ended(&self, at: Instant) -> Option<Ended> {
        if self.over.is_some() {
            self.over
        } else if at.seconds_since(self.started_at).abs() >= ABSOLUTE_SECONDS {
            Some(Ended::TooOld)
        } else if at.seconds_since(self.seen_at) >= IDLE_SECONDS {
            Some(Ended::Idle)
        } else {
            None
        }
    }

    /// Judges a token that a browser showed, and brings the session up to date.
    pub fn present(&mut self, token: &TokenHash, at: Instant) -> Presented {
        self.judge(token, at, true)
    }

    /// [`Session::present`] for a page that stands open and renews itself: nobody used the session, so its idle end comes no later.
    pub fn present_unattended(&mut self, token: &TokenHash, at: Instant) -> Presented {
        self.judge(token, at, false)
    }

    fn judge(&mut self, token: &TokenHash, at: Instant, used: bool) -> Presented {
        let is = |hash: &TokenHash| equal(&hash.0, &token.0);
        let is_current = is(&self.current);
        let is_next = self.next.filter(|next| is(&next.hash));
        let was_replaced = self.previous.filter(|previous| is(&previous.hash));
        if !is_current && is_next.is_none() && was_replaced.is_none() {
            return Presented::NotOurs;
        }
        let copied = was_replaced.is_some_and(|previous| at.seconds_since(previous.since) > GRACE_SECONDS);
        if let Some(ended) = self.ended(at).or(copied.then_some(Ended::Copied)) {
            let noticed = self.over.is_none();
            self.over = Some(ended);
            return Presented::Ended { why: ended, noticed };
        }
        let mut changed = false;
        if let Some(next) = is_next {
            self.previous = Some(Beside { hash: self.current, since: at });
            self.current = next.hash;
            self.rotated_at = next.since;
            self.next = None;
            changed = true;
        }
        if used && at.seconds_since(self.seen_at).abs() >= TOUCH_SECONDS {
            self.seen_at = at;
            changed = true;
        }
        // An offer that was not taken up is repeated, but not to each of several requests at once.
        let offered = self.next.is_some_and(|next| at.seconds_since(next.since) <= GRACE_SECONDS);
        let rotate = was_replaced.is_none() && !offered && at.seconds_since(self.rotated_at) >= ROTATE_SECONDS;
        Presented::Good { changed, rotate }
    }

    /// Makes the next token, to be sent with this answer. An earlier offer that nobody took up is withdrawn.
    pub fn offer(&mut self, at: Instant, random: &mut dyn Random) -> Token {
        let token = Token::new(random);
        self.next = Some(Beside { hash: token.hash(), since: at });
        token
    }

    /// Writes down a proof of presence (passkey or fresh code) and rotates.
    pub fn prove(&mut self, at: Instant, random: &mut dyn Random) -> Token {
        self.proved_at = at;
        self.seen_at = at;
        self.offer(at, random)
    }

    /// Whether the last proof of presence is recent enough for a sensitive action. A proof from the future (the clock was set back) is none.
    pub const fn freshness(&self, at: Instant) -> Freshness {
        let age = at.seconds_since(self.proved_at);
        if age >= 0 && age < FRESH_SECONDS { Freshness::Fresh { until: self.proved_at.plus_seconds(FRESH_SECONDS) } } else { Freshness::Stale }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seeded;
    use proptest::prelude::*;

    const START: Instant = Instant::from_unix_micros(1_795_478_400_000_000);

    fn after(seconds: i64) -> Instant {
        START.plus_seconds(seconds)
    }

    fn good(changed: bool, rotate: bool) -> Presented {
        Presented::Good { changed, rotate }
    }

    fn ended(why: Ended) -> Presented {
        Presented::Ended { why, noticed: true }
    }

    #[test]
    fn lifetimes() {
        let (token, session) = Session::start(START, &mut Seeded::new(1));
        for (seconds, expected) in [
            (0, good(false, false)),
            (TOUCH_SECONDS - 1, good(false, false)),
            (TOUCH_SECONDS, good(true, false)),
            (ROTATE_SECONDS, good(true, true)),
            (IDLE_SECONDS - 1, good(true, true)),
            (IDLE_SECONDS, ended(Ended::Idle)),
            (ABSOLUTE_SECONDS, ended(Ended::TooOld)),
            (-3_600, good(true, false)),
            (-ABSOLUTE_SECONDS, ended(Ended::TooOld)),
        ] {
            assert_eq!(session.clone().present(&token.hash(), after(seconds)), expected, "{seconds}");
        }
        // Used every ten minutes it still ends after twelve hours.
        let (mut open, mut busy) = (session.clone(), session);
        let renewed = (1..4).map(|n| open.present_unattended(&token.hash(), after(n * 600))).last();
        assert_eq!(renewed, Some(ended(Ended::Idle)), "a page that stands open is no use of the session");
        // What was noticed stays so, and is news once, also when the clock is set back.
        assert_eq!(open.present(&token.hash(), START), Presented::Ended { why: Ended::Idle, noticed: false });
        let ends = (0..).map(|n| n * 600).find(|&seconds| matches!(busy.present(&token.hash(), after(seconds)), Presented::Ended { .. }));
        assert_eq!(ends, Some(ABSOLUTE_SECONDS));
    }

    #[test]
    fn rotation() {
        let mut random = Seeded::new(1);
        let (old, mut session) = Session::start(START, &mut random);
        let new = session.offer(after(900), &mut random);
        // Until the new token is seen the old one is good, for minutes if the answer was lost.
        assert_eq!(session.present(&old.hash(), after(901)), good(true, false));
        assert_eq!(session.present(&old.hash(), after(901 + GRACE_SECONDS)), good(false, true));
        // Seen: the old one has its grace, and is then a copy.
        assert_eq!(session.present(&new.hash(), after(1_000)), good(true, false));
        assert_eq!(session.current, new.hash());
        assert_eq!(session.clone().present(&old.hash(), after(1_000 + GRACE_SECONDS)), good(false, false));
        assert_eq!(session.present(&Token::new(&mut random).hash(), after(1_000)), Presented::NotOurs);
        assert_eq!(session.present(&old.hash(), after(1_001 + GRACE_SECONDS)), ended(Ended::Copied));
        // For thief and owner alike; each is told why.
        assert_eq!(session.present(&new.hash(), after(1_001 + GRACE_SECONDS)), Presented::Ended { why: Ended::Copied, noticed: false });
    }

    #[test]
    fn a_withdrawn_offer_is_worth_nothing() {
        let mut random = Seeded::new(1);
        let (old, mut session) = Session::start(START, &mut random);
        let lost = session.offer(after(900), &mut random);
        let new = session.offer(after(1_000), &mut random);
        assert_eq!(session.present(&lost.hash(), after(1_001)), Presented::NotOurs);
        assert_eq!(session.present(&new.hash(), after(1_001)), good(true, false));
        assert_eq!(session.present(&old.hash(), after(1_002)), good(false, false));
    }

    #[test]
    fn freshness_lasts_five_minutes() {
        let mut random = Seeded::new(1);
        let (_, mut session) = Session::start(START, &mut random);
        let until = after(300);
        for (seconds, expected) in [(0, Freshness::Fresh { until }), (299, Freshness::Fresh { until }), (300, Freshness::Stale), (-1, Freshness::Stale)] {
            assert_eq!(session.freshness(after(seconds)), expected, "{seconds}");
        }
        session.prove(after(1_000), &mut random);
        assert_eq!(session.freshness(after(1_001)), Freshness::Fresh { until: after(1_300) });
    }

    #[test]
    fn forms() {
        let mut random = Seeded::new(1);
        let (_, mut session) = Session::start(START, &mut random);
        let (_, other) = Session::start(START, &mut random);
        let token = session.form_secret.form_token();
        session.offer(after(900), &mut random);
        assert_eq!(session.form_secret.form_token(), token, "a page outlives a rotation");
        assert_ne!(other.form_secret.form_token(), token);
        // HMAC-SHA-256 with a key of 32 zero bytes over "csrf", computed with Python's hmac module.
        let known = FormSecret([0; 32]);
        assert_eq!(known.form_token(), KNOWN_MAC);
    }

    const KNOWN_MAC: &str = "_YMKahCNSratQj9zYMw-cuRR2lNB1vV2sGPJ829PZew";

    #[test]
    fn cookies() {
        let token = Token([0xff; 32]);
        assert_eq!(Cookie::Session.set(&token, true), "__Host-siger=__________________________________________8; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(Cookie::Session.set(&token, false), "siger=__________________________________________8; Path=/; HttpOnly; SameSite=Lax");
        assert!(Cookie::Device.set(&token, true).ends_with("; Secure; Max-Age=15552000"));
        assert_eq!(Cookie::Session.clear(true), "__Host-siger=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0");
        let value = token.to_cookie();
        for (header, found) in [
            (format!("siger={value}"), true),
            (format!("a=b; siger={value}; c=d"), true),
            (format!("a=b;siger={value}"), true),
            (format!("xsiger={value}"), false),
            (format!("siger-device={value}"), false),
            (format!("siger={value}A"), false),
            ("siger=".into(), false),
            ("siger".into(), false),
            (String::new(), false),
        ] {
            assert_eq!(Cookie::Session.find(&header, false).is_some_and(|read| read.0 == token.0), found, "{header}");
        }
        assert!(Cookie::Session.find(&format!("siger={value}"), true).is_none(), "over TLS the name without prefix is not ours");
    }

    #[test]
    fn debug_says_nothing() {
        let (token, session) = Session::start(START, &mut Seeded::new(1));
        let text = format!("{token:?} {session:?}");
        assert!(text.contains("(token)") && text.contains("(token hash)") && text.contains("(form secret)"), "{text}");
    }

    proptest! {
        #[test]
        fn equality_is_equality(a: Vec<u8>, b: Vec<u8>) {
            prop_assert_eq!(equal(&a, &b), a == b);
            prop_assert!(equal(&a, &a.clone()));
        }

        /// A browser that keeps the newest token it was given never loses the session to rotation, whatever answers are lost.
        #[test]
        fn an_honest_browser_is_never_a_thief(steps in proptest::collection::vec((1i64..1_500, any::<bool>()), 1..60)) {
            let mut random = Seeded::new(3);
            let (mut held, mut session) = Session::start(START, &mut random);
            let mut now = START;
            for (pause, answer_arrives) in steps {
                now = now.plus_seconds(pause);
                match session.present(&held.hash(), now) {
                    Presented::Good { rotate, .. } => {
                        if rotate {
                            let new = session.offer(now, &mut random);
                            if answer_arrives {
                                held = new;
                            }
                        }
                    }
                    Presented::Ended { why: Ended::Copied, .. } | Presented::NotOurs => prop_assert!(false, "lost the session"),
                    Presented::Ended { .. } => break,
                }
            }
        }

        /// A copied token and the owner's can't both live on for longer than a rotation and the grace, once both are in use.
        #[test]
        fn a_copy_is_found(pauses in proptest::collection::vec(1i64..200, 60..120)) {
            let mut random = Seeded::new(4);
            let (first, mut session) = Session::start(START, &mut random);
            let (mut owner, mut thief) = (first.clone(), first);
            let (mut now, mut ended) = (START, false);
            for (turn, pause) in pauses.into_iter().enumerate() {
                now = now.plus_seconds(pause);
                let held = if turn % 2 == 0 { &mut owner } else { &mut thief };
                match session.present(&held.hash(), now) {
                    Presented::Good { rotate: true, .. } => *held = session.offer(now, &mut random),
                    Presented::Good { .. } => {}
                    // One of the two is out: either the session is over or the loser's token is no longer known.
                    Presented::Ended { .. } | Presented::NotOurs => { ended = true; break }
                }
            }
            prop_assert!(ended || now.seconds_since(START) < ROTATE_SECONDS + GRACE_SECONDS + 800, "both went on until {}", now.seconds_since(START));
        }
    }
}
