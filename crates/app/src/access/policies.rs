//! Reading `policy/`: the schema against the vocabulary, the policies against the schema, and what a reader needs to know
//! about each policy.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::Arc;

use cedar_policy::{PolicySet, Schema, SchemaFragment, ValidationMode, Validator};
use siger_domain::access::{Action, Purpose, ResourceKind, Role};

/// The schema of this program.
pub(super) const SCHEMA: &str = include_str!("../../../../policy/siger.cedarschema");

/// The policies of this program, one file for each area.
pub(super) const FILES: &[(&str, &str)] = &[
    ("always.cedar", include_str!("../../../../policy/always.cedar")),
    ("blob.cedar", include_str!("../../../../policy/blob.cedar")),
    ("inspection.cedar", include_str!("../../../../policy/inspection.cedar")),
    ("journal.cedar", include_str!("../../../../policy/journal.cedar")),
    ("office.cedar", include_str!("../../../../policy/office.cedar")),
    ("officer.cedar", include_str!("../../../../policy/officer.cedar")),
    ("person.cedar", include_str!("../../../../policy/person.cedar")),
    ("request.cedar", include_str!("../../../../policy/request.cedar")),
    ("retention.cedar", include_str!("../../../../policy/retention.cedar")),
];

/// The policies were refused: every fault that was found, one a line.
#[derive(Debug, thiserror::Error)]
#[error("access policies refused:\n  {}", .0.join("\n  "))]
pub struct LoadError(pub Vec<String>);

/// Whether a policy gives or takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Gives a right.
    Permit,
    /// Takes it away whatever permits it; the word is told to the actor.
    Forbid(Denial),
}

/// The reasons that a forbidding policy may give in `@deny`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Denial {
    /// `suspended`
    Suspended,
    /// `on_leave`
    OnLeave,
    /// `role`
    Role,
    /// `second_person`
    SecondPerson,
    /// `fresh_sign_in`
    FreshSignIn,
}

impl FromStr for Denial {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        Ok(match word {
            "suspended" => Self::Suspended,
            "on_leave" => Self::OnLeave,
            "role" => Self::Role,
            "second_person" => Self::SecondPerson,
            "fresh_sign_in" => Self::FreshSignIn,
            _ => return Err(()),
        })
    }
}

/// What a reader needs to know about a policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// `@id`: unique, stands in decisions.
    pub id: Arc<str>,
    /// The file in `policy/`.
    pub file: String,
    /// Gives or takes.
    pub effect: Effect,
    /// `@sebab`: the reason, with the law or rule, in Indonesian.
    pub why_id: String,
    /// `@why`: the same in English.
    pub why_en: String,
}

/// Schema and policies that passed every check.
pub(super) struct Loaded {
    pub schema: Schema,
    pub set: PolicySet,
    pub policies: Vec<Policy>,
}

/// Reads and checks everything; collects the faults instead of stopping at the first.
pub(super) fn read(schema: &str, files: &[(&str, &str)]) -> Result<Loaded, LoadError> {
    let words = enumerations(schema);
    let schema = match Schema::from_cedarschema_str(schema) {
        Ok((schema, warnings)) => {
            let warnings: Vec<String> = warnings.map(|warning| format!("siger.cedarschema: {warning}")).collect();
            if !warnings.is_empty() {
                return Err(LoadError(warnings));
            }
            schema
        }
        Err(error) => return Err(LoadError(vec![format!("siger.cedarschema: {error}")])),
    };
    let mut faults = check_vocabulary(&schema, &words);
    let mut policies: Vec<Policy> = Vec::new();
    let mut named = Vec::new();
    for (file, text) in files {
        let parsed = match PolicySet::from_str(text) {
            Ok(parsed) => parsed,
            Err(error) => {
                faults.push(format!("{file}: {error}"));
                continue;
            }
        };
        if parsed.templates().next().is_some() {
            faults.push(format!("{file}: templates are not used here; write the policy out"));
        }
        for policy in parsed.policies() {
            let Some(described) = describe(file, policy, &mut faults) else { continue };
            if policies.iter().any(|other| other.id == described.id) {
                faults.push(format!("{file}: policy {}: the @id is used twice", described.id));
                continue;
            }
            named.push(policy.new_id(cedar_policy::PolicyId::new(&*described.id)));
            policies.push(described);
        }
    }
    let set = PolicySet::from_policies(named).map_err(|error| LoadError(vec![format!("policies: {error}")]))?;
    let validation = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
    faults.extend(validation.validation_errors().map(|error| format!("policy {error}")));
    faults.extend(validation.validation_warnings().map(|warning| format!("policy {warning}")));
    if !faults.is_empty() {
        return Err(LoadError(faults));
    }
    policies.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Loaded { schema, set, policies })
}

/// The annotations of one policy; says what is missing.
fn describe(file: &str, policy: &cedar_policy::Policy, faults: &mut Vec<String>) -> Option<Policy> {
    let Some(id) = policy.annotation("id").filter(|id| !id.is_empty()) else {
        faults.push(format!("{file}: a policy ({}) has no @id", policy.id()));
        return None;
    };
    let mut text = |key: &str| {
        let value = policy.annotation(key).unwrap_or_default();
        if value.is_empty() {
            faults.push(format!("{file}: policy {id}: @{key} is missing"));
        }
        value.to_owned()
    };
    let (why_en, why_id) = (text("why"), text("sebab"));
    let effect = match (policy.effect(), policy.annotation("deny").map(str::parse)) {
        (cedar_policy::Effect::Permit, None) => Effect::Permit,
        (cedar_policy::Effect::Forbid, Some(Ok(denial))) => Effect::Forbid(denial),
        (cedar_policy::Effect::Permit, Some(_)) => {
            faults.push(format!("{file}: policy {id}: permits, so it has no @deny"));
            return None;
        }
        (cedar_policy::Effect::Forbid, _) => {
            faults.push(format!("{file}: policy {id}: forbids, so it needs @deny with suspended, on_leave, role, second_person or fresh_sign_in"));
            return None;
        }
    };
    Some(Policy { id: id.into(), file: file.to_owned(), effect, why_id, why_en })
}

/// The schema and the vocabulary of the domain must name the same actions on the same kinds, roles and purposes.
fn check_vocabulary(schema: &Schema, words: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut compare = |what: &str, schema: BTreeSet<String>, domain: BTreeSet<String>| {
        faults.extend(domain.difference(&schema).map(|word| format!("siger.cedarschema: {what} {word} is missing")));
        faults.extend(schema.difference(&domain).map(|word| format!("siger.cedarschema: {what} {word} is not in the vocabulary")));
    };
    let actions = schema.actions().map(|action| {
        let kinds: Vec<String> = schema.resources_for_action(action).into_iter().flatten().map(|kind| kind.basename().to_owned()).collect();
        format!("{} on {}", action.id().unescaped(), kinds.join(", "))
    });
    compare("action", actions.collect(), Action::ALL.iter().map(|action| format!("{action} on {}", action.resource())).collect());
    compare("role", words.get("Role").cloned().unwrap_or_default(), Role::ALL.iter().map(|role| role.to_string()).collect());
    compare("purpose", words.get("Purpose").cloned().unwrap_or_default(), Purpose::ALL.iter().map(|purpose| purpose.to_string()).collect());
    let kinds = schema.entity_types().map(|kind| kind.basename().to_owned()).filter(|kind| !["Actor", "Role", "Purpose"].contains(&kind.as_str()));
    compare("kind", kinds.collect(), ResourceKind::ALL.iter().map(|kind| kind.to_string()).collect());
    faults
}

/// The words of each enumerated entity type, by its name. Only the JSON form of a schema lists them.
fn enumerations(schema: &str) -> BTreeMap<String, BTreeSet<String>> {
    let Ok((fragment, _)) = SchemaFragment::from_cedarschema_str(schema) else { return BTreeMap::new() };
    let Ok(json) = fragment.to_json_value() else { return BTreeMap::new() };
    let Some(types) = json.get("Siger").and_then(|namespace| namespace.get("entityTypes")).and_then(|types| types.as_object()) else {
        return BTreeMap::new();
    };
    let listed = types.iter().filter_map(|(name, definition)| {
        let words = definition.get("enum")?.as_array()?.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect();
        Some((name.clone(), words))
    });
    listed.collect()
}
