//! What the page asks and tells the engine.

use std::sync::Arc;

use judder_data::Recording;
use judder_model::Model;

use super::Engine;
use super::changes::Turned;
use super::condition::{Kind, Open};
use super::place::Place;
use super::session::{Session, Wanted};
use super::state::State;
use super::tick::{DEFAULT, FORGOTTEN, MODELS, PACE};
use crate::clock::Millis;
use crate::dataset::datasets;
use crate::problem::Problem;
use crate::shelf::{Adopted, Loaded, Shelf};
use crate::view::{AlertView, DeviceView, ModelView, SessionView, UnkeptView, UpdateView};

/// A device with what its charts are drawn from.
#[derive(Debug, Clone)]
pub(crate) struct Portrait {
    pub(crate) view: DeviceView,
    pub(crate) recording: Option<Recording>,
    pub(crate) model: Option<Arc<Loaded>>,
    pub(crate) reasons: Vec<String>,
}

/// The part of the fleet that the engine knows.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) revision: u64,
    pub(crate) now: Millis,
    pub(crate) accepting: bool,
    pub(crate) unkept: Option<UnkeptView>,
    pub(crate) devices: Vec<DeviceView>,
    /// The kinds of the server's own open alerts.
    pub(crate) own: Vec<&'static str>,
    pub(crate) session: Option<SessionView>,
    pub(crate) models: Vec<ModelView>,
}

/// What changed, or that it is too much to tell.
#[derive(Debug)]
pub(crate) enum Since {
    Nothing,
    /// With the alerts that were cleared, of which only the number and the time are known.
    Some(Box<UpdateView>, Vec<(i64, Millis)>),
    Everything,
}

impl Engine {
    /// The fleet as it is now.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot, Problem> {
        self.ask(|state, shelf| {
            let (fleet, now) = (&state.fleet, state.fleet.now());
            Snapshot {
                revision: fleet.changes.revision(),
                now: now.wall,
                accepting: fleet.is_accepting(),
                unkept: fleet.unkept.view(now),
                devices: fleet.views(now).collect(),
                own: fleet.own.open().map(Kind::as_str).collect(),
                session: fleet.session.as_ref().map(Session::view),
                models: shelf.view(),
            }
        })
        .await
    }

    /// What changed since a revision.
    pub(crate) async fn since(&self, revision: u64) -> Result<Since, Problem> {
        self.ask(move |state, shelf| state.since(revision, shelf)).await
    }

    /// A device, with what its charts are drawn from.
    pub(crate) async fn portrait(&self, device: String) -> Result<Portrait, Problem> {
        let asked = self.ask(move |state, _| {
            let found = state.fleet.devices.get(&device).ok_or_else(|| unknown(&device))?;
            let last = found.last.as_ref();
            let portrait = Portrait {
                view: state.fleet.view(found, state.fleet.now()),
                recording: None,
                model: last.and_then(|last| last.by.clone()),
                reasons: found.reasons.clone(),
            };
            Ok::<_, Problem>((portrait, last.map(|last| last.held.clone())))
        });
        let (portrait, held) = asked.await??;
        let recording = match held {
            Some(held) => self.unpacked(held).await,
            None => None,
        };
        Ok(Portrait { recording, ..portrait })
    }

    /// That a device is known.
    pub(crate) async fn is_known(&self, device: String) -> Result<(), Problem> {
        self.ask(move |state, _| match state.fleet.devices.contains_key(&device) {
            true => Ok(()),
            false => Err(unknown(&device)),
        })
        .await?
    }

    /// The last recording of the session that runs; without one, that of the device which was heard last.
    pub(crate) async fn newest(&self) -> Result<Option<Arc<Recording>>, Problem> {
        let asked = self.ask(|state, _| {
            let of_session = state.fleet.session.as_ref().and_then(|session| session.last.clone());
            let heard = state.fleet.devices.values().filter(|one| one.last.is_some());
            let last = heard.max_by_key(|one| one.kept.map(|kept| kept.steady));
            let held = last.and_then(|one| Some(one.last.as_ref()?.held.clone()));
            (of_session, held)
        });
        Ok(match asked.await? {
            (Some(of_session), _) => Some(of_session),
            (None, Some(held)) => self.unpacked(held).await.map(Arc::new),
            (None, None) => None,
        })
    }

    /// Begins a session.
    pub(crate) async fn begin_session(&self, wanted: Wanted) -> Result<SessionView, Problem> {
        self.ask(move |state, _| state.begin_session(wanted)).await?
    }

    /// Ends the session that runs.
    pub(crate) async fn end_session(&self) -> Result<SessionView, Problem> {
        self.ask(|state, _| state.end_session().ok_or_else(|| Problem::absent("no session runs")))
            .await?
    }

    /// Gives a device a model, or the default again.
    pub(crate) async fn assign(
        &self,
        device: String,
        model: Option<String>,
    ) -> Result<DeviceView, Problem> {
        self.ask(move |state, shelf| {
            if !state.fleet.devices.contains_key(&device) {
                return Err(unknown(&device));
            }
            let before = shelf.assigned().get(&device).cloned();
            shelf.assign(&device, model.as_deref())?;
            if let Err(problem) = state.set(MODELS, &device, model.as_deref()) {
                shelf.assign(&device, before.as_deref())?;
                return Err(problem);
            }
            let fleet = &mut state.fleet;
            fleet.changes.of_models();
            let revision = fleet.changes.next();
            let changed = fleet.devices.get_mut(&device).ok_or_else(|| unknown(&device))?;
            (changed.revision, changed.fixed) = (revision, model.is_some());
            state.review_thresholds(shelf);
            let fleet = &state.fleet;
            let changed = fleet.devices.get(&device).ok_or_else(|| unknown(&device))?;
            Ok(fleet.view(changed, fleet.now()))
        })
        .await?
    }

    /// Makes a model the default.
    pub(crate) async fn make_default(&self, model: String) -> Result<ModelView, Problem> {
        self.ask(move |state, shelf| {
            shelf.known(&model)?;
            state.set(DEFAULT, "", Some(&model))?;
            shelf.make_default(&model)?;
            state.review_thresholds(shelf);
            state.fleet.changes.of_models();
            model_view(shelf, &model)
        })
        .await?
    }

    /// Takes a model; whether its name is new.
    pub(crate) async fn put_model(
        &self,
        name: String,
        model: Model,
    ) -> Result<(ModelView, bool), Problem> {
        self.ask(move |state, shelf| {
            state.fleet.place.as_ref().map_or(Ok(()), Place::check)?;
            let new = shelf.put(&name, model)?;
            state.review_thresholds(shelf);
            state.fleet.changes.of_models();
            tracing::info!(model = name, "a model was sent: it is used now");
            Ok((model_view(shelf, &name)?, new))
        })
        .await?
    }

    /// Forgets a device: it is no longer waited for, and its alerts are cleared.
    pub(crate) async fn forget(&self, device: String) -> Result<(), Problem> {
        self.ask(move |state, _| state.forget(&device)).await?
    }
}

impl State {
    fn since(&self, since: u64, shelf: &Shelf) -> Since {
        let (fleet, now) = (&self.fleet, self.fleet.now());
        let changes = &fleet.changes;
        if !changes.reaches(since) {
            return Since::Everything;
        }
        if changes.revision() == since {
            return Since::Nothing;
        }
        let devices = fleet.devices.values().filter(|device| device.revision > since);
        let (mut raised, mut cleared) = (Vec::<AlertView>::new(), Vec::new());
        for turned in changes.alerts_since(since) {
            match turned {
                Turned::Raised(alert) => raised.push(alert.clone()),
                Turned::Cleared(id, at) => match raised.iter_mut().find(|one| one.id == *id) {
                    Some(alert) => alert.cleared = Some(*at),
                    None => cleared.push((*id, *at)),
                },
            }
        }
        let folder = fleet.folder().filter(|_| changes.datasets_since(since));
        let update = UpdateView {
            revision: changes.revision(),
            now: now.wall,
            accepting: fleet.is_accepting(),
            unkept: fleet.unkept.view(now),
            devices: devices.map(|device| fleet.view(device, now)).collect(),
            gone: changes.gone_since(since),
            alerts: raised,
            session: fleet.session.as_ref().map(Session::view),
            models: changes.models_since(since).then(|| shelf.view()),
            datasets: folder.as_deref().map(datasets),
        };
        Since::Some(Box::new(update), cleared)
    }

    /// Says what came of taking over the models of a configuration. A device that has none of its own any more has
    /// what somebody gave it on the page, or the default.
    pub(super) fn say_adopted(&mut self, adopted: Adopted, shelf: &mut Shelf) {
        for model in adopted.taken {
            tracing::warn!(
                model,
                "another file is called so: the model of the configuration is left out"
            );
        }
        for model in adopted.gone {
            tracing::info!(
                model,
                "the configuration has the model no longer: it is not used any more"
            );
        }
        // Where it cannot be read, they have the default.
        let given = self.reader.settings(MODELS).unwrap_or_default();
        for device in adopted.freed {
            if let Some(model) = given.get(&device)
                && let Err(error) = shelf.assign(&device, Some(model))
            {
                tracing::debug!(%error, device, "what was given on the page is gone as well");
            }
            let model = shelf.model_of(&device).map(|loaded| loaded.name.clone());
            tracing::info!(
                device,
                model,
                "the model of the device is taken away: it has this one now"
            );
        }
    }

    fn begin_session(&mut self, wanted: Wanted) -> Result<SessionView, Problem> {
        let fleet = &mut self.fleet;
        if let Some(session) = &fleet.session {
            let label = &session.wanted.label;
            return Err(Problem::conflict(format!("the session {label} runs; stop it first")));
        }
        let Some(place) = &fleet.place else {
            let detail = "the server has no folder to keep recordings in: start it with -d DIR";
            return Err(Problem::conflict(detail));
        };
        // Made anew, it may lie where a disk was mounted, and be hidden by the next mount.
        if !place.is_there() {
            tracing::error!("a session could not begin: {}", place.missing());
            return Err(Problem::not_kept(false));
        }
        let folder = place.folder();
        let session = Session::begin(folder, wanted, fleet.sync, fleet.now()).map_err(|error| {
            tracing::error!(%error, "a session could not begin");
            Problem::not_kept(error.is_full())
        })?;
        let view = session.view();
        tracing::info!(label = view.label, "a session begins");
        fleet.session = Some(session);
        fleet.look_into_another_folder();
        fleet.changes.of_datasets();
        Ok(view)
    }

    pub(super) fn set(
        &mut self,
        scope: &str,
        key: &str,
        value: Option<&str>,
    ) -> Result<(), Problem> {
        let mut batch = self.history.batch();
        let set = batch.set_setting(scope, key, value).and_then(|()| batch.commit());
        set.map_err(|error| {
            tracing::error!(%error, "a setting could not be kept");
            Problem::not_kept(error.is_full())
        })
    }

    fn forget(&mut self, name: &str) -> Result<(), Problem> {
        let now = self.fleet.now();
        let Some(device) = self.fleet.devices.get(name) else { return Err(unknown(name)) };
        let open: Vec<Open> = device.conditions.alerts().collect();
        let held = device.ends(now.wall);
        // What its alerts were told from memory goes first.
        if let Err(error) = self.write_late(now) {
            return Err(Problem::not_kept(error.is_full()));
        }
        let at = now.wall;
        let mut batch = self.history.batch();
        let cleared = held.iter().try_for_each(|deed| deed.write(&mut batch));
        let forgotten = cleared
            .and_then(|()| batch.set_setting(FORGOTTEN, name, Some(&at.to_string())))
            .and_then(|()| batch.set_setting(PACE, name, None))
            .and_then(|()| batch.commit());
        forgotten.map_err(|error| {
            tracing::error!(%error, "a device could not be forgotten");
            Problem::not_kept(error.is_full())
        })?;
        self.fleet.devices.remove(name);
        for one in open {
            self.fleet.changes.cleared(one.id.0, at);
        }
        self.fleet.changes.forgot(name);
        if let Some(wake) = &self.waker {
            wake();
        }
        Ok(())
    }
}

pub(super) fn unknown(device: &str) -> Problem {
    Problem::absent(format!("there is no device {device:?}"))
}

fn model_view(shelf: &Shelf, name: &str) -> Result<ModelView, Problem> {
    let found = shelf.list().find(|listed| listed.loaded.name == name);
    found
        .map(|listed| listed.view())
        .ok_or_else(|| Problem::absent(format!("there is no model {name:?}")))
}
