//! Running the worked examples: each must be decided by the rule that shows it, and come out as it says.

use super::{FaultKind, Faults};
use crate::law::rule::Example;
use crate::law::{Law, State};

pub(super) fn run(law: &Law, examples: Vec<Vec<Example>>, faults: &mut Faults) {
    for (place, shown) in examples.into_iter().enumerate() {
        let rule = &law.rules[place];
        for (number, example) in shown.iter().enumerate() {
            if let Some(found) = differs(law, &rule.id, example) {
                let at = format!("rule {}, example {}", rule.id, number + 1);
                faults.push((&rule.file, &at), FaultKind::Example, found, "Correct the rule, or the example where the rule is right");
            }
        }
    }
}

/// What comes out otherwise than the example says.
fn differs(law: &Law, id: &str, example: &Example) -> Option<String> {
    let Some(rule) = law.rules.iter().find(|rule| rule.id == id) else { return Some("its rule is gone".to_owned()) };
    let finding = law.ask(rule.topic, &example.facts, example.on);
    match finding.rule() {
        Some(found) if found.id == id => {}
        Some(found) => return Some(format!("on {} rule {} covers the case, not this one", example.on, found.id)),
        None if finding.state() == State::NotInForce => return Some(format!("no rule speaks of {}", example.on)),
        None => return Some(format!("there is no answer: {:?}", finding.needs())),
    }
    if finding.state() != example.state {
        return Some(format!("the finding stands as {}, the example says {}", finding.state(), example.state));
    }
    for (answer, expected) in &example.values {
        if finding.value(*answer) != Some(*expected) {
            let found = finding.value(*answer).map_or_else(|| "nothing".to_owned(), |value| value.to_string());
            return Some(format!("{answer} is {found}, the example says {expected}"));
        }
    }
    let unsaid = finding.values().find(|(answer, _)| !example.values.iter().any(|(expected, _)| expected == answer));
    unsaid.map(|(answer, value)| format!("{answer} comes out as {value}, of which the example says nothing"))
}
