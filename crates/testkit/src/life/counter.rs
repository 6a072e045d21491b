//! The counter in the life of an office: documents are scanned and visits registered.

use siger_app::inspection::check::Near;
use siger_app::inspection::zone::Read;
use siger_app::inspection::{self, Fresh};
use siger_app::{Context, Error};
use siger_domain::access::{Purpose, Role};
use siger_domain::id::{InspectionId, PersonId};
use siger_domain::inspection::Kind;
use siger_domain::inspection::action::{Action, Because, Change, ReferralCause, WithdrawalCause};
use siger_domain::inspection::grant::{Grant, Stay, StayPeriod, VisitPurpose};
use siger_domain::time::CivilDate;
use siger_storage::table;

use super::{DESK, Life};
use crate::zone::zone;

impl Life {
    /// Scans a passport that is new, or one that was scanned before.
    pub(super) fn scan(&mut self, who: u8, again: bool) -> Result<Option<u64>, Error> {
        let number = match self.scanned.get(who as usize % self.scanned.len().max(1)) {
            Some(number) if again => number.clone(),
            _ => format!("K{:07}", 6_000_000 + self.next()),
        };
        let (secondary, lines) = (format!("TAMU {}", letters(&number)), self.lines(&number));
        let (by, today) = (self.by(DESK, Role::Desk), self.today());
        let read = Read::of(&lines, today)?;
        let fresh =
            Fresh { inspection: InspectionId::new(self.office.now(), self.office.random()), person: PersonId::new(self.office.now(), self.office.random()) };
        // As an index says that is complete and knows nobody of the name.
        let near = Near::Found { persons: Vec::new(), upto: u64::MAX };
        let made = self.write(move |write| inspection::scan(write, &by, fresh, Kind::Visit, &read, &near))?;
        if made.person == fresh.person {
            self.persons.push(made.person);
            self.secrets.extend([secondary.into_bytes(), number.clone().into_bytes(), lines[1].clone().into_bytes()]);
            self.scanned.push(number);
        }
        if made.inspection == fresh.inspection {
            self.inspections.push(made.inspection);
        }
        Ok(Some(made.number))
    }

    /// Takes one of the steps of an inspection.
    pub(super) fn decide(&mut self, which: u8, how: u8) -> Result<Option<u64>, Error> {
        let Some(&id) = self.inspections.get(which as usize % self.inspections.len().max(1)) else { return Ok(None) };
        let today = self.today();
        let until = Stay::Limited(StayPeriod::new(today, today).map_err(Error::internal)?);
        let grant = Grant { purpose: VisitPurpose::Government, stay: until };
        let action = match how % 8 {
            0..4 => Action::Register { grant, because: Some(Because::Examined) },
            4 => Action::Take,
            5 => Action::Release,
            6 => Action::Correct { change: Change::Purpose(VisitPurpose::Residence) },
            _ if how.is_multiple_of(3) => Action::Refer { cause: ReferralCause::Person },
            _ => Action::Withdraw { cause: WithdrawalCause::ByPerson },
        };
        let by = Context { purpose: Some(Purpose::CounterService), ..self.by(DESK, Role::Desk) };
        let made = self.write(move |write| {
            let seen = table::inspection::get(write, id)?.ok_or(Error::NotFound)?.last_entry;
            inspection::step(write, &by, id, seen, today, action)
        })?;
        // What is granted stands in no file either.
        self.secrets.extend([VisitPurpose::Government, VisitPurpose::Residence].map(|purpose| format!("\"purpose\":\"{purpose}\"").into_bytes()));
        Ok(Some(made.number))
    }

    fn lines(&self, number: &str) -> Vec<String> {
        zone("CONTOH", &format!("TAMU {}", letters(number)), number)
    }

    fn today(&self) -> CivilDate {
        self.office.now().date_in(self.office.zone())
    }
}

/// A zone's name has no digits.
fn letters(number: &str) -> String {
    number.bytes().filter(u8::is_ascii_digit).map(|digit| char::from(b'A' + digit - b'0')).collect()
}
