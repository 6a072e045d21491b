//! Limits on guessing that cannot be used to lock a person out.
//!
//! A guess is a password or a six-digit code that is about to be compared. [`Guard::admit`] is asked **before** the comparison and counts the guess
//! at once, so that many sent together are not one. A guess that must wait is not compared, not counted and does not lengthen the wait:
//! knocking on a closed door changes nothing. Passkeys are not guessed and never wait.
//!
//! # Two doors
//!
//! **From a known device**: a browser that shows the device cookie which this officer got at an earlier complete sign-in (the caller looks its hash up).
//! Only guesses with this cookie for this officer are counted here. The first [`DEVICE_FREE`] are free, the n-th is followed by a pause of
//! `2^(n - DEVICE_FREE)` seconds, at most [`DEVICE_PAUSE_MAX`]; a complete sign-in forgets them.
//!
//! **From anywhere else** a guess must pass three limits together:
//! - *account*: a leaky bucket ([`ACCOUNT_BURST`] at once, then one each [`ACCOUNT_INTERVAL`] seconds) over all unknown devices together;
//! - *account and network*: the n-th guess from one network (IPv4 /24, IPv6 /56) is followed by a pause of `2^(n - NETWORK_FREE)` seconds, at most
//!   [`NETWORK_PAUSE_MAX`], so that one place doesn't use up the account's bucket;
//! - *network*: a leaky bucket over all accounts, against one password tried on every name.
//!
//! # What follows
//!
//! *Bound.* The bucket is kept as the moment `owed` at which it will be empty. A guess at `t` is admitted when `max(owed, t) + I <= t + B·I`, and then
//! `owed := max(owed, t) + I`. Let k guesses be admitted in `[s, s + W]`, the last at `t`. After the first `owed >= s + I`, each later one adds `I`, so
//! after the last `owed >= s + k·I`; but admission required `owed <= t + B·I <= s + W + B·I`. Hence `k <= B + W/I`: in any day at most
//! [`GUESSES_A_DAY`] guesses at an officer from all unknown devices of the world together, passwords and codes counted alike. A code is right with
//! probability 3 in 10^6, so somebody who already has the password passes the second step with less than 0.04 % a day.
//!
//! *No lock-out.* What a known device may do depends on guesses with its own cookie only; a stranger has no such cookie. So the true officer at her
//! device waits for nothing that others do, and after her own slips at most [`DEVICE_PAUSE_MAX`] seconds. On a new device during an attack she may
//! have to wait; a passkey does not.
//!
//! *Memory.* State of real officers and of known devices is exact and bounded by their number; nobody can add to it by inventing names. Invented
//! names and networks are counted in tables of fixed size ([`Sketch`]: count-min with the largest of all that share a cell, read as the least over four rows).
//! Such a table never forgets early and never evicts: a flood can only make the limits stricter, for unknown devices. Rows are chosen by a hash with a
//! secret key, so collisions with a chosen victim can't be prepared.
//!
//! *Clock.* No pause and no bucket reaches further than its own length. What does was counted while the clock read a later year: it is cut down to that
//! length the next time somebody asks, so that it ends like any other.
//!
//! The state lives in one process, but for one part: the caller keeps [`Guard::owed`] and gives it back ([`Guard::restore`]) in the transaction in which
//! a guess is counted. So the bound of an account holds over restarts, and over all processes that share a database. The pauses of networks and of
//! known devices begin anew with each process.

use sha2::{Digest, Sha256};
use siger_domain::{id::OfficerId, time::Instant};
use std::{collections::HashMap, net::IpAddr};

use super::token::TokenHash;
use crate::random::{self, Random};

/// Guesses at an account that unknown devices may make at once: an officer with a new machine and a bad memory.
pub const ACCOUNT_BURST: i64 = 20;
/// Seconds for each further guess at an account from unknown devices.
pub const ACCOUNT_INTERVAL: i64 = 15 * 60;
/// The most guesses at one account from all unknown devices in any day.
pub const GUESSES_A_DAY: i64 = ACCOUNT_BURST + DAY / ACCOUNT_INTERVAL;
/// Guesses from one network at one account before pauses begin.
pub const NETWORK_FREE: u32 = 3;
/// The longest pause between guesses from one network at one account, in seconds.
pub const NETWORK_PAUSE_MAX: i64 = 60 * 60;
/// Guesses that one network may make at once over all accounts: the whole office behind one address on the first morning.
pub const NETWORK_BURST: i64 = 60;
/// Seconds for each further guess from one network.
pub const NETWORK_INTERVAL: i64 = 20;
/// Guesses from a known device before pauses begin.
pub const DEVICE_FREE: u32 = 5;
/// The longest pause between guesses from a known device, in seconds.
pub const DEVICE_PAUSE_MAX: i64 = 5 * 60;
/// The most guesses in any day with one known device, as somebody who stole it could make: 14 in the first 511 seconds, then one in five minutes.
pub const DEVICE_GUESSES_A_DAY: i64 = 14 + (DAY - 511) / DEVICE_PAUSE_MAX;
/// Seconds after which earlier guesses no longer lengthen a pause.
const FORGET_SECONDS: i64 = DAY;
/// Guesses at an account without a complete sign-in, from wherever they come, after which the journal and the officer are told. An officer who mistypes
/// a password and waits for codes makes three or four.
pub const ALARM_TRIES: u32 = 10;
/// A moment kept here may lie this much further ahead than it ever should: requests are not worked off in the order in which they came. Beyond it
/// the clock was wrong then and is right now.
const CLOCK_SECONDS: i64 = 600;
const DAY: i64 = 24 * 60 * 60;
/// Cells in a row of a [`Sketch`]: 16,384 places for the networks of a day, 2 MiB for all tables together.
const CELLS: usize = 1 << 14;
/// Rows of a [`Sketch`].
const ROWS: usize = 4;
/// Exact state is swept when it has doubled, at first at this size.
const SWEEP_MIN: usize = 1_024;

/// Whose account is guessed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Account {
    /// An officer who exists.
    Officer(OfficerId),
    /// A name that nobody has: a hash of it, so that it meets the same limits and nothing tells the two apart.
    Nobody([u8; 16]),
}

impl Account {
    /// For a name that nobody has. Small and capital letters are one name.
    pub fn nobody(name: &str) -> Self {
        let digest = Sha256::digest(name.trim().to_lowercase());
        let mut short = [0; 16];
        short.copy_from_slice(&digest[..16]);
        Self::Nobody(short)
    }

    /// Where its guesses are kept: a row of its own for an officer, one of 256 for all names that nobody has.
    pub fn row(&self) -> [u8; 16] {
        match self {
            Self::Officer(id) => *id.as_bytes(),
            Self::Nobody(hash) => {
                let mut row = [0; 16];
                row[15] = hash[0];
                row
            }
        }
    }

    fn bytes(&self) -> &[u8; 16] {
        match self {
            Self::Officer(id) => id.as_bytes(),
            Self::Nobody(hash) => hash,
        }
    }
}

/// Where a request comes from, as coarse as addresses are handed out: IPv4 /24, IPv6 /56.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network([u8; 7]);

impl Network {
    /// The network of an address. IPv4 addresses in IPv6 clothes (`::ffff:a.b.c.d`) are IPv4.
    pub fn of(address: IpAddr) -> Self {
        let mut prefix = [0; 7];
        match address.to_canonical() {
            // IPv4 prefixes are told apart from IPv6 ones by a first byte that no global IPv6 address has (RFC 4291 §2.4: 2000::/3).
            IpAddr::V4(v4) => {
                prefix[0] = 0xff;
                prefix[1..4].copy_from_slice(&v4.octets()[..3]);
                prefix[6] = 4;
            }
            IpAddr::V6(v6) => prefix.copy_from_slice(&v6.octets()[..7]),
        }
        Self(prefix)
    }
}

/// One guess about to be made.
#[derive(Clone, Copy, Debug)]
pub struct Guess {
    /// At whom.
    pub account: Account,
    /// The device cookie's hash, if the office gave it to **this** officer at a complete sign-in. Anything else is `None`.
    pub known_device: Option<TokenHash>,
    /// From where.
    pub network: Network,
}

/// The guess must wait; say so, and offer the passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many guesses; the next is possible in {seconds} s")]
pub struct Wait {
    /// Until then, rounded up.
    pub seconds: i64,
}

/// The state of all limits. One in a process; 2 MiB.
pub struct Guard {
    key: [u8; 32],
    /// Until when the account bucket of an officer is not empty.
    owed: HashMap<OfficerId, Instant>,
    devices: HashMap<(OfficerId, TokenHash), Pause>,
    nobodies: Sketch<Instant>,
    networks: Sketch<Instant>,
    pairs: Sketch<Pause>,
    sweep_at: usize,
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Guard({} officers, {} devices)", self.owed.len(), self.devices.len())
    }
}

impl Guard {
    /// Nothing has been guessed yet.
    pub fn new(random: &mut dyn Random) -> Self {
        Self {
            key: random::bytes(random),
            owed: HashMap::new(),
            devices: HashMap::new(),
            nobodies: Sketch::new(LONG_AGO),
            networks: Sketch::new(LONG_AGO),
            pairs: Sketch::new(Pause::NONE),
            sweep_at: SWEEP_MIN,
        }
    }

    /// Counts a guess, or says how long it must wait. Compare the password or code only after `Ok`.
    ///
    /// # Errors
    /// [`Wait`] with the longest of the pauses that apply.
    pub fn admit(&mut self, guess: &Guess, at: Instant) -> Result<(), Wait> {
        self.look(guess, at)?;
        if let (Account::Officer(officer), Some(device)) = (guess.account, guess.known_device) {
            let entry = self.devices.entry((officer, device)).or_insert(Pause::NONE);
            *entry = entry.after(at, DEVICE_FREE, DEVICE_PAUSE_MAX);
            return Ok(());
        }
        let places = self.places_of(guess);
        let owed = bucket_after(self.account_owed(guess, &places), at, ACCOUNT_INTERVAL);
        match guess.account {
            Account::Officer(officer) => {
                self.owed.insert(officer, owed);
            }
            Account::Nobody(_) => self.nobodies.change(&places.name, |cell| (*cell).max(owed)),
        }
        self.count_network(&places.network, at);
        let pause = self.pair(&places, at).after(at, NETWORK_FREE, NETWORK_PAUSE_MAX);
        self.pairs.change(&places.pair, |cell| Pause { guesses: cell.counted(at).max(pause.guesses), until: cell.until.max(pause.until) });
        Ok(())
    }

    /// Says whether [`Guard::admit`] would count a guess now, without counting it.
    ///
    /// # Errors
    /// As [`Guard::admit`].
    pub fn look(&mut self, guess: &Guess, at: Instant) -> Result<(), Wait> {
        self.sweep(at);
        if let (Account::Officer(officer), Some(device)) = (guess.account, guess.known_device) {
            let Some(entry) = self.devices.get_mut(&(officer, device)) else { return Ok(()) };
            *entry = entry.cut(at, DEVICE_PAUSE_MAX);
            return wait(entry.wait(at));
        }
        let places = self.places_of(guess);
        match guess.account {
            Account::Officer(officer) => {
                if let Some(owed) = self.owed.get_mut(&officer) {
                    *owed = bucket_cut(*owed, at, ACCOUNT_BURST, ACCOUNT_INTERVAL);
                }
            }
            Account::Nobody(_) => self.nobodies.change(&places.name, |owed| bucket_cut(*owed, at, ACCOUNT_BURST, ACCOUNT_INTERVAL)),
        }
        self.pairs.change(&places.pair, |pause| pause.cut(at, NETWORK_PAUSE_MAX));
        let account = bucket_wait(self.account_owed(guess, &places), at, ACCOUNT_BURST, ACCOUNT_INTERVAL);
        wait(account.max(self.network_wait(&places.network, at)).max(self.pair(&places, at).wait(at)))
    }

    /// Counts something else that must not be tried without end from one network: a one-time code that nobody has.
    ///
    /// # Errors
    /// [`Wait`] until the network may try again.
    pub fn admit_network(&mut self, network: Network, at: Instant) -> Result<(), Wait> {
        let places = self.places(b"network", &[&network.0]);
        wait(self.network_wait(&places, at))?;
        self.count_network(&places, at);
        Ok(())
    }

    fn network_wait(&mut self, places: &[usize; ROWS], at: Instant) -> i64 {
        self.networks.change(places, |owed| bucket_cut(*owed, at, NETWORK_BURST, NETWORK_INTERVAL));
        bucket_wait(self.networks.least(places), at, NETWORK_BURST, NETWORK_INTERVAL)
    }

    fn count_network(&mut self, places: &[usize; ROWS], at: Instant) {
        let owed = bucket_after(self.networks.least(places), at, NETWORK_INTERVAL);
        self.networks.change(places, |cell| (*cell).max(owed));
    }

    fn account_owed(&self, guess: &Guess, places: &Places) -> Instant {
        match guess.account {
            Account::Officer(officer) => self.owed.get(&officer).copied().unwrap_or(LONG_AGO),
            Account::Nobody(_) => self.nobodies.least(&places.name),
        }
    }

    fn pair(&self, places: &Places, at: Instant) -> Pause {
        Pause {
            guesses: self.pairs.rows(&places.pair).map(|cell| cell.counted(at)).min().unwrap_or(0),
            until: self.pairs.rows(&places.pair).map(|cell| cell.until).min().unwrap_or(LONG_AGO),
        }
    }

    fn places_of(&self, guess: &Guess) -> Places {
        Places {
            network: self.places(b"network", &[&guess.network.0]),
            pair: self.places(b"pair", &[guess.account.bytes(), &guess.network.0]),
            name: self.places(b"name", &[guess.account.bytes()]),
        }
    }

    /// A complete sign-in (password and code, or passkey) with a known device: its slips are forgotten. Nothing is given back to unknown devices:
    /// whoever signs in completely has a known device from now on, and a gift could be collected by an attacker.
    pub fn signed_in(&mut self, officer: OfficerId, known_device: TokenHash) {
        self.devices.remove(&(officer, known_device));
    }

    /// Until when an officer's account bucket is not empty; kept where every process finds it.
    pub fn owed(&self, officer: OfficerId) -> Option<Instant> {
        self.owed.get(&officer).copied()
    }

    /// Gives back what [`Guard::owed`] said before a restart, or in another process. Never lowers what is owed. What a wrong clock wrote down says no more
    /// than that the bucket is full, and that only where nothing is known of it.
    pub fn restore(&mut self, officer: OfficerId, owed: Instant, at: Instant) {
        let possible = bucket_cut(owed, at, ACCOUNT_BURST, ACCOUNT_INTERVAL);
        let entry = self.owed.entry(officer).or_insert(possible);
        if possible == owed {
            *entry = (*entry).max(owed);
        }
    }

    /// Drops state that no longer says anything.
    fn sweep(&mut self, at: Instant) {
        if self.owed.len() + self.devices.len() < self.sweep_at {
            return;
        }
        self.owed.retain(|_, owed| *owed > at);
        self.devices.retain(|_, pause| pause.counted(at) > 0);
        self.sweep_at = SWEEP_MIN.max(2 * (self.owed.len() + self.devices.len()));
    }

    fn places(&self, table: &[u8], parts: &[&[u8]]) -> [usize; ROWS] {
        let mut hash = Sha256::new().chain_update(self.key).chain_update(table);
        for part in parts {
            hash.update(part);
        }
        let digest = hash.finalize();
        std::array::from_fn(|row| usize::from(u16::from_le_bytes([digest[2 * row], digest[2 * row + 1]])) % CELLS)
    }
}

/// Before every guess.
const LONG_AGO: Instant = Instant::from_unix_micros(i64::MIN);

/// Refuses when there are microseconds left to wait; the seconds are rounded up.
fn wait(micros: i64) -> Result<(), Wait> {
    if micros > 0 { Err(Wait { seconds: micros / 1_000_000 + i64::from(micros % 1_000_000 > 0) }) } else { Ok(()) }
}

/// Microseconds until a bucket admits one more.
fn bucket_wait(owed: Instant, at: Instant, burst: i64, interval: i64) -> i64 {
    owed.max(at).plus_seconds(interval).unix_micros().saturating_sub(at.plus_seconds(burst * interval).unix_micros())
}

fn bucket_after(owed: Instant, at: Instant, interval: i64) -> Instant {
    owed.max(at).plus_seconds(interval)
}

/// A bucket is full at most: what reaches further was counted by a wrong clock.
fn bucket_cut(owed: Instant, at: Instant, burst: i64, interval: i64) -> Instant {
    cut(owed, at, burst * interval)
}

fn cut(until: Instant, at: Instant, seconds_max: i64) -> Instant {
    if until.unix_micros() > at.plus_seconds(seconds_max + CLOCK_SECONDS).unix_micros() { at.plus_seconds(seconds_max) } else { until }
}

/// Where a guess is counted.
struct Places {
    network: [usize; ROWS],
    pair: [usize; ROWS],
    name: [usize; ROWS],
}

/// Pauses that double.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pause {
    /// Guesses that count.
    guesses: u32,
    /// The end of the present pause.
    until: Instant,
}

impl Pause {
    const NONE: Self = Self { guesses: 0, until: LONG_AGO };

    /// How many earlier guesses still count.
    fn counted(&self, at: Instant) -> u32 {
        if at.unix_micros() >= self.until.plus_seconds(FORGET_SECONDS).unix_micros() { 0 } else { self.guesses }
    }

    /// Microseconds to wait.
    fn wait(&self, at: Instant) -> i64 {
        self.until.unix_micros().saturating_sub(at.unix_micros())
    }

    /// A pause lasts its longest at most: what reaches further was counted by a wrong clock.
    fn cut(&self, at: Instant, pause_max: i64) -> Self {
        Self { until: cut(self.until, at, pause_max), ..*self }
    }

    /// The state after one more guess.
    fn after(&self, at: Instant, free: u32, pause_max: i64) -> Self {
        let guesses = self.counted(at).saturating_add(1);
        let pause = if guesses < free { 0 } else { 1i64.checked_shl(guesses - free).filter(|&pause| pause > 0).unwrap_or(pause_max).min(pause_max) };
        Self { guesses, until: at.plus_seconds(pause) }
    }
}

/// A table of fixed size in which each key has one cell in each of four rows. Writing only raises cells, so that each of a key's cells says at least as
/// much as the key's own history, and the least of them is the best answer (count-min sketch, Cormode and Muthukrishnan 2005, with conservative update).
struct Sketch<T>(Vec<T>);

impl<T: Copy> Sketch<T> {
    fn new(empty: T) -> Self {
        Self(vec![empty; ROWS * CELLS])
    }

    fn rows(&self, places: &[usize; ROWS]) -> impl Iterator<Item = &T> {
        places.iter().enumerate().map(|(row, place)| &self.0[row * CELLS + place])
    }

    fn least(&self, places: &[usize; ROWS]) -> T
    where
        T: Ord,
    {
        *self.rows(places).min().expect("there are four rows")
    }

    fn change(&mut self, places: &[usize; ROWS], changed: impl Fn(&T) -> T) {
        for (row, place) in places.iter().enumerate() {
            let cell = &mut self.0[row * CELLS + place];
            *cell = changed(cell);
        }
    }
}

#[cfg(test)]
mod tests;
