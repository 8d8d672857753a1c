//! Data quality: what is wrong with the recordings, before a model learns it.

use judder_data::quality::{Finding, Folder, Kind, Severity};
use maud::{Markup, html};

use crate::number::{counted, rounded};
use crate::page::Section;

use super::Look;

pub(super) fn section(look: &Look) -> Option<Section> {
    let report = &look.quality;
    let body = html! {
        @if report.findings.is_empty() { p { "Nothing wrong was found." } }
        @else { (findings(&report.findings)) }
        details {
            summary { "What the folders hold" }
            div class="wide" { (folders(&report.folders)) }
        }
    };
    Some(Section { id: "quality", title: "Data quality".to_owned(), body })
}

/// An entry for each kind; where several folders have it, all but the first are folded away.
fn findings(findings: &[Finding]) -> Markup {
    let mut kinds: Vec<(Kind, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        match kinds.iter_mut().find(|(kind, _)| *kind == finding.kind) {
            Some((_, all)) => all.push(finding),
            None => kinds.push((finding.kind, vec![finding])),
        }
    }
    let folder = |finding: &Finding| {
        let name = finding.folder.as_ref().map(|path| path.file_name().unwrap_or(path.as_os_str()));
        name.map_or_else(String::new, |name| format!("{}: ", name.to_string_lossy()))
    };
    html! {
        ul class="findings" id="findings" {
            @for (kind, all) in &kinds {
                @let word = match all.iter().map(|one| one.severity).max() {
                    Some(Severity::Error) => "error",
                    Some(Severity::Warning) => "warning",
                    _ => "info",
                };
                li {
                    span class=(word) { (word) } " " b { (kind) }
                    @for first in all.iter().take(1) { p { b { (folder(first)) } (first.message) } }
                    @if all.len() > 1 {
                        details {
                            summary { "and in " (counted(all.len() - 1, "folder")) " more" }
                            @for other in &all[1..] { p { b { (folder(other)) } (other.message) } }
                        }
                    }
                }
            }
        }
    }
}

fn folders(folders: &[Folder]) -> Markup {
    let length = |folder: &Folder| match (folder.shortest, folder.longest) {
        (shortest, longest) if shortest == longest => counted(longest, "reading"),
        (shortest, longest) => format!("{shortest} to {longest} readings"),
    };
    html! {
        table {
            thead { tr { th { "folder" } th { "recordings" } th { "unreadable" } th { "length" } th { "axes" } th { "rate (Hz)" } th { "gravity" } } }
            tbody {
                @for folder in folders {
                    tr {
                        td class="long" { (folder.path.display()) }
                        td { (folder.recordings) }
                        td { (folder.unreadable) }
                        td { (length(folder)) }
                        td { (folder.axes) }
                        td { (folder.rate_hz.map_or_else(String::new, rounded)) }
                        td { (folder.gravity.map_or_else(String::new, rounded)) }
                    }
                }
            }
        }
    }
}
