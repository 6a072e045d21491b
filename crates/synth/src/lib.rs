#![doc = include_str!("../README.md")]

mod draw;
mod name;

use siger_domain::access::Role;
use siger_domain::person::{CountryCode, Document, DocumentKind, DocumentNumber, Identity, Name, Sex};
use siger_domain::personal::Personal;
use siger_domain::time::{CivilDate, PartialDate};

use crate::draw::Draw;

/// An invented officer of the sample office.
#[derive(Clone, Copy, Debug)]
pub struct SampleOfficer {
    /// Sign-in name.
    pub login: &'static str,
    /// Name, marked as a sample.
    pub name: &'static str,
    /// What they do there.
    pub roles: &'static [Role],
}

/// The invented officers: one for each role that an officer can hold, and a small-office pair of roles.
pub const OFFICERS: &[SampleOfficer] = &[
    SampleOfficer { login: "ratih", name: "Ratih S. (contoh)", roles: &[Role::Desk] },
    SampleOfficer { login: "admin", name: "Arif W. (contoh)", roles: &[Role::Administrator] },
    SampleOfficer { login: "kepala", name: "Hadi P. (contoh)", roles: &[Role::Head] },
    SampleOfficer { login: "privasi", name: "Dewi L. (contoh)", roles: &[Role::PrivacyOfficer, Role::InformationOfficer] },
    SampleOfficer { login: "auditor", name: "Bram T. (contoh)", roles: &[Role::Auditor] },
    SampleOfficer { login: "pemeriksa", name: "Yusuf A. (contoh)", roles: &[Role::Primary, Role::Secondary] },
    SampleOfficer { login: "izin", name: "Wulan K. (contoh)", roles: &[Role::Stay, Role::Cashier] },
    SampleOfficer { login: "inteldakim", name: "Surya M. (contoh)", roles: &[Role::Intelligence, Role::Monitor, Role::Operator] },
];

/// An invented person with a travel document of State UTO (ICAO Doc 9303: specimens), the same for the same number.
#[derive(Clone, Debug)]
pub struct SamplePerson {
    /// Who they are.
    pub identity: Identity,
    /// What they carry.
    pub document: Document,
}

/// The `number`-th invented person.
pub fn person(number: u32) -> SamplePerson {
    let mut draw = Draw::of(u64::from(number));
    let nation = name::nation(&mut draw);
    let sex = match draw.below(100) {
        0..=50 => Sex::M,
        51..=98 => Sex::F,
        _ => Sex::X,
    };
    let name = name::name(&mut draw, nation, sex);
    let (year, month, day) = (1948 + draw.below(60) as i16, 1 + draw.below(12) as i8, 1 + draw.below(28) as i8);
    let born = match draw.below(40) {
        0 => None,
        1 => Some(PartialDate::Year(year)),
        2 => Some(PartialDate::Month(year, month)),
        _ => CivilDate::new(year, month, day).ok().map(PartialDate::Day),
    };
    let expires = CivilDate::new(2026 + draw.below(9) as i16, month, day).ok();
    let good = "a constant of this file is in the form that the domain asks for";
    SamplePerson {
        identity: Identity {
            name: Name::new(&format!("{name} (contoh)")).expect(good),
            born: born.map(Personal::new),
            sex,
            nationality: CountryCode::new("nationality", nation.code).expect(good),
        },
        document: Document {
            kind: DocumentKind::Passport,
            issuer: CountryCode::new("issuer", "UTO").expect(good),
            number: DocumentNumber::new(&format!("S{number:07}")).expect(good),
            expires,
        },
    }
}

/// Notes as officers write them; none names anybody.
pub const NOTES: &[&str] = &[
    "Datang menanyakan perpanjangan izin tinggal kunjungan, diberi penjelasan.",
    "Menyerahkan salinan tiket pulang.",
    "Alamat menginap diperbarui, lihat laporan penginapan.",
    "Diminta kembali dengan surat penjamin yang asli.",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_marked_and_repeatable() {
        for number in 0..500 {
            let one = person(number);
            assert!(one.identity.name.reveal().ends_with("(contoh)"));
            assert_eq!(one.document.issuer.as_str(), "UTO");
            assert_eq!(one.identity, person(number).identity);
        }
        assert!(OFFICERS.iter().all(|officer| officer.name.ends_with("(contoh)")));
    }

    #[test]
    fn names_are_many_and_of_many_kinds() {
        let names: std::collections::HashSet<String> = (0..2_000).map(|number| person(number).identity.name.reveal().to_owned()).collect();
        assert!(names.len() > 800, "{}", names.len());
        assert!(names.iter().any(|name| !name.is_ascii()) && names.iter().any(|name| name.split(' ').count() == 2));
        assert!((0..2_000).any(|number| matches!(person(number).identity.born.map(Personal::into_revealed), Some(PartialDate::Year(_)) | None)));
    }

    #[test]
    fn every_role_of_an_officer_is_held_by_somebody() {
        for role in Role::OFFICER {
            assert!(OFFICERS.iter().any(|officer| officer.roles.contains(role)), "{role}");
        }
    }
}
