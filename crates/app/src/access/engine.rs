//! Asking Cedar, and saying why not.
//!
//! Cedar alone decides: a request is allowed when some policy permits it and none forbids it. What this file adds is speed
//! (for each action, only the policies that can match it) and the reason of a refusal, found by asking again without the
//! forbidding policies and for the other purposes.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::str::FromStr;
use std::sync::Arc;

use cedar_policy::{
    ActionConstraint, Authorizer, Context, Decision as CedarDecision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet,
    Request as CedarRequest, RestrictedExpression, Schema,
};
use siger_domain::access::{Action, Competence, Purpose, ResourceKind};

use super::policies::{Denial, Effect, LoadError, Loaded, Policy};
use super::{Decision, Request, Why};

/// Competences that policies may name, all together. They become bits of a cache key; an office certifies far fewer.
const COMPETENCES_MAX: usize = 16;

pub(super) struct Engine {
    authorizer: Authorizer,
    schema: Schema,
    policies: Vec<Policy>,
    /// By action, in the order of [`Action::ALL`].
    slices: Vec<Slice>,
    /// The words in policies that can be names of competences; no other competence can change a decision.
    words: Vec<String>,
    uids: Uids,
}

/// The policies that can match one action.
struct Slice {
    all: PolicySet,
    permits: PolicySet,
}

/// Names of entities, made once.
struct Uids {
    actor: EntityUid,
    roles: Vec<EntityUid>,
    actions: Vec<EntityUid>,
    purposes: Vec<EntityUid>,
    resources: Vec<EntityUid>,
}

/// What the policies say, before it is put into words.
struct Verdict {
    allowed: bool,
    /// Ids of the policies that decided: permits when allowed, forbids when refused.
    deciding: Vec<Arc<str>>,
    /// A policy could not be evaluated.
    failed: bool,
}

impl Engine {
    pub(super) fn new(loaded: Loaded) -> Result<Self, LoadError> {
        let Loaded { schema, set, policies } = loaded;
        let fault = |error: &dyn std::fmt::Display| LoadError(vec![format!("policies: {error}")]);
        let uids = Uids::new().map_err(|error| fault(&error))?;
        let mut slices = Vec::with_capacity(Action::ALL.len());
        for action in &uids.actions {
            let matching = || set.policies().filter(|policy| can_match(policy, action)).cloned();
            let permits = matching().filter(|policy| policy.effect() == cedar_policy::Effect::Permit);
            slices.push(Slice {
                all: PolicySet::from_policies(matching()).map_err(|error| fault(&error))?,
                permits: PolicySet::from_policies(permits).map_err(|error| fault(&error))?,
            });
        }
        let mut words = BTreeSet::new();
        for policy in set.policies() {
            collect_words(&policy.to_json().map_err(|error| fault(&error))?, &mut words);
        }
        let words: Vec<String> = words.into_iter().collect();
        if words.len() > COMPETENCES_MAX {
            return Err(LoadError(vec![format!("policies: name {} competences, at most {COMPETENCES_MAX} fit", words.len())]));
        }
        Ok(Self { authorizer: Authorizer::new(), schema, policies, slices, words, uids })
    }

    pub(super) fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// One bit for each competence of the actor that a policy names.
    pub(super) fn competence_bits(&self, competences: &[Competence]) -> u16 {
        let mut bits = 0;
        for (index, word) in self.words.iter().enumerate() {
            if competences.iter().any(|competence| competence.0 == *word) {
                bits |= 1 << index;
            }
        }
        bits
    }

    pub(super) fn decide(&self, request: &Request<'_>) -> Decision {
        if request.resource.kind != request.action.resource() {
            return Decision::Deny(Why::Fault);
        }
        let slice = &self.slices[request.action as usize];
        let verdict = self.ask(request, request.purpose, &slice.all);
        match verdict {
            Some(Verdict { failed: true, .. }) | None => Decision::Deny(Why::Fault),
            Some(Verdict { allowed: true, deciding, .. }) => Decision::Allow { policies: deciding.into() },
            Some(Verdict { deciding: forbidding, .. }) => Decision::Deny(self.explain(request, &slice.permits, &forbidding)),
        }
    }

    /// Whether it is permitted, without finding out why not.
    pub(super) fn allows(&self, request: &Request<'_>) -> bool {
        let slice = &self.slices[request.action as usize];
        request.resource.kind == request.action.resource()
            && self.ask(request, request.purpose, &slice.all).is_some_and(|verdict| verdict.allowed && !verdict.failed)
    }

    /// The first reason of [`Why`] that holds.
    fn explain(&self, request: &Request<'_>, permits: &PolicySet, forbidding: &[Arc<str>]) -> Why {
        let denials: BTreeSet<Denial> = forbidding.iter().filter_map(|id| self.denial(id)).collect();
        if denials.contains(&Denial::Suspended) {
            return Why::Suspended;
        }
        if denials.contains(&Denial::OnLeave) {
            return Why::OnLeave;
        }
        let permitted = |purpose: Purpose| self.ask(request, purpose, permits).is_some_and(|verdict| verdict.allowed && !verdict.failed);
        let no_right = if denials.contains(&Denial::Role) {
            Some(Why::Role)
        } else if permitted(request.purpose) {
            None
        } else {
            let allowed: Arc<[Purpose]> = Purpose::ALL.iter().copied().filter(|purpose| permitted(*purpose)).collect();
            Some(if allowed.is_empty() { Why::Role } else { Why::Purpose { allowed } })
        };
        match no_right {
            Some(_) if request.resource.secret => Why::Hidden,
            Some(why) => why,
            None if denials.contains(&Denial::SecondPerson) => Why::SecondPerson,
            None if denials.contains(&Denial::FreshSignIn) => Why::FreshSignIn,
            // Permitted, refused, and no forbidding policy known: cannot be, so nobody is let in.
            None => Why::Fault,
        }
    }

    fn denial(&self, id: &str) -> Option<Denial> {
        let index = self.policies.binary_search_by(|policy| (*policy.id).cmp(id)).ok()?;
        match self.policies[index].effect {
            Effect::Forbid(denial) => Some(denial),
            Effect::Permit => None,
        }
    }

    /// `None` when the question does not fit the schema, which the types of [`Request`] exclude.
    fn ask(&self, request: &Request<'_>, purpose: Purpose, set: &PolicySet) -> Option<Verdict> {
        let uids = &self.uids;
        let bool_of = |value: bool| RestrictedExpression::new_bool(value);
        // Competences that no policy names cannot change the answer, and are left out so that the cache key says it all.
        let competences = self.words.iter().filter(|word| request.actor.competences.iter().any(|competence| competence.0 == **word));
        let actor = Entity::new(
            uids.actor.clone(),
            HashMap::from([
                ("on_leave".to_owned(), bool_of(request.actor.on_leave)),
                ("suspended".to_owned(), bool_of(request.actor.suspended)),
                ("competences".to_owned(), RestrictedExpression::new_set(competences.map(|word| RestrictedExpression::new_string(word.clone())))),
            ]),
            request.actor.roles.iter().map(|role| uids.roles[role as usize].clone()).collect(),
        )
        .ok()?;
        let resource_uid = uids.resources[request.resource.kind as usize].clone();
        let resource = Entity::new(resource_uid.clone(), HashMap::from([("own".to_owned(), bool_of(request.resource.own))]), HashSet::new()).ok()?;
        let entities = Entities::from_entities([actor, resource], None).ok()?;
        let context = Context::from_pairs([
            ("purpose".to_owned(), RestrictedExpression::new_entity_uid(uids.purposes[purpose as usize].clone())),
            ("fresh_sign_in".to_owned(), bool_of(request.fresh_sign_in)),
            ("second_person".to_owned(), bool_of(request.second_person)),
        ])
        .ok()?;
        let action = uids.actions[request.action as usize].clone();
        let question = CedarRequest::new(uids.actor.clone(), action, resource_uid, context, Some(&self.schema)).ok()?;
        let response = self.authorizer.is_authorized(&question, set, &entities);
        let mut deciding: Vec<Arc<str>> = response.diagnostics().reason().map(|id| Arc::from(id.as_ref() as &str)).collect();
        deciding.sort();
        Some(Verdict { allowed: response.decision() == CedarDecision::Allow, deciding, failed: response.diagnostics().errors().next().is_some() })
    }
}

impl Uids {
    fn new() -> Result<Self, cedar_policy::ParseErrors> {
        let name = |kind: &str| EntityTypeName::from_str(&format!("Siger::{kind}"));
        let uid = |kind: &EntityTypeName, id: &str| EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id));
        let (role, action, purpose) = (name("Role")?, name("Action")?, name("Purpose")?);
        let resources = ResourceKind::ALL.iter().map(|kind| Ok(uid(&name(kind.as_str())?, "it"))).collect::<Result<_, cedar_policy::ParseErrors>>()?;
        Ok(Self {
            actor: uid(&name("Actor")?, "actor"),
            roles: siger_domain::access::Role::ALL.iter().map(|word| uid(&role, word.as_str())).collect(),
            actions: Action::ALL.iter().map(|word| uid(&action, word.as_str())).collect(),
            purposes: Purpose::ALL.iter().map(|word| uid(&purpose, word.as_str())).collect(),
            resources,
        })
    }
}

/// Whether the head of the policy lets it match the action. There are no groups of actions, so names are all that counts.
fn can_match(policy: &cedar_policy::Policy, action: &EntityUid) -> bool {
    match policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(named) => named == *action,
        ActionConstraint::In(named) => named.contains(action),
    }
}

/// Every literal text in the conditions of a policy (entity names are written otherwise and left out): competences are the
/// only texts that a policy can compare with.
fn collect_words(json: &serde_json::Value, words: &mut BTreeSet<String>) {
    match json {
        serde_json::Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    serde_json::Value::String(word) if key == "Value" => {
                        words.insert(word.clone());
                    }
                    _ => collect_words(value, words),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect_words(item, words)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ActorFacts, ResourceFacts, policies};
    use super::*;
    use siger_domain::access::{Role, RoleSet};

    /// A policy is used when some decision rests on it: a permit allows something, a forbid refuses what is permitted.
    #[test]
    fn no_policy_is_unused_and_the_slices_answer_like_the_whole() {
        let loaded = policies::read(policies::SCHEMA, policies::FILES).expect("the policies load");
        let whole = loaded.set.clone();
        let engine = Engine::new(loaded).expect("the policies load");
        let mut unused: BTreeSet<Arc<str>> = engine.policies.iter().map(|policy| policy.id.clone()).collect();
        let mut sets: Vec<RoleSet> = Role::ALL.iter().map(|role| RoleSet::of(*role)).collect();
        // Pairs for what only shows when roles meet.
        sets.extend([Role::Auditor, Role::System, Role::Applicant].map(|role| RoleSet::of(role).with(Role::Desk)));
        sets.push(RoleSet::of(Role::Auditor).with(Role::Administrator));
        let mut asked = 0_u32;
        for roles in sets {
            for (action, own) in Action::ALL.iter().flat_map(|action| [(action, false), (action, true)]) {
                for purpose in Purpose::ALL {
                    // What differs from everything being in order: nothing, or one thing at a time.
                    for wrong in 0..5 {
                        let actor = ActorFacts { roles, competences: &[], on_leave: wrong == 1, suspended: wrong == 2 };
                        let resource = ResourceFacts { kind: action.resource(), own, secret: false };
                        let request = Request { actor, action: *action, resource, purpose: *purpose, fresh_sign_in: wrong != 3, second_person: wrong != 4 };
                        let slice = &engine.slices[*action as usize];
                        if wrong == 0 && !engine.ask(&request, *purpose, &slice.permits).expect("fits the schema").allowed {
                            break;
                        }
                        let verdict = engine.ask(&request, *purpose, &slice.all).expect("fits the schema");
                        assert!(!verdict.failed);
                        for id in &verdict.deciding {
                            unused.remove(id);
                        }
                        if asked.is_multiple_of(5) {
                            let full = engine.ask(&request, *purpose, &whole).expect("fits the schema");
                            assert_eq!((full.allowed, full.deciding), (verdict.allowed, verdict.deciding), "{action} for {purpose}");
                        }
                        asked += 1;
                    }
                }
            }
        }
        assert!(unused.is_empty(), "no decision rests on {unused:?}");
    }

    #[test]
    fn competences_are_found_in_policies() {
        let policy = r#"
            @id("x") @why("w") @sebab("s")
            permit (principal in Siger::Role::"desk", action == Siger::Action::"job.list", resource is Siger::job)
            when { principal.competences.contains("keys") && context.purpose == Siger::Purpose::"administration" };"#;
        let engine = Engine::new(policies::read(policies::SCHEMA, &[("x.cedar", policy)]).expect("loads")).expect("loads");
        assert_eq!(engine.words, ["keys"]);
        let held = [Competence("other".to_owned()), Competence("keys".to_owned())];
        let actor = |competences| ActorFacts { roles: RoleSet::of(Role::Desk), competences, on_leave: false, suspended: false };
        let decide = |competences| engine.decide(&Request::new(actor(competences), Action::JobList, Purpose::Administration));
        assert!(decide(&held).is_allowed());
        assert_eq!(decide(&held[..1]), Decision::Deny(Why::Role));
        assert_eq!((engine.competence_bits(&held), engine.competence_bits(&held[..1])), (1, 0));
    }
}
