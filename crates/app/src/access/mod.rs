//! Who may do what, for which purpose: the one place that every use case asks.
//!
//! The policies are the Cedar files in `policy/`, part of the program. [`Access::load`] reads them once, checks them against
//! their schema in strict mode and against the vocabulary of [`siger_domain::access`], and refuses to start otherwise.
//! [`Access::decide`] answers from memory; an answer that was given before comes from a bounded cache.
//!
//! A decision looks at nothing but its arguments: roles, competences, leave, the kind of thing and whether it is the actor's
//! own, the purpose, and the circumstances. So the whole space can be written down; [`matrix`] does.

mod cache;
mod engine;
pub mod matrix;
mod policies;

use std::sync::Arc;

use siger_domain::access::{Action, Competence, Purpose, ResourceKind, RoleSet};

pub use policies::{Effect, LoadError, Policy};

/// What the decision needs to know about who acts.
#[derive(Clone, Copy, Debug)]
pub struct ActorFacts<'a> {
    /// The roles that the person holds now.
    pub roles: RoleSet,
    /// What the person is certified for and has not let lapse. Only competences that a policy names count.
    pub competences: &'a [Competence],
    /// On leave today, in the office's calendar.
    pub on_leave: bool,
    /// Stopped at once.
    pub suspended: bool,
}

impl ActorFacts<'_> {
    /// The program itself: clocks, daily jobs, and the command line beside the office's root secret.
    pub const SYSTEM: ActorFacts<'static> =
        ActorFacts { roles: RoleSet::of(siger_domain::access::Role::System), competences: &[], on_leave: false, suspended: false };
}

/// What the decision needs to know about the thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceFacts {
    /// Its kind; must be the kind that the action is done to.
    pub kind: ResourceKind,
    /// The actor's own officer record or sign-in; for a request: the actor opened it, or it is about the actor.
    pub own: bool,
    /// That it exists is a secret from whoever may not see it (an open inquiry): a refusal then reads "not found".
    pub secret: bool,
}

impl ResourceFacts {
    /// Some thing of the kind, not the actor's own, no secret.
    pub const fn of(kind: ResourceKind) -> Self {
        Self { kind, own: false, secret: false }
    }

    /// The actor's own thing of the kind.
    pub const fn own(kind: ResourceKind) -> Self {
        Self { kind, own: true, secret: false }
    }
}

/// One question to the policies.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who.
    pub actor: ActorFacts<'a>,
    /// Does what.
    pub action: Action,
    /// To which thing.
    pub resource: ResourceFacts,
    /// Why.
    pub purpose: Purpose,
    /// The actor proved again within the last minutes that it is they.
    pub fresh_sign_in: bool,
    /// For the answer to a request: the use case looked up who opened it, and it was somebody else.
    pub second_person: bool,
}

impl<'a> Request<'a> {
    /// A question about some thing of the action's kind, without a fresh sign-in and without a second person.
    pub fn new(actor: ActorFacts<'a>, action: Action, purpose: Purpose) -> Self {
        Self { actor, action, resource: ResourceFacts::of(action.resource()), purpose, fresh_sign_in: false, second_person: false }
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Permitted, by the policies with these ids (sorted); `policies` goes into the explanation on the page.
    Allow {
        /// Ids as in `policy/`.
        policies: Arc<[Arc<str>]>,
    },
    /// Refused.
    Deny(Why),
}

impl Decision {
    /// Whether it is permitted.
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Allow { .. })
    }
}

/// Why it was refused. When several reasons hold, the first of this list is given, so that nobody is asked for a fresh
/// sign-in only to hear that they have no right anyway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The officer's access was stopped.
    Suspended,
    /// The officer is on leave today.
    OnLeave,
    /// The thing is a secret and the actor has no right to it: answer as if it did not exist (404).
    Hidden,
    /// No role of the actor may do this.
    Role,
    /// The actor may do this, but not for this purpose; these would do.
    Purpose {
        /// In the order of [`Purpose::ALL`], never empty.
        allowed: Arc<[Purpose]>,
    },
    /// Somebody else must do this: nobody answers the request that they opened or that is about themselves.
    SecondPerson,
    /// The actor must prove again that it is they, then ask again.
    FreshSignIn,
    /// The question makes no sense (an action on the wrong kind of thing) or a policy failed: a bug, refused to be safe.
    Fault,
}

impl Why {
    /// The word used in logs, the API and text keys.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Suspended => "suspended",
            Self::OnLeave => "on_leave",
            Self::Hidden => "hidden",
            Self::Role => "role",
            Self::Purpose { .. } => "purpose",
            Self::SecondPerson => "second_person",
            Self::FreshSignIn => "fresh_sign_in",
            Self::Fault => "fault",
        }
    }
}

/// The policies, ready to be asked. Cheap to share behind an `Arc`; safe to ask from any thread.
pub struct Access {
    engine: engine::Engine,
    cache: cache::Cache,
}

impl Access {
    /// Reads the policies that are part of this program.
    ///
    /// # Errors
    /// When the schema or a policy cannot be read, does not fit the vocabulary, or says less than a reader needs (id,
    /// reason in both languages): one entry for each fault found.
    pub fn load() -> Result<Self, LoadError> {
        Self::from_sources(policies::SCHEMA, policies::FILES)
    }

    /// Reads policies from text; `files` are pairs of file name and content.
    ///
    /// # Errors
    /// As [`Access::load`].
    pub fn from_sources(schema: &str, files: &[(&str, &str)]) -> Result<Self, LoadError> {
        Ok(Self { engine: engine::Engine::new(policies::read(schema, files)?)?, cache: cache::Cache::new() })
    }

    /// Decides, from the cache when the same question was answered before.
    pub fn decide(&self, request: &Request<'_>) -> Decision {
        let key = cache::Key::of(request, self.engine.competence_bits(request.actor.competences));
        if let Some(decision) = self.cache.get(key) {
            return decision;
        }
        let decision = self.engine.decide(request);
        self.cache.put(key, decision.clone());
        decision
    }

    /// Decides by asking the policies, without the cache. For tests and for the matrix.
    pub fn decide_uncached(&self, request: &Request<'_>) -> Decision {
        self.engine.decide(request)
    }

    /// Whether it is permitted, by asking the policies, without finding out why not. For tests and for the matrix.
    pub fn allows_uncached(&self, request: &Request<'_>) -> bool {
        self.engine.allows(request)
    }

    /// The purposes for which the actor may do this if everything else is in order (own thing or not, as said), to offer
    /// them on a page. Empty when no purpose will do.
    pub fn purposes(&self, roles: RoleSet, action: Action, own: bool) -> Vec<Purpose> {
        let best = |purpose: &Purpose| {
            let actor = ActorFacts { roles, competences: &[], on_leave: false, suspended: false };
            let resource = ResourceFacts { kind: action.resource(), own, secret: false };
            self.decide(&Request { actor, action, resource, purpose: *purpose, fresh_sign_in: true, second_person: true }).is_allowed()
        };
        Purpose::ALL.iter().copied().filter(best).collect()
    }

    /// Every policy with its reason in both languages, sorted by id.
    pub fn policies(&self) -> &[Policy] {
        self.engine.policies()
    }
}
