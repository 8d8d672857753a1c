//! The models that recordings are scored with: which there are, and which device has which.

mod file;
mod loaded;
mod thresholds;
mod watched;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use judder_model::{Model, ModelError};

pub use loaded::{Deciding, Loaded};

pub(crate) use file::models_in;
use file::{Stamp, keep_old};
use thresholds::Thresholds;
pub(crate) use thresholds::{Chosen, Kept};
pub(crate) use watched::{Reread, Watched};

/// The models of a server, by their names.
#[derive(Debug, Default)]
pub struct Shelf {
    books: BTreeMap<String, Book>,
    default: Option<String>,
    /// By device; others have the default.
    assigned: BTreeMap<String, String>,
    /// The devices to which the configuration gave theirs.
    configured: BTreeSet<String>,
    /// Of devices that have their own.
    thresholds: Thresholds,
    deciding: Deciding,
    /// Where models that are sent go.
    folder: Option<PathBuf>,
}

/// A model, and the file that it is read from.
#[derive(Debug)]
struct Book {
    path: PathBuf,
    stamp: Option<Stamp>,
    loaded: Arc<Loaded>,
    /// Why the file as it is now cannot be used.
    problem: Option<String>,
}

/// A model on the shelf, with who has it.
#[derive(Debug)]
pub(crate) struct Listed<'s> {
    pub(crate) loaded: &'s Loaded,
    pub(crate) is_default: bool,
    pub(crate) devices: Vec<&'s str>,
    pub(crate) problem: Option<&'s str>,
}

/// What changed on the shelf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Changed {
    /// A model is another one now.
    Swapped(String),
    /// A file changed, and cannot be used: the old model stays.
    Unfit(String, String),
    /// A file that could not be used is again the one of the model that stayed.
    Mended(String),
}

/// What came of taking over a configuration.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Adopted {
    /// Models that are left out, as other files are called so.
    pub(crate) taken: Vec<String>,
    /// Models that the configuration has no longer.
    pub(crate) gone: Vec<String>,
    /// Devices that have no model of their own any more.
    pub(crate) freed: Vec<String>,
}

/// Why a model was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// No such model.
    #[error("there is no model {0:?}; those there are: {1}")]
    Unknown(String, String),
    /// There is no folder for models that are sent.
    #[error("this server keeps no models: judder serve -d DIR does")]
    NoFolder,
    /// Two files give the same name.
    #[error("{}: is called {name} as {} is; give the file another name", path.display(), there.display())]
    Twice {
        /// The name.
        name: String,
        /// The file that has it.
        there: PathBuf,
        /// The other one.
        path: PathBuf,
    },
    /// It cannot be read or written.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// It cannot be kept.
    #[error(transparent)]
    Data(#[from] judder_data::DataError),
}

impl Shelf {
    /// A shelf without models. Those that decide window by window are watched as `deciding` says; `folder`
    /// is where models that are sent are kept.
    pub fn new(deciding: Deciding, folder: Option<PathBuf>) -> Self {
        Self { deciding, folder, ..Self::default() }
    }

    /// Reads a model and puts it on the shelf under the name of its file. The first is the default.
    /// Returns its name.
    ///
    /// # Errors
    /// A [`ModelError`] that names the file, [`ShelfError::Twice`] where its name is taken.
    pub fn add(&mut self, path: &Path) -> Result<String, ShelfError> {
        let name = self.add_for_one(path)?;
        self.default.get_or_insert_with(|| name.clone());
        Ok(name)
    }

    /// The same, but it does not become the default.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn add_for_one(&mut self, path: &Path) -> Result<String, ShelfError> {
        let name = file::name(path);
        let stamp = Stamp::of(path);
        crate::regular::regular_file(path)
            .map_err(|error| judder_data::DataError::new(path, error))?;
        let model = Model::read(path)?;
        let loaded = Arc::new(Loaded::new(&name, model, self.deciding));
        let book = Book { path: path.to_owned(), stamp, loaded, problem: None };
        match self.books.get(&name) {
            // The same file for several devices.
            Some(there) if there.path == path => {}
            Some(there) => {
                let (there, path) = (there.path.clone(), path.to_owned());
                return Err(ShelfError::Twice { name, there, path });
            }
            None => drop(self.books.insert(name.clone(), book)),
        }
        Ok(name)
    }

    /// Reads the models that were sent to an earlier run, but those of names that are taken.
    ///
    /// # Errors
    /// Where one cannot be read.
    pub fn add_kept(&mut self) -> Result<(), ShelfError> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        for path in file::models_in(&folder)? {
            if !self.books.contains_key(&file::name(&path))
                && let Err(error) = self.add(&path)
            {
                tracing::warn!(%error, "a model that was sent before is left out");
            }
        }
        Ok(())
    }

    /// The model for a device, if there is one, with the threshold that it has there.
    pub fn model_of(&self, device: &str) -> Option<&Arc<Loaded>> {
        self.given_to(device).map(|model| self.thresholds.judging(device, model))
    }

    /// The same, with the threshold of the model.
    pub(crate) fn given_to(&self, device: &str) -> Option<&Arc<Loaded>> {
        let name = self.assigned.get(device).or(self.default.as_ref())?;
        self.books.get(name).map(|book| &book.loaded)
    }

    /// What is kept of the thresholds of a device.
    pub(crate) fn thresholds_of(&self, device: &str) -> Option<&Kept> {
        self.thresholds.kept(device)
    }

    /// Has a device use the threshold that is kept of it, as long as it has the model that this is for.
    pub(crate) fn keep_thresholds(&mut self, device: &str, kept: Kept) {
        let model = self.given_to(device).cloned();
        self.thresholds.put(device, model.as_ref(), kept);
    }

    /// Forgets the thresholds of devices whose model is another one than they are for, and has the others go with the
    /// model as it was loaded last. Those of which they are forgotten, with whether one was in use.
    pub(crate) fn review_thresholds(&mut self) -> Vec<(String, bool)> {
        let mut forgotten = Vec::new();
        for device in self.thresholds.devices() {
            let Some(model) = self.given_to(&device).cloned() else { continue };
            let Some(kept) = self.thresholds.remove(&device) else { continue };
            if kept.fingerprint == model.fingerprint() {
                self.thresholds.put(&device, Some(&model), kept);
            } else {
                forgotten.push((device, kept.chosen.is_some()));
            }
        }
        forgotten
    }

    /// Whether there is no model at all.
    pub fn is_empty(&self) -> bool {
        self.books.is_empty()
    }

    /// Gives a device a model; `None` is the default again.
    ///
    /// # Errors
    /// [`ShelfError::Unknown`].
    pub fn assign(&mut self, device: &str, model: Option<&str>) -> Result<(), ShelfError> {
        match model {
            Some(name) => {
                self.known(name)?;
                self.assigned.insert(device.to_owned(), name.to_owned());
            }
            None => drop(self.assigned.remove(device)),
        }
        Ok(())
    }

    /// Makes a model that of all devices without one of their own.
    ///
    /// # Errors
    /// [`ShelfError::Unknown`].
    pub fn make_default(&mut self, name: &str) -> Result<(), ShelfError> {
        self.known(name)?;
        self.default = Some(name.to_owned());
        Ok(())
    }

    /// Takes a model that was sent: it replaces the file of that name, and the old one is kept beside it in
    /// `old/`. Returns whether the name is new. The name is one that may stand in a file name.
    ///
    /// # Errors
    /// Where it is no model, or cannot be kept; then nothing has changed.
    pub(crate) fn put(&mut self, name: &str, model: Model) -> Result<bool, ShelfError> {
        let (path, new) = match self.books.get(name) {
            Some(book) => (book.path.clone(), false),
            None => {
                let folder = self.folder.as_ref().ok_or(ShelfError::NoFolder)?;
                file::make(folder)?;
                (folder.join(format!("{name}{}", file::ENDING)), true)
            }
        };
        if let Some(book) = self.books.get(name) {
            keep_old(&path, &book.loaded.model)?;
        }
        file::write(&path, &model)?;
        let loaded = Arc::new(Loaded::new(name, model, self.deciding));
        let stamp = Stamp::of(&path);
        self.books.insert(name.to_owned(), Book { path, stamp, loaded, problem: None });
        self.default.get_or_insert_with(|| name.to_owned());
        Ok(new)
    }

    /// What is on the shelf now is of the configuration, but for models that were sent.
    pub(crate) fn is_configured(&mut self) {
        self.configured = self.assigned.keys().cloned().collect();
    }

    /// Takes the models of another shelf, which are those of the configuration now, its default, and who has which.
    /// What the configuration had before and has no longer goes; models that were sent stay.
    pub(crate) fn adopt(&mut self, other: Self) -> Adopted {
        let mut adopted = Adopted::default();
        let folder = self.folder.clone();
        self.books.retain(|name, book| {
            let was_sent = folder.as_deref().is_some_and(|folder| book.path.starts_with(folder));
            let stays = was_sent || other.books.get(name).is_some_and(|one| one.path == book.path);
            if !stays {
                adopted.gone.push(name.clone());
            }
            stays
        });
        for (name, book) in other.books {
            match self.books.get(&name) {
                Some(there) if there.path != book.path => adopted.taken.push(name),
                Some(there) if there.loaded.model == book.loaded.model => {}
                _ => drop(self.books.insert(name, book)),
            }
        }
        adopted.gone.retain(|name| !self.books.contains_key(name));
        let Self { books, assigned, configured, .. } = self;
        assigned.retain(|device, name| {
            let is_over = configured.contains(device) && !other.assigned.contains_key(device);
            let stays = books.contains_key(name) && !is_over;
            if !stays {
                adopted.freed.push(device.clone());
            }
            stays
        });
        let known = |name: &String| !adopted.taken.contains(name) && self.books.contains_key(name);
        self.configured = other.assigned.keys().cloned().collect();
        self.assigned.extend(other.assigned.into_iter().filter(|(_, name)| known(name)));
        if let Some(default) = other.default.filter(known) {
            self.default = Some(default);
        }
        if self.default.as_ref().is_some_and(|default| !self.books.contains_key(default)) {
            self.default = self.books.keys().next().cloned();
        }
        adopted.freed.retain(|device| !self.assigned.contains_key(device));
        adopted
    }

    /// The files of models, to be looked at without this.
    pub(crate) fn watched(&self) -> Vec<Watched> {
        let deciding = self.deciding;
        let watched = |(name, book): (&String, &Book)| Watched {
            name: name.clone(),
            path: book.path.clone(),
            stamp: book.stamp,
            loaded: Arc::clone(&book.loaded),
            deciding,
        };
        self.books.iter().map(watched).collect()
    }

    /// Takes what files were found to be. A model that cannot be used leaves the old one in its place; what was
    /// put there meanwhile stays.
    pub(crate) fn take(&mut self, all: Vec<Reread>) -> Vec<Changed> {
        let mut changes = Vec::new();
        for Reread { name, before, stamp, found } in all {
            let Some(book) = self.books.get_mut(&name) else { continue };
            if !Arc::ptr_eq(&book.loaded, &before) || book.stamp == stamp {
                continue;
            }
            book.stamp = stamp;
            match found {
                Ok(None) => {
                    if book.problem.take().is_some() {
                        changes.push(Changed::Mended(name));
                    }
                }
                Ok(Some(loaded)) => {
                    (book.loaded, book.problem) = (loaded, None);
                    changes.push(Changed::Swapped(name));
                }
                Err(problem) => {
                    changes.push(Changed::Unfit(name, problem.clone()));
                    book.problem = Some(problem);
                }
            }
        }
        changes
    }

    /// The models, by name.
    pub(crate) fn list(&self) -> impl Iterator<Item = Listed<'_>> {
        self.books.iter().map(|(name, book)| Listed {
            loaded: &book.loaded,
            is_default: self.default.as_ref() == Some(name),
            devices: self.assigned_to(name),
            problem: book.problem.as_deref(),
        })
    }

    /// Which devices have been given which model.
    pub(crate) fn assigned(&self) -> &BTreeMap<String, String> {
        &self.assigned
    }

    fn assigned_to(&self, model: &str) -> Vec<&str> {
        let all = self.assigned.iter().filter(|(_, name)| *name == model);
        all.map(|(device, _)| device.as_str()).collect()
    }

    /// That there is a model of this name.
    ///
    /// # Errors
    /// [`ShelfError::Unknown`].
    pub(crate) fn known(&self, name: &str) -> Result<(), ShelfError> {
        if self.books.contains_key(name) {
            return Ok(());
        }
        let all: Vec<&str> = self.books.keys().map(String::as_str).collect();
        let all = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
        Err(ShelfError::Unknown(name.to_owned(), all))
    }
}
