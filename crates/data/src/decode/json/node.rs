//! Values as they stand in a file, with numbers kept as arrays of them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::decode::text::Moment;
use crate::decode::{Kind, Words};

/// A value.
#[derive(Debug, Default)]
pub(super) enum Node {
    #[default]
    Null,
    Number(f64),
    Text(String),
    /// Numbers or texts, one after the other.
    Series(Series),
    /// Rows of as many numbers each.
    Rows {
        width: usize,
        numbers: Vec<f64>,
    },
    /// Objects, by their members.
    Records {
        len: usize,
        columns: Vec<(String, Series)>,
    },
    Object(Vec<(String, Node)>),
    List(Vec<Node>),
}

/// The values of one kind in many rows.
#[derive(Debug, Default, Clone)]
pub(super) struct Series {
    pub(super) numbers: Vec<f64>,
    /// What the numbers are, if the first value that was there is a text.
    pub(super) texts: Option<Texts>,
    /// Whether there was one.
    pub(super) is_known: bool,
}

/// What texts are in a series of them.
#[derive(Debug, Clone)]
pub(super) enum Texts {
    Words(Words),
    /// Points in time, written so.
    Moments(Moment),
}

impl Texts {
    /// What a series is that begins with this text.
    pub(super) fn of(first: &str) -> Self {
        Moment::of(first).map_or_else(|| Self::Words(Words::default()), Self::Moments)
    }

    /// What a text of it is as a number.
    pub(super) fn number(&self, text: &str) -> f64 {
        match self {
            Self::Words(words) => words.number(text),
            Self::Moments(moment) => moment.seconds(text).unwrap_or(f64::NAN),
        }
    }

    /// What a column of them is.
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Words(words) => Kind::Words(words.clone()),
            Self::Moments(moment) => Kind::Times { since_1970: moment.since_1970() },
        }
    }
}

impl Series {
    /// Its words in their order, where it has no more than so many.
    pub(super) fn words(&self, most: usize) -> Option<Vec<String>> {
        let Some(Texts::Words(words)) = &self.texts else { return None };
        let is_few = self.numbers.len() <= most;
        is_few.then(|| self.numbers.iter().map(|one| words.word(*one)).collect()).flatten()
    }

    /// Adds a number, a text, or that there is none.
    pub(super) fn push(&mut self, node: &Node) {
        let number = match node {
            Node::Number(number) => {
                let is_number = self.texts.is_none();
                self.is_known |= !number.is_nan();
                if is_number { *number } else { f64::NAN }
            }
            Node::Text(text) => {
                if !self.is_known {
                    self.texts = Some(Texts::of(text));
                    self.is_known = true;
                }
                self.texts.as_ref().map_or(f64::NAN, |texts| texts.number(text))
            }
            _ => f64::NAN,
        };
        self.numbers.push(number);
    }
}

/// The most numbers of an array that are the axes of a reading.
pub(super) const MOST_AXES: usize = 16;

/// The members of an object that are numbers or texts, those of objects in it too: `acc.x`.
pub(super) fn flat(members: Vec<(String, Node)>) -> Vec<(String, Node)> {
    let mut flat = Vec::with_capacity(members.len());
    for (name, node) in members {
        match node {
            Node::Object(inner) => {
                flat.extend(
                    inner.into_iter().map(|(inner, node)| (format!("{name}.{inner}"), node)),
                );
            }
            Node::Series(series) if series.texts.is_none() && series.numbers.len() <= MOST_AXES => {
                let numbers = series.numbers.into_iter().enumerate();
                flat.extend(
                    numbers.map(|(at, one)| (format!("{name} {}", at + 1), Node::Number(one))),
                );
            }
            node => flat.push((name, node)),
        }
    }
    flat
}

/// Adds an object to those before.
pub(super) fn add_record(
    columns: &mut Vec<(String, Series)>,
    len: usize,
    members: Vec<(String, Node)>,
) {
    for (at, (name, node)) in flat(members).into_iter().enumerate() {
        // Most objects have their members in one order.
        let place = match columns.get(at) {
            Some((known, _)) if *known == name => Some(at),
            _ => columns.iter().position(|(known, _)| *known == name),
        };
        let place = place.unwrap_or_else(|| {
            let missing = vec![f64::NAN; len];
            columns.push((name, Series { numbers: missing, ..Series::default() }));
            columns.len() - 1
        });
        if let Some((_, series)) =
            columns.get_mut(place).filter(|(_, one)| one.numbers.len() == len)
        {
            series.push(&node);
        }
    }
    for (_, series) in columns {
        series.numbers.resize(len + 1, f64::NAN);
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Values)
    }
}

struct Values;

/// The most different members of records: each has a column.
const MOST_MEMBERS: usize = 4096;

/// The most numbers of records, with those that are missing: 1 GiB.
const MOST_NUMBERS: usize = 128 << 20;

/// What is said of records that are too many or too different.
pub(super) fn too_many(len: usize, columns: &[(String, Series)]) -> Option<&'static str> {
    if columns.len() > MOST_MEMBERS {
        return Some("its objects have more than 4096 different members");
    }
    (len.saturating_mul(columns.len()) > MOST_NUMBERS)
        .then_some("its objects have different members; write the same ones in each")
}

impl<'de> Visitor<'de> for Values {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, a text, an array or an object")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Number(f64::from(u8::from(value))))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value as f64))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Number(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_bytes<E: Error>(self, _: &[u8]) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Node, D::Error> {
        inner.deserialize_any(Self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Node, D::Error> {
        inner.deserialize_any(Self)
    }

    fn visit_enum<A: serde::de::EnumAccess<'de>>(self, tagged: A) -> Result<Node, A::Error> {
        // A tag of CBOR, and what is tagged.
        use serde::de::VariantAccess;
        let (_, inner) = tagged.variant::<serde::de::IgnoredAny>()?;
        inner.tuple_variant(2, Self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Node, A::Error> {
        let mut all = Node::Null;
        let mut is_first = true;
        while let Some(node) = array.next_element::<Node>()? {
            all = if std::mem::take(&mut is_first) { begun(node) } else { gathered(all, node) };
            if let Node::Records { len, columns } = &all
                && let Some(reason) = too_many(*len, columns)
            {
                return Err(A::Error::custom(reason));
            }
        }
        Ok(if is_first { Node::Series(Series::default()) } else { all })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = object.next_key::<Key>()? {
            members.push((name.0, object.next_value::<Node>()?));
        }
        Ok(Node::Object(members))
    }
}

/// An array with its first value.
fn begun(first: Node) -> Node {
    match first {
        Node::Null | Node::Number(_) | Node::Text(_) => {
            let mut series = Series::default();
            series.push(&first);
            Node::Series(series)
        }
        Node::Series(Series { numbers, texts: None, .. }) if !numbers.is_empty() => {
            Node::Rows { width: numbers.len(), numbers }
        }
        Node::Object(members) => {
            let mut columns = Vec::new();
            add_record(&mut columns, 0, members);
            Node::Records { len: 1, columns }
        }
        other => Node::List(vec![other]),
    }
}

/// An array with one value more.
fn gathered(all: Node, next: Node) -> Node {
    match (all, next) {
        (Node::Series(mut series), Node::Null | Node::Object(_)) => {
            series.push(&Node::Null);
            Node::Series(series)
        }
        (Node::Series(mut series), next @ (Node::Number(_) | Node::Text(_))) => {
            series.push(&next);
            Node::Series(series)
        }
        (
            Node::Rows { width, mut numbers },
            Node::Series(Series { numbers: next, texts: None, .. }),
        ) if next.len() == width => {
            numbers.extend_from_slice(&next);
            Node::Rows { width, numbers }
        }
        (Node::Records { len, mut columns }, Node::Object(members)) => {
            add_record(&mut columns, len, members);
            Node::Records { len: len + 1, columns }
        }
        (Node::Rows { width, numbers }, next) => {
            let rows = numbers
                .chunks_exact(width.max(1))
                .map(|row| Node::Series(Series { numbers: row.to_vec(), ..Series::default() }));
            Node::List(rows.chain([next]).collect())
        }
        (Node::List(mut list), next) => {
            list.push(next);
            Node::List(list)
        }
        (all, next) => Node::List(vec![all, next]),
    }
}

/// The name of a member; CBOR has numbers too.
struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Node::deserialize(deserializer)? {
            Node::Text(text) => text,
            Node::Number(number) => number.to_string(),
            _ => String::new(),
        }))
    }
}
