//! On which ground somebody is refused.

use super::Kind;
use crate::label::Basis;

labelled! {
    /// The ground of a refusal (*alasan penolakan*). The first ten are the letters of UU 6/2011 art. 13(1).
    RefusalReason, "ground of a refusal" {
        /// Letter a.
        EntryBan = "entry_ban", "tercantum dalam daftar penangkalan", "named on the list of entry bans";
        /// Letter b.
        NoDocument = "no_document", "tidak memiliki dokumen perjalanan yang sah dan berlaku", "no valid travel document";
        /// Letter c.
        ForgedDocument = "forged_document", "memiliki dokumen keimigrasian palsu", "forged immigration document";
        /// Letter d.
        NoVisa = "no_visa", "tidak memiliki visa dan tidak dibebaskan", "no visa and not exempt";
        /// Letter e.
        FalseStatement = "false_statement", "keterangan tidak benar untuk memperoleh visa", "untrue statement to obtain the visa";
        /// Letter f.
        ContagiousDisease = "contagious_disease", "penyakit menular yang membahayakan kesehatan umum", "contagious disease dangerous to public health";
        /// Letter g.
        OrganisedCrime = "organised_crime", "terlibat kejahatan internasional atau transnasional terorganisasi", "involved in international or organised transnational crime";
        /// Letter h.
        Wanted = "wanted", "dicari untuk ditangkap oleh negara asing", "wanted for arrest by a foreign state";
        /// Letter i.
        Treason = "treason", "terlibat makar terhadap pemerintah", "involved in acts against the government";
        /// Letter j.
        Trafficking = "trafficking", "jaringan prostitusi, perdagangan atau penyelundupan orang", "network of prostitution, trafficking or smuggling of people";
        /// Leaving: no valid travel document.
        ExitNoDocument = "exit_no_document", "keluar tanpa dokumen perjalanan yang sah dan berlaku", "leaving without a valid travel document";
        /// Leaving: needed for an investigation, on request of the authority.
        ExitInvestigation = "exit_investigation", "diperlukan untuk penyelidikan atau penyidikan", "needed for an investigation";
        /// Leaving: exit ban.
        ExitBan = "exit_ban", "tercantum dalam daftar pencegahan", "named on the list of exit bans";
        /// Visit: no permit to stay in force.
        NoStayPermit = "no_stay_permit", "tidak memiliki izin tinggal yang berlaku", "no stay permit in force";
        /// Visit: the person is not whom the document names.
        NotTheBearer = "not_the_bearer", "bukan pemegang dokumen", "not the bearer of the document";
    }
}

impl RefusalReason {
    /// The article, and whether its wording was read.
    pub const fn basis(self) -> Basis {
        match self {
            Self::EntryBan => Basis::unread("UU 6/2011 art. 13(1)(a)"),
            Self::NoDocument => Basis::unread("UU 6/2011 art. 13(1)(b)"),
            Self::ForgedDocument => Basis::unread("UU 6/2011 art. 13(1)(c)"),
            Self::NoVisa => Basis::unread("UU 6/2011 art. 13(1)(d)"),
            Self::FalseStatement => Basis::unread("UU 6/2011 art. 13(1)(e)"),
            Self::ContagiousDisease => Basis::unread("UU 6/2011 art. 13(1)(f)"),
            Self::OrganisedCrime => Basis::unread("UU 6/2011 art. 13(1)(g)"),
            Self::Wanted => Basis::unread("UU 6/2011 art. 13(1)(h)"),
            Self::Treason => Basis::unread("UU 6/2011 art. 13(1)(i)"),
            Self::Trafficking => Basis::unread("UU 6/2011 art. 13(1)(j)"),
            Self::ExitNoDocument | Self::ExitInvestigation | Self::ExitBan => Basis::unread("UU 6/2011 art. 16(1)"),
            Self::NoStayPermit | Self::NotTheBearer => Basis::POLICY,
        }
    }

    /// The kind of inspection in which it can be given.
    pub const fn kind(self) -> Kind {
        match self {
            Self::ExitNoDocument | Self::ExitInvestigation | Self::ExitBan => Kind::Departure,
            Self::NoStayPermit | Self::NotTheBearer => Kind::Visit,
            _ => Kind::Arrival,
        }
    }
}
