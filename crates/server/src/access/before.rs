//! Who may post at all: asked before anything of a body is read.

use http::StatusCode;
use http::request::Parts;

use super::{Access, challenge, origin, presented};
use crate::problem::Problem;

impl Access {
    /// That a board may post, as far as its head says so; whether for the device of the body,
    /// [`Access::board`] says.
    ///
    /// # Errors
    /// Where only devices with a key may post, 401 without one, and 403 for one that is no device's.
    pub(crate) fn may_post(&self, parts: &Parts) -> Result<(), Problem> {
        if !self.keys.required() {
            return Ok(());
        }
        origin::own_origin(parts, self.public.as_ref())?;
        let Some(key) = presented::bearer(&parts.headers)? else {
            return Err(challenge(
                "only devices with a key may post here: send it as `Authorization: Bearer KEY`",
            ));
        };
        match self.keys.owner(key) {
            Some(_) => Ok(()),
            None => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "the key is no device's; compare it with the configuration",
            )),
        }
    }
}
