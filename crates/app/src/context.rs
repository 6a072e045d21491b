//! Who acts, in which roles, for what, since when proved: the one value that goes through every use case.

use std::sync::Arc;

use siger_domain::access::{Action, Purpose, ResourceKind, Role, RoleSet};
use siger_domain::id::{OfficerId, OperationId, SessionId};
use siger_domain::time::Instant;
use siger_storage::Stamp;

use crate::access::{Access, ActorFacts, Decision, Request, ResourceFacts, Why};
use crate::error::{Error, Result};
use crate::session::first_role;

/// The circumstances of one request.
#[derive(Clone)]
pub struct Context {
    /// For error pages and logs.
    pub operation: OperationId,
    /// The moment the request came.
    pub now: Instant,
    /// Who; `None` for the program itself.
    pub officer: Option<OfficerId>,
    /// The sign-in it came with.
    pub session: Option<SessionId>,
    /// Roles held now.
    pub roles: RoleSet,
    /// On leave today.
    pub on_leave: bool,
    /// Stopped at once.
    pub suspended: bool,
    /// Proved within the last minutes that it is they.
    pub fresh: bool,
    /// The purpose that was named; without one the first that the policies permit counts.
    pub purpose: Option<Purpose>,
    /// The policies.
    pub access: Arc<Access>,
}

/// What is known of the thing, beyond its kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct About {
    /// The actor's own officer record, sign-in or request.
    pub own: bool,
    /// That it exists is a secret.
    pub secret: bool,
    /// Somebody else opened the request that is answered.
    pub second_person: bool,
}

impl Context {
    /// The program itself: daily jobs and the command line beside the office's keys.
    pub fn system(access: Arc<Access>, operation: OperationId, now: Instant, purpose: Purpose) -> Self {
        Self {
            operation,
            now,
            officer: None,
            session: None,
            roles: RoleSet::of(Role::System),
            on_leave: false,
            suspended: false,
            fresh: true,
            purpose: Some(purpose),
            access,
        }
    }

    /// Asks the policies and says how the journal is to be stamped: in the role and for the purpose that permitted it.
    ///
    /// # Errors
    /// [`Error::Forbidden`] with the reason that is nearest to being permitted; [`Error::NotFound`] where existence is a secret.
    pub fn authorise(&self, action: Action, about: About) -> Result<Stamp> {
        let mut nearest: Option<Why> = None;
        let wanted = self.purpose.as_slice();
        let purposes = if wanted.is_empty() { Purpose::ALL } else { wanted };
        for purpose in purposes {
            // All roles together decide: some rules look at who holds which roles at once.
            match self.decide(self.roles, action, about, *purpose) {
                Decision::Allow { .. } => {
                    let alone = self.roles.iter().find(|role| self.decide(RoleSet::of(*role), action, about, *purpose).is_allowed());
                    let role = alone.unwrap_or_else(|| first_role(self.roles));
                    return Ok(Stamp { at: self.now, actor: self.officer, role, purpose: *purpose });
                }
                Decision::Deny(why) => {
                    if nearest.as_ref().is_none_or(|best| rank(&why) > rank(best)) {
                        nearest = Some(why);
                    }
                }
            }
        }
        Err(match nearest.unwrap_or(Why::Role) {
            Why::Hidden => Error::NotFound,
            why => Error::Forbidden(why),
        })
    }

    /// Whether the action would be permitted, if need be after a fresh sign-in: for showing a button or not.
    pub fn may(&self, action: Action, about: About) -> bool {
        match self.authorise(action, about) {
            Ok(_) => true,
            Err(Error::Forbidden(why)) => matches!(why, Why::FreshSignIn),
            Err(_) => false,
        }
    }

    /// The purposes to offer for an action.
    pub fn purposes(&self, action: Action) -> Vec<Purpose> {
        self.access.purposes(self.roles, action, false)
    }

    fn decide(&self, roles: RoleSet, action: Action, about: About, purpose: Purpose) -> Decision {
        let kind: ResourceKind = action.resource();
        self.access.decide(&Request {
            actor: ActorFacts { roles, competences: &[], on_leave: self.on_leave, suspended: self.suspended },
            action,
            resource: ResourceFacts { kind, own: about.own, secret: about.secret },
            purpose,
            fresh_sign_in: self.fresh,
            second_person: about.second_person,
        })
    }
}

/// How near a refusal is to being permitted: what the officer could do about it.
const fn rank(why: &Why) -> u8 {
    match why {
        Why::FreshSignIn => 6,
        Why::SecondPerson => 5,
        Why::Purpose { .. } => 4,
        Why::OnLeave => 3,
        Why::Suspended => 2,
        Why::Role => 1,
        Why::Hidden | Why::Fault => 0,
    }
}
