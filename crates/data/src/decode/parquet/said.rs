//! What writers that know Arrow say of the columns beside what Parquet says: units, and numbers that are spans of time.

use arrow_ipc::{Field, KeyValue, TimeUnit, root_as_message};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use parquet::file::metadata::FileMetaData;

use super::leaf::{Form, Leaf, Means, Scale};

/// The name under which a schema of Arrow stands.
const NAME: &str = "ARROW:schema";

/// What stands before the message that it is: a mark, and its length.
const PREFIX: usize = 8;

/// Fields that are looked at in fields.
const DEEPEST: usize = 8;

/// Adds to columns what is said of them.
pub(super) fn tell(metadata: &FileMetaData, leaves: &mut [Leaf]) {
    let said = metadata.key_value_metadata().into_iter().flatten();
    let said = said.filter(|one| one.key == NAME).find_map(|one| one.value.as_ref());
    let Some(bytes) = said.and_then(|text| STANDARD.decode(text).ok()) else { return };
    let message = bytes.get(PREFIX..).and_then(|bytes| root_as_message(bytes).ok());
    let fields = message.and_then(|message| message.header_as_schema()?.fields());
    for field in fields.into_iter().flatten() {
        of_field("", &field, leaves, DEEPEST);
    }
}

fn of_field(before: &str, field: &Field<'_>, leaves: &mut [Leaf], deepest: usize) {
    let name = field.name().unwrap_or_default();
    let name = if before.is_empty() { name.to_owned() } else { format!("{before}.{name}") };
    let inner = field.children().into_iter().flatten();
    if field.type_as_struct_().is_some() && deepest > 0 {
        inner.for_each(|field| of_field(&name, &field, leaves, deepest - 1));
        return;
    }
    let unit = field.custom_metadata().into_iter().flatten().find_map(|one| unit(&one));
    let span = field.type_as_duration().map(|span| seconds(span.unit()));
    for leaf in leaves.iter_mut().filter(|leaf| leaf.name == name) {
        leaf.unit.clone_from(&unit);
        if let (Form::Long { is_signed, .. }, Some(scale)) = (leaf.form, span) {
            leaf.form = Form::Long { is_signed, scale };
            leaf.means = Means::TimesOfDay;
        }
    }
}

fn unit(said: &KeyValue<'_>) -> Option<String> {
    let is_unit = matches!(said.key(), Some("unit" | "units"));
    said.value().filter(|unit| is_unit && !unit.is_empty()).map(str::to_owned)
}

/// The seconds in a count of these.
fn seconds(unit: TimeUnit) -> Scale {
    match unit {
        TimeUnit::MILLISECOND => Scale::Over(1e3),
        TimeUnit::MICROSECOND => Scale::Over(1e6),
        TimeUnit::NANOSECOND => Scale::Over(1e9),
        _ => Scale::Whole,
    }
}
