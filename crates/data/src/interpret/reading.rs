//! The recordings of a file, as its tables are read.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::clock::Step;
use super::key::Key;
use super::plan::{Facts, Plan};
use super::{About, ReadOptions};
use crate::decode::{Filtered, Head, Kind, Table, Tables};
use crate::error::Problem;
use crate::pieces::Block;

/// What the state of rows without a label is called.
const UNLABELLED: &str = "unlabelled";

/// Opens a file anew, where it can be: a pipe is there once.
pub(crate) type Again = Arc<dyn Fn() -> Result<Option<Box<dyn Tables>>, Problem> + Send + Sync>;

/// What comes of a file, in order.
pub(crate) enum Event {
    /// A recording begins; the one before has ended.
    Begin(Begin),
    /// The next readings of it, axis by axis.
    Rows(Block),
}

/// A recording that begins.
pub(crate) struct Begin {
    /// What it is called in its file: what is put behind the path.
    pub(crate) name: String,
    pub(crate) axes: usize,
    pub(crate) facts: Facts,
}

/// The tables of a file, as recordings.
pub(crate) struct Reading {
    tables: Box<dyn Tables>,
    again: Again,
    path: PathBuf,
    options: Arc<ReadOptions>,
    current: Option<Current>,
    queue: VecDeque<Event>,
    /// Sensors of a table that are still to be read, each by itself.
    sensors: VecDeque<(usize, usize, String)>,
    /// Tables that were opened.
    opened: usize,
    begun: bool,
    /// Why a table was passed over.
    passed: Option<Problem>,
    ended: bool,
    read: u64,
}

/// The table that is read.
struct Current {
    table: Box<dyn Table>,
    plan: Plan,
    /// What its recordings are called.
    name: String,
    /// Rows that are done.
    row: u64,
    /// Rows that are still to be left out.
    skip: usize,
    before: Option<Before>,
    /// Which times are of which state.
    intervals: Vec<(f64, f64, String)>,
}

/// The last row.
#[derive(Clone)]
struct Before {
    time: f64,
    /// Since the first row, in s.
    since: f64,
    label: Option<String>,
    /// The sensor.
    key: Option<u64>,
}

impl Reading {
    pub(crate) fn new(
        tables: Box<dyn Tables>,
        again: Again,
        path: &Path,
        options: Arc<ReadOptions>,
    ) -> Self {
        Self {
            tables,
            again,
            path: path.to_owned(),
            options,
            current: None,
            queue: VecDeque::new(),
            sensors: VecDeque::new(),
            opened: 0,
            begun: false,
            passed: None,
            ended: false,
            read: 0,
        }
    }

    /// The bytes of the file that are read so far.
    pub(crate) fn read(&self) -> u64 {
        self.read
    }

    /// What comes next; nothing after the end, or after a problem.
    pub(crate) fn next(&mut self) -> Option<Result<Event, Problem>> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Some(Ok(event));
            }
            if self.ended {
                return None;
            }
            if let Err(problem) = self.advance() {
                self.ended = true;
                return Some(Err(problem));
            }
        }
    }

    fn advance(&mut self) -> Result<(), Problem> {
        if let Some(current) = &mut self.current {
            let next = current.table.next();
            self.read = current.table.read();
            match next {
                Some(block) => {
                    let block = current.in_turn(block?)?;
                    current.take(block, &mut self.queue)?;
                }
                None => {
                    let ended = self.current.take().filter(|current| current.before.is_none());
                    if let Some(Current { row, .. }) = ended {
                        return Err(Problem::SkipsAll { readings: row });
                    }
                }
            }
            return Ok(());
        }
        if let Some((number, column, sensor)) = self.sensors.pop_front() {
            let table = self.sensor(number, column, &sensor)?;
            return self.begin(table, Some(&sensor));
        }
        match self.tables.next()? {
            Some(table) => {
                self.opened += 1;
                self.begin(table, None)
            }
            None => {
                self.ended = true;
                match self.begun {
                    true => Ok(()),
                    false => Err(self.passed.take().unwrap_or(Problem::NoReadings)),
                }
            }
        }
    }

    /// Reads the first rows of a table, and finds out what its columns are.
    fn begin(&mut self, mut table: Box<dyn Table>, sensor: Option<&str>) -> Result<(), Problem> {
        let first = table.next();
        self.read = table.read();
        // A table without rows says nothing.
        let Some(first) = first else { return Ok(()) };
        let first = first?;
        if sensor.is_none()
            && let Some(key) = Key::of(table.head(), &first)
            && !self.options.columns.iter().any(|one| is_named(table.head(), key.column, one))
        {
            let number = self.opened - 1;
            let name = |value: &f64| (number, key.column, key.name(table.head(), *value));
            self.sensors = key.values.iter().map(name).collect();
            return Ok(());
        }
        let plan = match Plan::of(table.head(), &first, &self.options) {
            Ok(plan) => plan,
            // Other things stand beside recordings in files that hold several.
            Err(problem @ (Problem::NoNumbers { .. } | Problem::NoColumn { .. }))
                if table.head().name.is_some() =>
            {
                self.passed = self.passed.take().or(Some(problem));
                return Ok(());
            }
            Err(problem) => return Err(problem),
        };
        let keep = plan.keep();
        table.keep(&keep);
        let intervals = self.options.intervals.iter().flat_map(|all| {
            all.of(&self.path, plan.facts.taken)
                .into_iter()
                .map(|(start, end, label)| (start, end, label.to_owned()))
        });
        let name = inside(table.head().name.as_deref()) + &inside(sensor);
        let (intervals, skip) = (intervals.collect(), self.options.skip_first);
        let mut current = Current { intervals, table, plan, name, row: 0, skip, before: None };
        let is_all = keep.iter().copied().eq(0..first.columns());
        let first = if is_all { first } else { first.of_columns(&keep) };
        let first = current.in_turn(first)?;
        current.take(first, &mut self.queue)?;
        self.begun = true;
        self.current = Some(current);
        Ok(())
    }

    /// The rows of one sensor.
    fn sensor(
        &self,
        number: usize,
        column: usize,
        sensor: &str,
    ) -> Result<Box<dyn Table>, Problem> {
        let interleaved = || Problem::Interleaved { column: column + 1 };
        let mut tables = (self.again)()?.ok_or_else(interleaved)?;
        let mut table = None;
        for _ in 0..=number {
            table = tables.next()?;
        }
        let table = table.ok_or(Problem::Changed)?;
        let value = match table.head().columns.get(column).map(|column| &column.kind) {
            Some(Kind::Words(words)) => words.number(sensor),
            _ => sensor.parse().map_err(|_| Problem::Changed)?,
        };
        Ok(Box::new(Filtered::new(table, column, value)))
    }
}

fn is_named(head: &Head, column: usize, name: &str) -> bool {
    let is = |one: &crate::decode::Column| one.name.eq_ignore_ascii_case(name);
    head.columns.get(column).is_some_and(is) || name.parse() == Ok(column + 1)
}

/// What is put behind a path for something of this name inside a file.
fn inside(name: Option<&str>) -> String {
    match name {
        None => String::new(),
        Some(name) if name.starts_with('[') => name.to_owned(),
        Some(name) => format!("{}{}", std::path::MAIN_SEPARATOR, name.trim_start_matches('/')),
    }
}

impl Current {
    /// The rows of a block whose numbers are those of the axes in turn.
    fn in_turn(&self, block: Block) -> Result<Block, Problem> {
        let Some(axes) = self.plan.in_turn else { return Ok(block) };
        let found = block.len();
        if !found.is_multiple_of(axes) {
            return Err(Problem::Signal { line: 1, found, expected: axes });
        }
        let all: Vec<usize> = (0..axes).collect();
        Ok(Block::of_rows(block.axis(0), axes, &all))
    }

    /// How many axes its recordings have.
    fn axes(&self) -> usize {
        self.plan.in_turn.unwrap_or(self.plan.axes.len())
    }

    /// Takes rows of the columns that are kept: axes, time, label.
    fn take(&mut self, block: Block, queue: &mut VecDeque<Event>) -> Result<(), Problem> {
        let block = match self.skip.min(block.len()) {
            0 => block,
            skipped => {
                self.skip -= skipped;
                self.row += skipped as u64;
                block.of_some_rows(skipped..block.len())
            }
        };
        if block.len() == 0 {
            return Ok(());
        }
        let axes = self.axes();
        self.look(&block, axes)?;
        let mut from = 0;
        let parts = self.plan.label.or(self.plan.key);
        let is_simple = self.plan.time.is_none() && parts.is_none() && self.intervals.is_empty();
        if is_simple {
            if self.before.is_none() {
                let now = self.now(0, None, None);
                queue.push_back(Event::Begin(self.stretch(0, &now, None)));
                self.before = Some(now);
            }
            self.row += block.len() as u64;
            queue.push_back(Event::Rows(match self.plan.scale {
                Some(scale) => block.scaled(scale),
                None => block,
            }));
            return Ok(());
        }
        let times = self.plan.time.as_ref().map(|_| block.axis(axes));
        let label = parts.map(|_| block.axis(axes + usize::from(times.is_some())));
        for row in 0..block.len() {
            let now = self.now(row, times, label);
            if let Some(gap) = self.gap(&now) {
                if row > from {
                    queue.push_back(Event::Rows(self.rows(&block, from..row)));
                }
                queue.push_back(Event::Begin(self.stretch(row, &now, gap)));
                from = row;
            }
            self.before = Some(now);
        }
        self.row += block.len() as u64;
        queue.push_back(Event::Rows(self.rows(&block, from..block.len())));
        Ok(())
    }

    /// An error where an axis lacks a number.
    fn look(&self, block: &Block, axes: usize) -> Result<(), Problem> {
        // Without a branch for each number: mostly all are well.
        let is_well = |axis: usize| {
            !block.axis(axis).iter().fold(false, |lacks, value| lacks | !value.is_finite())
        };
        if (0..axes).all(is_well) {
            return Ok(());
        }
        let first = |axis: usize| {
            let at = block.axis(axis).iter().position(|value| !value.is_finite())?;
            Some((at, axis))
        };
        match (0..axes).filter_map(first).min() {
            None => Ok(()),
            Some((at, axis)) => {
                let column = self.plan.axes.get(axis).or(self.plan.axes.first()).copied();
                Err(self.table.wrong(column.unwrap_or_default(), self.row + at as u64))
            }
        }
    }

    /// What is known of a row.
    fn now(&self, row: usize, times: Option<&[f64]>, labels: Option<&[f64]>) -> Before {
        let before = self.before.as_ref();
        let time = times.and_then(|times| times.get(row)).copied().unwrap_or(f64::NAN);
        let since = match (&self.plan.time, before) {
            (_, None) => 0.0,
            (Some((_, clock)), Some(before)) if clock.unit.is_some() && time.is_finite() => {
                let step = clock.difference(before.time, time) * clock.unit.unwrap_or(1.0);
                before.since + if step.is_finite() { step } else { 0.0 }
            }
            (_, Some(before)) => before.since + self.plan.facts.rate_hz.map_or(0.0, f64::recip),
        };
        // A time that is missing is as the one before.
        let time = if time.is_finite() { time } else { before.map_or(time, |before| before.time) };
        let number = labels.and_then(|labels| labels.get(row)).copied();
        let key = number.filter(|_| self.plan.label.is_none()).map(f64::to_bits);
        let label = match number.filter(|_| key.is_none()) {
            Some(number) => Some(self.label(number)),
            None if self.intervals.is_empty() => None,
            None => {
                let within =
                    |(start, end, _): &&(f64, f64, String)| (*start..*end).contains(&since);
                let label = self.intervals.iter().find(within).map(|(.., label)| label.clone());
                Some(label.unwrap_or_else(|| UNLABELLED.to_owned()))
            }
        };
        Before { time, since, label, key }
    }

    fn label(&self, number: f64) -> String {
        let column = self.plan.label.and_then(|at| self.table.head().columns.get(at));
        let word = match column.map(|column| &column.kind) {
            Some(Kind::Words(words)) => words.word(number),
            _ => number.is_finite().then(|| number.to_string()),
        };
        // It becomes a part of a path.
        let word = word.map(|word| word.trim().replace(['/', '\\'], "_"));
        word.filter(|word| !word.is_empty()).unwrap_or_else(|| UNLABELLED.to_owned())
    }

    /// Whether a recording begins with this row, and the seconds that lack before it.
    fn gap(&self, now: &Before) -> Option<Option<f64>> {
        let Some(before) = &self.before else { return Some(None) };
        if let Some((_, clock)) = &self.plan.time
            && let Step::Hole(step) = clock.step(before.time, now.time)
        {
            return Some(Some(step * clock.unit.unwrap_or(f64::NAN)));
        }
        (before.label != now.label || before.key != now.key).then_some(None)
    }

    /// The recording that begins with this row of a block.
    fn stretch(&self, row: usize, now: &Before, hole_s: Option<f64>) -> Begin {
        let row = self.row + row as u64;
        let base = &self.plan.facts;
        let is_first = self.before.is_none();
        let name = match &now.label {
            Some(label) => {
                format!("{}{}{}", self.name, inside(Some(label)), inside(Some(&row.to_string())))
            }
            None if is_first => self.name.clone(),
            None => format!("{}[{row}]", self.name),
        };
        let mut facts = base.clone();
        if !is_first || now.label.is_some() {
            let taken = base.taken.zip(Duration::try_from_secs_f64(now.since).ok());
            facts.taken = taken.and_then(|(taken, since)| taken.checked_add(since));
            let about = base.about.as_deref().cloned().unwrap_or_default();
            let label = now.label.clone().or(about.label);
            facts.about = Some(Arc::new(About { row, start_s: now.since, hole_s, label, ..about }));
        }
        Begin { name, axes: self.axes(), facts }
    }

    /// Some rows of the axes.
    fn rows(&self, block: &Block, rows: std::ops::Range<usize>) -> Block {
        let axes = block.of_first_columns(self.axes(), rows);
        match self.plan.scale {
            Some(scale) => axes.scaled(scale),
            None => axes,
        }
    }
}
