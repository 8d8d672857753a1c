//! Which arrays are the columns of which tables.

use std::sync::Arc;

use super::joined::{Joined, Part};
use super::{Array, Facts, Gather, Group, Layout, names};
use crate::decode::{Column, Head, Kind, Table, Tables};
use crate::error::Problem;

/// A table that is to be made, or several of one array.
pub(super) struct Plan {
    /// None where it has no other name than its file.
    name: Option<String>,
    parts: Vec<Arc<Part>>,
    len: usize,
    /// How many tables there are, one after the other in each part.
    count: usize,
    is_numbered: bool,
    facts: Facts,
}

/// An array and its place among the others.
struct Placed {
    part: Arc<Part>,
    is_time: bool,
    is_label: bool,
    is_axis: bool,
    is_series: bool,
}

/// The tables of a group.
pub(super) fn of(group: Group, leaves_out: bool) -> Result<Vec<Plan>, Problem> {
    let series: Vec<String> = group.arrays.iter().map(|array| array.name.clone()).collect();
    let series: Vec<&str> = series.iter().map(String::as_str).collect();
    let mut placed = Vec::new();
    for array in group.arrays {
        let layout = match (layout(&array), leaves_out) {
            (Ok(layout), _) => layout,
            (Err(_), true) => continue,
            (Err(what), false) => return Err(array.wrong(&what)),
        };
        let Some((array, layout)) = ordered(array, layout, leaves_out)? else { continue };
        let is_series = layout.axes == 1 && !layout.is_numbered && array.columns.is_none();
        let name = array.name.as_str();
        let is_time = is_series && names::is_time(name);
        let is_label = is_series && names::is_label(name);
        let is_axis = is_series && !is_time && !is_label && names::is_axis(name, &series);
        let part = Arc::new(Part::new(array, layout));
        placed.push(Placed { part, is_time, is_label, is_axis, is_series });
    }
    Ok(gathered(&placed, &group.name, &group.facts, group.gather))
}

/// Takes the numbers that say something of the arrays from among them, and those that say nothing.
pub(super) fn take_scalars(group: &mut Group) -> Result<(), Problem> {
    let is_scalar = |array: &Array| array.count() == 1 && array.columns.is_none();
    // A recording of one reading is one where there is no other.
    let are_others = group.arrays.iter().any(|array| !is_scalar(array));
    let mut kept = Vec::new();
    for array in std::mem::take(&mut group.arrays) {
        if !is_scalar(&array) {
            kept.push(array);
            continue;
        }
        let mut number = Vec::new();
        array.origin.from(0)?.read(1, &mut number)?;
        let number = number.first().copied().unwrap_or(f64::NAN);
        if !group.facts.take(&array.name, number) && !are_others {
            kept.push(array);
        }
    }
    group.arrays = kept;
    Ok(())
}

/// The most numbers of an array, so that their bytes can be counted.
const MOST: usize = isize::MAX as usize / 16;

fn layout(array: &Array) -> Result<Layout, String> {
    if array.count() > MOST {
        return Err(format!("has the shape {:?}", array.shape));
    }
    let Some(columns) = &array.columns else { return Layout::of(&array.shape) };
    match *array.shape {
        [len, axes] if axes == columns.len() && len > 0 && axes > 0 => {
            Ok(Layout { count: 1, len, axes, by_axis: false, is_numbered: false })
        }
        _ => Err("is empty".to_owned()),
    }
}

/// An array, and how it stands in the file; in memory where it is in no order to be read in.
fn ordered(
    array: Array,
    mut layout: Layout,
    leaves_out: bool,
) -> Result<Option<(Array, Layout)>, Problem> {
    if !array.is_fortran || array.shape.len() < 2 {
        return Ok(Some((array, layout)));
    }
    if layout.count > 1 {
        return match array.in_order() {
            Ok(array) => Ok(Some((array, layout))),
            Err(_) if leaves_out => Ok(None),
            Err(problem) => Err(problem),
        };
    }
    // One Fortran array of one recording is the other C array.
    layout.by_axis = !layout.by_axis;
    Ok(Some((array, layout)))
}

/// Puts arrays together.
fn gathered(placed: &[Placed], group: &str, facts: &Facts, gather: Gather) -> Vec<Plan> {
    let mut plans: Vec<(usize, Plan)> = Vec::new();
    let plan = |name: Option<&str>, parts: Vec<&Placed>| {
        let inner: Vec<&str> =
            [group, name.unwrap_or_default()].into_iter().filter(|one| !one.is_empty()).collect();
        let name = (!inner.is_empty()).then(|| inner.join("/"));
        Plan::new(name, parts.iter().map(|one| Arc::clone(&one.part)).collect(), facts)
    };
    let len = placed.first().map_or(0, |one| one.part.layout.len);
    let is_frame = |one: &Placed| one.part.layout.len == len && !one.part.layout.is_numbered;
    if gather == Gather::Whole && !placed.is_empty() && placed.iter().all(is_frame) {
        return vec![plan(None, placed.iter().collect())];
    }
    let mut lengths: Vec<usize> = Vec::new();
    for one in placed.iter().filter(|one| one.is_series) {
        if !lengths.contains(&one.part.layout.len) {
            lengths.push(one.part.layout.len);
        }
    }
    // What stands beside an array of several columns: times and labels.
    let mut beside: Vec<&Placed> = Vec::new();
    for len in lengths {
        let of_len = |one: &&(usize, &Placed)| one.1.part.layout.len == len;
        let all: Vec<(usize, &Placed)> = placed.iter().enumerate().collect();
        let series: Vec<(usize, &Placed)> =
            all.iter().filter(|one| one.1.is_series).filter(of_len).copied().collect();
        let is_wide = all.iter().filter(of_len).any(|(_, one)| one.is_wide());
        let first = series.first().map_or(0, |one| one.0);
        let is_side = |one: &Placed| one.is_time || one.is_label;
        let mains = series.iter().filter(|(_, one)| !is_side(one)).count();
        let axes = series.iter().filter(|(_, one)| one.is_axis).count();
        let are_sides = mains < series.len() && (mains > 0 || is_wide);
        let is_one = match gather {
            Gather::All | Gather::Whole => series.len() > 1 && (mains > 0 || !is_wide),
            Gather::ByName => axes > 1 || (are_sides && axes > 0),
        };
        if is_one {
            let parts = series.iter().map(|one| one.1).collect();
            plans.push((first, plan(None, parts)));
        }
        let sides = series.iter().filter(|(_, one)| is_side(one)).map(|one| one.1);
        let sides: Vec<&Placed> = if are_sides { sides.collect() } else { Vec::new() };
        if !is_one {
            for (at, one) in &series {
                if !are_sides || !is_side(one) {
                    let parts = sides.iter().copied().chain([*one]).collect();
                    plans.push((*at, plan(Some(&one.part.array.name), parts)));
                }
            }
        }
        beside.extend(sides);
    }
    for (at, one) in placed.iter().enumerate().filter(|(_, one)| !one.is_series) {
        let len = one.part.layout.len;
        let sides = beside.iter().filter(|side| one.is_wide() && side.part.layout.len == len);
        let parts = sides.copied().chain([one]).collect();
        plans.push((at, plan(Some(&one.part.array.name), parts)));
    }
    plans.sort_by_key(|(at, _)| *at);
    plans.into_iter().map(|(_, plan)| plan).collect()
}

impl Placed {
    /// Whether it is one table of several columns.
    fn is_wide(&self) -> bool {
        !self.is_series && !self.part.layout.is_numbered
    }
}

impl Plan {
    fn new(name: Option<String>, parts: Vec<Arc<Part>>, facts: &Facts) -> Self {
        let layout = parts.last().map(|part| part.layout);
        let own = parts.iter().fold(Facts::default(), |all, part| all.or(&part.array.facts));
        Self {
            name,
            len: layout.map_or(0, |layout| layout.len),
            count: layout.map_or(0, |layout| layout.count),
            is_numbered: layout.is_some_and(|layout| layout.is_numbered),
            parts,
            facts: own.or(facts),
        }
    }

    /// One of its tables.
    fn table(&self, index: usize) -> Box<dyn Table> {
        let columns = self.parts.iter().flat_map(|part| part.columns()).collect();
        let name = self
            .name
            .as_ref()
            .map(|name| if self.is_numbered { format!("{name}[{index}]") } else { name.clone() });
        let Facts { rate_hz, taken, label, .. } = self.facts.clone();
        let head = Head { name, columns, rate_hz, taken, label, is_normalized: false };
        Box::new(Joined::new(head, self.parts.clone(), index, self.len))
    }
}

/// Gives tables their names: the only one needs none, and of several each has one.
pub(super) fn name(plans: &mut [Plan], names_one: bool) {
    let is_one = plans.len() == 1;
    for plan in plans {
        if is_one && !names_one && !plan.is_numbered {
            plan.name = None;
        } else if !is_one && plan.name.is_none() {
            let names: Vec<&str> = plan.parts.iter().map(|part| part.array.name.as_str()).collect();
            plan.name = Some(names.join(","));
        }
    }
}

/// The tables of some plans.
pub(super) struct Plans {
    left: std::vec::IntoIter<Plan>,
    current: Option<(Plan, usize)>,
}

impl Plans {
    pub(super) fn new(plans: Vec<Plan>) -> Self {
        Self { left: plans.into_iter(), current: None }
    }
}

impl Tables for Plans {
    fn next(&mut self) -> Result<Option<Box<dyn Table>>, Problem> {
        if self.current.as_ref().is_none_or(|(plan, index)| *index == plan.count) {
            self.current = self.left.next().map(|plan| (plan, 0));
        }
        Ok(self.current.as_mut().map(|(plan, index)| {
            *index += 1;
            plan.table(*index - 1)
        }))
    }
}

impl Part {
    /// What it is as columns.
    fn columns(&self) -> Vec<Column> {
        let Array { name, unit, columns, since_1970, .. } = &self.array;
        if let Some(columns) = columns {
            return columns.clone();
        }
        let kind = match *since_1970 {
            Some(since_1970) => Kind::Times { since_1970 },
            None => Kind::Numbers,
        };
        let of = |name: String| Column { name, unit: unit.clone(), kind: kind.clone() };
        match self.layout.axes {
            1 => vec![of(name.clone())],
            axes => (1..=axes).map(|axis| of(format!("{name} {axis}"))).collect(),
        }
    }
}
