#![doc = include_str!("../README.md")]

use siger_domain::access::Role;
use siger_domain::person::{CountryCode, Document, DocumentKind, DocumentNumber, Identity, Name, Sex};
use siger_domain::personal::Personal;
use siger_domain::time::{CivilDate, PartialDate};

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

/// Names as they occur on documents, by nationality: several parts, one part, patronyms. All invented.
const NAMES: &[(&str, &[&str])] = &[
    ("MYS", &["Lim Wei Shen", "Nur Aisyah binti Rahman", "Muthu Kumar a/l Rajan", "Tan Mei Ling", "Farid bin Osman"]),
    ("TWN", &["Chen Yu-Ting", "Lin Chia-Hao", "Huang Shu-Fen"]),
    ("IND", &["Priya Nair", "Rajesh Kumar Sharma", "Anand", "Gurpreet Singh Dhillon"]),
    ("KOR", &["Kim Min-Jun", "Park Seo-Yeon", "Choi Ji-Ho"]),
    ("THA", &["Somchai Srisuk", "Kanya Wongsa"]),
    ("CHN", &["Wang Xiulan", "Zhang Wei"]),
    ("PAK", &["Bilal Ahmed", "Sana"]),
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
    let mut draw = Draw(u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5349_4745_5221);
    let (nationality, names) = NAMES[draw.below(NAMES.len() as u64) as usize];
    let name = names[draw.below(names.len() as u64) as usize];
    let (year, month, day) = (1948 + draw.below(60) as i16, 1 + draw.below(12) as i8, 1 + draw.below(28) as i8);
    let born = match draw.below(40) {
        0 => None,
        1 => Some(PartialDate::Year(year)),
        2 => Some(PartialDate::Month(year, month)),
        _ => CivilDate::new(year, month, day).ok().map(PartialDate::Day),
    };
    let sex = [Sex::F, Sex::M, Sex::F, Sex::M, Sex::X][draw.below(5) as usize];
    let expires = CivilDate::new(2026 + draw.below(9) as i16, month, day).ok();
    let good = "a constant of this file is in the form that the domain asks for";
    SamplePerson {
        identity: Identity {
            name: Name::new(&format!("{name} (contoh)")).expect(good),
            born: born.map(Personal::new),
            sex,
            nationality: CountryCode::new("nationality", nationality).expect(good),
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

/// SplitMix64 (Steele, Lea, Flood 2014): small, repeatable, good enough to draw names.
struct Draw(u64);

impl Draw {
    const fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

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
    fn every_role_of_an_officer_is_held_by_somebody() {
        for role in Role::OFFICER {
            assert!(OFFICERS.iter().any(|officer| officer.roles.contains(role)), "{role}");
        }
    }
}
