//! Names as they are built in the languages that the counter meets. Common given and family names, put together by chance.

use siger_domain::person::Sex;

use crate::draw::Draw;

/// How the parts of a name are put together.
enum Form {
    /// Given name, then family name.
    GivenFamily,
    /// Family name, then given name.
    FamilyGiven,
    /// A given name alone, or two.
    Single,
    /// Given name, `bin` or `binti`, the father's given name.
    Patronym,
}

/// A nationality with its names.
pub(crate) struct Nation {
    /// ISO 3166-1 alpha-3.
    pub(crate) code: &'static str,
    /// How many of a hundred persons.
    pub(crate) share: u64,
    form: Form,
    female: &'static [&'static str],
    male: &'static [&'static str],
    family: &'static [&'static str],
}

pub(crate) const NATIONS: &[Nation] = &[
    Nation {
        code: "MYS",
        share: 20,
        form: Form::Patronym,
        female: &["Nur Aisyah", "Siti Hajar", "Farah", "Noraini", "Hidayah", "Aminah", "Zulaikha", "Rohani", "Syafiqah", "Khadijah", "Mariam", "Suraya"],
        male: &["Ahmad Faizal", "Mohd Hafiz", "Azman", "Zainal", "Ismail", "Ridzuan", "Kamarul", "Shahrul", "Firdaus", "Hakim", "Rosli", "Iskandar"],
        family: &[],
    },
    Nation {
        code: "TWN",
        share: 14,
        form: Form::FamilyGiven,
        female: &["Mei-Ling", "Shu-Fen", "Ya-Ting", "Hsiao-Wen", "Yu-Chen", "Li-Hua", "雅婷", "淑芬", "Pei-Shan", "Chia-Ying"],
        male: &["Chih-Ming", "Chun-Hao", "Wei-Lun", "Kuan-Yu", "Chia-Hao", "Tsung-Han", "志明", "俊傑", "Ming-Che", "Po-Wei"],
        family: &["Chen", "Lin", "Huang", "Chang", "Lee", "Wang", "Wu", "Liu", "Tsai", "Yang", "Hsu", "Cheng"],
    },
    Nation {
        code: "IND",
        share: 13,
        form: Form::GivenFamily,
        female: &["Ananya", "Priya", "Kavitha", "Lakshmi", "Deepa", "Meena", "Sunita", "Radha", "Shreya", "Pooja", "Divya", "Geetha"],
        male: &["Arjun", "Rajesh", "Suresh", "Vikram", "Anil", "Karthik", "Ravi", "Manoj", "Sanjay", "Prakash", "Ganesh", "Naveen"],
        family: &["Sharma", "Iyer", "Nair", "Reddy", "Patel", "Gupta", "Menon", "Das", "Pillai", "Rao", "Verma", "Joshi"],
    },
    Nation {
        code: "KOR",
        share: 12,
        form: Form::FamilyGiven,
        female: &["Ji-Woo", "Seo-Yeon", "Min-Ji", "Soo-Jin", "Hye-Jin", "Eun-Ji", "Yu-Na", "지우", "Da-Eun", "Ha-Rin"],
        male: &["Min-Jun", "Seung-Ho", "Ji-Hoon", "Dong-Hyun", "Jae-Won", "Sung-Min", "Hyun-Woo", "민준", "Tae-Yang", "Joon-Ho"],
        family: &["Kim", "Lee", "Park", "Choi", "Jung", "Kang", "Cho", "Yoon", "Jang", "Lim", "Han", "Shin"],
    },
    Nation {
        code: "THA",
        share: 11,
        form: Form::GivenFamily,
        female: &["Siriporn", "Kanya", "Malee", "Pimchanok", "Ratana", "Suda", "Wilai", "Anong", "ดวงใจ", "Nattaya"],
        male: &["Somchai", "Anan", "Prasert", "Kittisak", "Wichai", "Niran", "Thawat", "Chai", "สมชาย", "Surasak"],
        family: &["Saetang", "Wongsakul", "Srisuk", "Thongchai", "Kaewmanee", "Boonmee", "Chaiyaphum", "Rattanakul", "Phromma", "Suwannarat"],
    },
    Nation {
        code: "CHN",
        share: 10,
        form: Form::FamilyGiven,
        female: &["Fang", "Xiuying", "Jing", "Yan", "Lihua", "Xinyi", "Na", "秀英", "Yutong", "Min"],
        male: &["Wei", "Qiang", "Lei", "Jun", "Yong", "Tao", "Haoran", "建国", "Bo", "Chao"],
        family: &["Zhao", "Qian", "Sun", "Zhou", "Wu", "Zheng", "Feng", "Chu", "Jiang", "Shen", "Ouyang", "Tang"],
    },
    Nation {
        code: "JPN",
        share: 5,
        form: Form::GivenFamily,
        female: &["Yuko", "Haruka", "Aiko", "Naoko", "Keiko", "Misaki", "花子", "Emi"],
        male: &["Takashi", "Kenji", "Hiroshi", "Daisuke", "Satoru", "Yuta", "太郎", "Naoki"],
        family: &["Sato", "Suzuki", "Takahashi", "Tanaka", "Ito", "Yamamoto", "Nakamura", "Kobayashi"],
    },
    Nation {
        code: "NLD",
        share: 4,
        form: Form::GivenFamily,
        female: &["Anneke", "Femke", "Johanna", "Sanne", "Marijke", "Lotte"],
        male: &["Pieter", "Jeroen", "Willem", "Daan", "Bram", "Thijs"],
        family: &["de Vries", "van den Berg", "Jansen", "Visser", "van der Meer", "Bakker", "'t Hart", "Smit"],
    },
    Nation {
        code: "AUS",
        share: 4,
        form: Form::GivenFamily,
        female: &["Charlotte", "Grace", "Zoë", "Mary-Anne", "Ruby", "Hannah"],
        male: &["Jack", "Liam", "Thomas", "Angus", "Noah", "Patrick"],
        family: &["Smith", "O'Brien", "Nguyen", "Williams", "Taylor-Jones", "Kelly", "Walker", "Brown"],
    },
    Nation {
        code: "PAK",
        share: 3,
        form: Form::GivenFamily,
        female: &["Ayesha", "Fatima", "Sana", "Zainab"],
        male: &["Imran", "Bilal", "Usman", "Tariq"],
        family: &["Khan", "Malik", "Hussain", "Qureshi", "Ahmed", "Butt"],
    },
    // Former citizens, and children with two nationalities (*anak berkewarganegaraan ganda terbatas*), who often have one name.
    Nation {
        code: "IDN",
        share: 4,
        form: Form::Single,
        female: &["Sumarni", "Wahyuningsih", "Suprihatin", "Rukmini", "Sulastri", "Komariah"],
        male: &["Suparman", "Widodo", "Sutrisno", "Mulyono", "Sugianto", "Paijo"],
        family: &[],
    },
];

/// A nationality, each as often as its share says.
pub(crate) fn nation(draw: &mut Draw) -> &'static Nation {
    let mut left = draw.below(NATIONS.iter().map(|nation| nation.share).sum());
    for nation in NATIONS {
        if left < nation.share {
            return nation;
        }
        left -= nation.share;
    }
    &NATIONS[0]
}

/// A whole name, without the mark.
pub(crate) fn name(draw: &mut Draw, nation: &Nation, sex: Sex) -> String {
    let female = sex == Sex::F || (sex == Sex::X && draw.below(2) == 0);
    let given = *draw.pick(if female { nation.female } else { nation.male });
    match nation.form {
        Form::GivenFamily => format!("{given} {}", draw.pick(nation.family)),
        Form::FamilyGiven if given.is_ascii() => format!("{} {given}", draw.pick(nation.family)),
        // In its own script the family name stands in Latin beside it, as some documents print it.
        Form::FamilyGiven => format!("{} ({given})", draw.pick(nation.family)),
        Form::Single if draw.below(3) == 0 => format!("{given} {}", draw.pick(if female { nation.male } else { nation.female })),
        Form::Single => given.to_owned(),
        Form::Patronym => format!("{given} {} {}", if female { "binti" } else { "bin" }, draw.pick(nation.male)),
    }
}
