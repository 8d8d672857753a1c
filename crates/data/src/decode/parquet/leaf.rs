//! The columns that a file says it has: which are numbers, times or words, and how they are written.

use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::schema::types::{ColumnDescriptor, SchemaDescriptor, Type};

use crate::decode::{Column, Kind, Words};

/// A column as it is written.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    /// Its place among those of the file.
    pub(super) place: usize,
    pub(super) name: String,
    /// Its unit, where what wrote it says that apart.
    pub(super) unit: Option<String>,
    pub(super) form: Form,
    pub(super) means: Means,
    /// Whether it is written in a way that is not read: only whoever asks for it is told.
    pub(super) is_unread: bool,
    /// How often a list stands around it: 0 has one value in each row.
    pub(super) lists: i16,
    /// The definition level of a value that is there.
    pub(super) whole: i16,
    /// The definition level from which on there is an entry in the innermost list, if it is only a missing one.
    pub(super) entry: i16,
}

/// How a value becomes a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Form {
    Bool,
    /// Of 32 bits.
    Int {
        is_signed: bool,
        scale: Scale,
    },
    /// Of 64 bits.
    Long {
        is_signed: bool,
        scale: Scale,
    },
    /// A day and the nanoseconds in it, of 96 bits.
    Instant,
    Float,
    Double,
    Half,
    /// Integers in as many bytes as they need, the highest first.
    Bytes {
        scale: Scale,
        is_fixed: bool,
    },
    Text,
}

/// What the value stands for, as a part or a multiple of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scale {
    Whole,
    Over(f64),
    Times(f64),
}

/// What the numbers of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    Numbers,
    Instants,
    TimesOfDay,
    Words,
}

/// The columns of a file that can be told as numbers, in its order.
pub(super) fn leaves(schema: &SchemaDescriptor) -> Vec<Leaf> {
    let columns = schema.columns().iter().enumerate();
    let leaves = columns.filter_map(|(place, column)| Leaf::of(place, column, schema));
    // Lists of words, and what is nested deeper, are nothing that a recording has.
    leaves.filter(|leaf| leaf.lists == 0 || leaf.lists <= 2 && leaf.means != Means::Words).collect()
}

impl Leaf {
    fn of(place: usize, column: &ColumnDescriptor, schema: &SchemaDescriptor) -> Option<Self> {
        let (form, means) = form(column)?;
        let mut node = schema.root_schema();
        let (mut level, mut entry) = (0, 0);
        let mut words: Vec<&str> = Vec::new();
        for part in column.path().parts() {
            let Type::GroupType { fields, .. } = node else { return None };
            node = fields.iter().find(|one| one.name() == part)?;
            let info = node.get_basic_info();
            match info.has_repetition().then(|| info.repetition()) {
                Some(Repetition::OPTIONAL) => level += 1,
                Some(Repetition::REPEATED) => {
                    level += 1;
                    entry = level;
                }
                _ => {}
            }
            // What stands between a list and its values has no name of its own.
            let is_between = !words.is_empty()
                && column.max_rep_level() > 0
                && matches!(
                    part.as_str(),
                    "list" | "element" | "item" | "array" | "bag" | "array_element"
                );
            if !is_between {
                words.push(part);
            }
        }
        Some(Self {
            place,
            name: words.join("."),
            unit: None,
            form,
            means,
            is_unread: false,
            lists: column.max_rep_level(),
            whole: column.max_def_level(),
            entry,
        })
    }

    /// The column that it becomes; of several it is the one with this number.
    pub(super) fn column(&self, number: Option<usize>) -> Column {
        let name =
            number.map_or_else(|| self.name.clone(), |at| format!("{} {}", self.name, at + 1));
        let kind = match self.means {
            Means::Numbers => Kind::Numbers,
            Means::Instants => Kind::Times { since_1970: true },
            Means::TimesOfDay => Kind::Times { since_1970: false },
            Means::Words => Kind::Words(Words::default()),
        };
        Column { name, unit: self.unit.clone(), kind }
    }
}

/// How the values of a column are written, and what they are; none for what is no number, time or word.
fn form(column: &ColumnDescriptor) -> Option<(Form, Means)> {
    use Means::{Instants, Numbers, TimesOfDay};
    let logical = column.logical_type_ref();
    let converted = column.converted_type();
    let decimal = match (logical, converted) {
        (Some(LogicalType::Decimal(decimal)), _) => Some(decimal.scale),
        (None, ConvertedType::DECIMAL) => Some(column.type_scale()),
        _ => None,
    };
    let (scale, means) = match (decimal, logical, converted) {
        (Some(digits), ..) => (decimals(digits)?, Numbers),
        (_, Some(LogicalType::Date), _) | (_, None, ConvertedType::DATE) => {
            (Scale::Times(86_400.0), Instants)
        }
        (_, Some(LogicalType::Timestamp(time)), _) => (seconds(&time.unit)?, Instants),
        (_, Some(LogicalType::Time(time)), _) => (seconds(&time.unit)?, TimesOfDay),
        (_, None, ConvertedType::TIMESTAMP_MILLIS) => (Scale::Over(1e3), Instants),
        (_, None, ConvertedType::TIMESTAMP_MICROS) => (Scale::Over(1e6), Instants),
        (_, None, ConvertedType::TIME_MILLIS) => (Scale::Over(1e3), TimesOfDay),
        (_, None, ConvertedType::TIME_MICROS) => (Scale::Over(1e6), TimesOfDay),
        _ => (Scale::Whole, Numbers),
    };
    let is_signed = match (logical, converted) {
        (Some(LogicalType::Integer(kind)), _) => kind.is_signed,
        (None, unsigned) => !matches!(
            unsigned,
            ConvertedType::UINT_8
                | ConvertedType::UINT_16
                | ConvertedType::UINT_32
                | ConvertedType::UINT_64
        ),
        _ => true,
    };
    Some(match column.physical_type() {
        Physical::BOOLEAN => (Form::Bool, Numbers),
        Physical::INT32 => (Form::Int { is_signed, scale }, means),
        Physical::INT64 => (Form::Long { is_signed, scale }, means),
        Physical::INT96 => (Form::Instant, Instants),
        Physical::FLOAT => (Form::Float, Numbers),
        Physical::DOUBLE => (Form::Double, Numbers),
        Physical::FIXED_LEN_BYTE_ARRAY if column.type_length() <= 0 => return None,
        Physical::FIXED_LEN_BYTE_ARRAY if decimal.is_some() => {
            (Form::Bytes { scale, is_fixed: true }, Numbers)
        }
        Physical::FIXED_LEN_BYTE_ARRAY => {
            let is_half =
                matches!(logical, Some(LogicalType::Float16)) && column.type_length() == 2;
            is_half.then_some((Form::Half, Numbers))?
        }
        Physical::BYTE_ARRAY if decimal.is_some() => {
            (Form::Bytes { scale, is_fixed: false }, Numbers)
        }
        Physical::BYTE_ARRAY => {
            let is_text = match logical {
                Some(LogicalType::String | LogicalType::Enum | LogicalType::Json) => true,
                // Of writers that say nothing of what they write.
                None => !matches!(converted, ConvertedType::BSON),
                Some(_) => false,
            };
            is_text.then_some((Form::Text, Means::Words))?
        }
    })
}

/// So many digits after the point.
fn decimals(digits: i32) -> Option<Scale> {
    match digits {
        0 => Some(Scale::Whole),
        1..=76 => Some(Scale::Over(10_f64.powi(digits))),
        _ => None,
    }
}

/// The seconds in a count of these.
fn seconds(unit: &TimeUnit) -> Option<Scale> {
    match unit {
        TimeUnit::MILLIS => Some(Scale::Over(1e3)),
        TimeUnit::MICROS => Some(Scale::Over(1e6)),
        TimeUnit::NANOS => Some(Scale::Over(1e9)),
    }
}
