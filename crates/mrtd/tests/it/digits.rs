//! What a check digit catches, and where that ends.

use proptest::prelude::*;
use siger_mrtd::check::{digit, value};

fn alphabet() -> impl Iterator<Item = char> {
    ('0'..='9').chain('A'..='Z').chain(['<'])
}

proptest! {
    /// One changed character is noticed unless both have the same value modulo ten, wherever it stands.
    #[test]
    fn one_changed_character(text in "[0-9A-Z<]{1,45}", place in any::<prop::sample::Index>(), to in prop::sample::select(alphabet().collect::<Vec<_>>())) {
        let place = place.index(text.len());
        let from = text.chars().nth(place).unwrap();
        let mut changed = text.clone();
        changed.replace_range(place..=place, &to.to_string());
        let same = value(from).unwrap() % 10 == value(to).unwrap() % 10;
        prop_assert_eq!(digit(&changed) == digit(&text), same, "{} for {}", to, from);
    }

    /// Two neighbours that change places are noticed unless their values differ by a multiple of five.
    #[test]
    fn two_neighbours_that_change_places(text in "[0-9A-Z<]{2,45}", place in any::<prop::sample::Index>()) {
        let place = place.index(text.len() - 1);
        let mut bytes = text.clone().into_bytes();
        bytes.swap(place, place + 1);
        let (a, b) = (value(char::from(bytes[place])).unwrap(), value(char::from(bytes[place + 1])).unwrap());
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert_eq!(digit(&changed) == digit(&text), a.abs_diff(b) % 5 == 0);
    }
}

/// The law of one changed character over the whole alphabet and all three weights, not by chance.
#[test]
fn every_pair_of_characters_at_every_weight() {
    let mut unseen = 0;
    for (place, from, to) in (0..3).flat_map(|place| alphabet().flat_map(move |from| alphabet().map(move |to| (place, from, to)))) {
        let text = |character: char| "000".chars().enumerate().map(|(at, zero)| if at == place { character } else { zero }).collect::<String>();
        let same = value(from).unwrap() % 10 == value(to).unwrap() % 10;
        assert_eq!(digit(&text(from)) == digit(&text(to)), same, "{from} {to}");
        unseen += usize::from(same && from != to && place == 0);
    }
    // Of 37 * 36 changes, 104 are not seen: 5 characters of the value 0, 4 of each of 1 to 5, 3 of each of 6 to 9.
    assert_eq!(unseen, 5 * 4 + 5 * (4 * 3) + 4 * (3 * 2));
}
