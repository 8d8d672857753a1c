//! The fonts in which pages must have room for their texts, each in a folder with a fontconfig file by which
//! a browser has it and no other. What they are for stands in `xtask/browser/fonts.mjs`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::debian;
use crate::gate::Missing;
use crate::house::House;

struct Font {
    /// Of its folder.
    name: &'static str,
    /// Its letters, upright: of the usual weight, and bold.
    files: [&'static str; 2],
    /// Who has it on Debian.
    package: &'static str,
}

const FONTS: [Font; 3] = [
    Font {
        name: "dejavu-sans",
        files: ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"],
        package: "fonts-dejavu-core",
    },
    Font {
        name: "noto-sans",
        files: ["NotoSans-Regular.ttf", "NotoSans-Bold.ttf"],
        package: "fonts-noto-core",
    },
    Font {
        name: "liberation-sans",
        files: ["LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"],
        package: "fonts-liberation2",
    },
];

/// Where systems have fonts, and people of their own.
const SYSTEMS: [&str; 2] = ["/usr/share/fonts", "/usr/local/share/fonts"];
const OWN: [&str; 2] = [".local/share/fonts", ".fonts"];

/// The fonts that were brought together.
pub(super) struct Fonts {
    /// Has a folder for each.
    pub(super) folder: PathBuf,
    /// Why some are not among them.
    pub(super) lacking: Option<String>,
}

/// Brings the fonts together: those of the machine, else those of Debian's packages, which are unpacked and
/// not installed, so that all else on the machine looks as before.
pub(super) fn together(house: &House) -> Result<Fonts> {
    let folder = house.target.join("fonts");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    if !cfg!(target_os = "linux") {
        let why = "fonts alone, which a browser takes from fontconfig on Linux only".to_owned();
        return Ok(Fonts { folder, lacking: Some(why) });
    }
    let mut lacking = None;
    for font in &FONTS {
        match font.files(house) {
            Ok(files) => font.put(&folder, &files)?,
            Err(error) => lacking = Some(error.downcast::<Missing>()?.0),
        }
    }
    Ok(Fonts { folder, lacking })
}

impl Font {
    /// Where its files are.
    fn files(&self, house: &House) -> Result<[PathBuf; 2]> {
        let home = std::env::home_dir().unwrap_or_default();
        let own = OWN.iter().map(|folder| home.join(folder));
        let mut folders: Vec<PathBuf> = SYSTEMS.iter().map(PathBuf::from).chain(own).collect();
        let unpacked = house.target.join("tools/fonts").join(self.package);
        folders.push(unpacked.clone());
        if let Some(files) = self.found(&folders) {
            return Ok(files);
        }
        debian::unpack(self.package, &unpacked, &format!("no font {}", self.name))?;
        let found = self.found(&[unpacked]);
        found.with_context(|| format!("Debian's {} lacks {:?}", self.package, self.files))
    }

    fn found(&self, folders: &[PathBuf]) -> Option<[PathBuf; 2]> {
        let [usual, bold] =
            self.files.map(|name| folders.iter().find_map(|folder| file(folder, name.as_ref())));
        Some([usual?, bold?])
    }

    /// Copies it into a folder of its own, with what says that there is no other.
    fn put(&self, within: &Path, files: &[PathBuf]) -> Result<()> {
        let folder = within.join(self.name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let letters = folder.join("letters");
        fs::create_dir_all(&letters).with_context(|| letters.display().to_string())?;
        for file in files {
            let name = file.file_name().unwrap_or_default();
            fs::copy(file, letters.join(name)).with_context(|| file.display().to_string())?;
        }
        let config = fontconfig(&letters, &folder.join("cache"))?;
        fs::write(folder.join("fonts.conf"), config)?;
        Ok(())
    }
}

/// A file of this name somewhere in a folder.
fn file(folder: &Path, name: &OsStr) -> Option<PathBuf> {
    let mut entries: Vec<PathBuf> =
        folder.read_dir().ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    let here = entries.iter().find(|path| path.file_name() == Some(name) && path.is_file());
    here.cloned().or_else(|| {
        // Links may lead round in a circle.
        let within = |path: &&PathBuf| path.is_dir() && !path.is_symlink();
        entries.iter().filter(within).find_map(|path| file(path, name))
    })
}

/// The configuration of a machine that has the fonts of one folder; letters are fitted to pixels as most
/// systems do it.
fn fontconfig(letters: &Path, cache: &Path) -> Result<String> {
    let path = |path: &Path| {
        let text = path.to_str().with_context(|| path.display().to_string())?;
        ensure!(!text.contains(['<', '&']), "{text}: a name that XML cannot have");
        Ok(text.to_owned())
    };
    let (letters, cache) = (path(letters)?, path(cache)?);
    Ok(format!(
        r#"<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{letters}</dir>
  <cachedir>{cache}</cachedir>
  <match target="font">
    <edit name="antialias" mode="assign"><bool>true</bool></edit>
    <edit name="hinting" mode="assign"><bool>true</bool></edit>
    <edit name="hintstyle" mode="assign"><const>hintslight</const></edit>
  </match>
</fontconfig>
"#
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_below_and_links_lead_nowhere() {
        let within = std::env::temp_dir().join(format!("judder-fonts-{}", std::process::id()));
        let deep = within.join("a/b");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("x.ttf"), "").unwrap();
        std::os::unix::fs::symlink(&within, within.join("a/circle")).unwrap();
        let found = file(&within, "x.ttf".as_ref());
        let none = file(&within, "y.ttf".as_ref());
        fs::remove_dir_all(&within).unwrap();
        assert_eq!((found, none), (Some(deep.join("x.ttf")), None));
    }

    #[test]
    fn a_configuration_names_its_folders_alone() {
        let text = fontconfig("/f/letters".as_ref(), "/f/cache".as_ref()).unwrap();
        assert_eq!(text.matches("<dir>").count(), 1);
        assert!(text.contains("<dir>/f/letters</dir>") && !text.contains("<include"));
        assert!(fontconfig("/a<b".as_ref(), "/c".as_ref()).is_err());
    }
}
