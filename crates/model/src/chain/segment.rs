//! The steps of a graph: between values that everything behind them passes through.

use judder_core::Activation;

use super::graph::{Constant, Graph, Id, Operator, Value};
use super::recognise;
use super::scalar::{Binary, Unary};
use super::{Chain, Step};
use crate::{FormatError, Network};

/// Of how many parts an activation is made at most.
const MOST_PARTS: usize = 16;

/// Why a graph gives no network.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// It holds something that judder cannot run.
    Unsupported(String),
    /// It rounds within an activation, at an operator of this name, so that it gives another.
    Rounded(String),
    /// It is of operators that are known, and yet no network.
    Format(FormatError),
}

impl Trouble {
    /// The error of a format, of which this is read, and this helps where an activation is rounded within.
    pub(crate) fn said(
        self,
        [readable, rounded]: [&str; 2],
        refused: impl Fn(String, &str) -> FormatError,
    ) -> FormatError {
        match self {
            Self::Unsupported(what) => refused(what, readable),
            Self::Rounded(name) => {
                refused(format!("{name}, an activation that is rounded to int8 within"), rounded)
            }
            Self::Format(error) => error,
        }
    }
}

impl From<String> for Trouble {
    fn from(what: String) -> Self {
        Self::Unsupported(what)
    }
}

/// What happens between two values.
enum Part {
    Step(Step),
    /// A function of each number by itself.
    Function(Function),
}

/// A part, and the operator that gives its value.
struct Named {
    part: Part,
    name: String,
}

/// Operators of one number each, the last of which gives the value.
struct Function {
    operators: Vec<(Operation, Vec<Source>)>,
}

enum Operation {
    Unary(Unary),
    Binary(Binary),
    Select,
}

/// What an operator takes.
enum Source {
    Argument,
    Fixed(f64),
    /// What an earlier operator gave.
    Given(usize),
}

impl Graph {
    /// The network from the input to a value.
    ///
    /// # Errors
    /// What judder cannot run.
    pub(crate) fn network(&mut self, output: Id) -> Result<Network, Trouble> {
        let mut chain = Chain::default();
        if self.double {
            chain.is_double();
        }
        let parts = self.parts(output, &mut chain)?;
        for step in steps(parts)? {
            chain.step(step)?;
        }
        chain.network().map_err(Trouble::Format)
    }

    /// What happens from one value that all passes through to the next.
    fn parts(&mut self, output: Id, chain: &mut Chain) -> Result<Vec<Named>, String> {
        let last_use = self.last_uses(output);
        let Some(input) = self.values.iter().position(|value| matches!(value, Value::Input)) else {
            return Err("a graph without an input".to_owned());
        };
        if let Some(width) = self.width(input) {
            chain.takes(width);
        }
        if last_use[input].is_none() {
            return Err("a graph whose output does not depend on its input".to_owned());
        }
        let (mut parts, mut from, mut between) = (Vec::new(), input, Vec::new());
        for at in input + 1..=output {
            let (Some(_), Value::Computed { name, .. }) = (last_use[at], &self.values[at]) else {
                continue;
            };
            let name = name.clone();
            between.push(at);
            let needed_later =
                |one: &Id| *one != at && last_use[*one].is_some_and(|last| last > at);
            if between.iter().chain([&from]).any(needed_later) {
                continue;
            }
            let part = match between.as_slice() {
                [_] => self.single(from, at)?,
                several => self.function(from, several)?,
            };
            parts.push(Named { part, name });
            from = at;
            between.clear();
        }
        Ok(parts)
    }

    /// The last value that each is used for; itself for the output, none for what leads nowhere.
    fn last_uses(&self, output: Id) -> Vec<Option<Id>> {
        let mut last = vec![None; self.values.len()];
        last[output] = Some(output);
        for at in (0..=output).rev() {
            if let (Some(_), Value::Computed { operator, .. }) = (last[at], &self.values[at]) {
                for id in operator.of() {
                    last[id] = last[id].max(Some(at));
                }
            }
        }
        last
    }

    /// What the operator of a value does to the value before it.
    fn single(&mut self, from: Id, at: Id) -> Result<Part, String> {
        let affine =
            |scale: Vec<f64>, shift: Vec<f64>| Ok(Part::Step(Step::Affine { scale, shift }));
        if let Value::Computed { operator: Operator::Dense { weights, bias, .. }, .. } =
            &mut self.values[at]
        {
            // They are large, and are not needed here any more.
            let (weights, bias) = (std::mem::take(weights), std::mem::take(bias));
            return Ok(Part::Step(Step::Dense { weights, bias }));
        }
        let Value::Computed { operator, name } = &self.values[at] else {
            return self.function(from, &[]);
        };
        match *operator {
            Operator::Unary(Unary::Activation(activation), _) => {
                Ok(Part::Step(Step::Activation(activation)))
            }
            Operator::Unary(Unary::Negative, _) => affine(vec![-1.0], vec![0.0]),
            Operator::Binary(binary, a, b) => {
                let row = |id| self.fixed(id).map(|constant| row(constant, name)).transpose();
                let negative = |row: Vec<f64>| row.into_iter().map(|x| -x).collect();
                match (binary, row(a)?, row(b)?) {
                    (Binary::Add, Some(row), _) | (Binary::Add, _, Some(row)) => {
                        affine(vec![1.0], row)
                    }
                    (Binary::Subtract, _, Some(row)) => affine(vec![1.0], negative(row)),
                    (Binary::Subtract, Some(row), _) => affine(vec![-1.0], row),
                    (Binary::Multiply, Some(row), _) | (Binary::Multiply, _, Some(row)) => {
                        affine(row, vec![0.0])
                    }
                    (Binary::Divide, _, Some(row)) => {
                        affine(row.into_iter().map(f64::recip).collect(), vec![0.0])
                    }
                    _ => self.function(from, &[at]),
                }
            }
            _ => self.function(from, &[at]),
        }
    }

    /// Some operators as a function of the value that they begin with.
    fn function(&self, from: Id, members: &[Id]) -> Result<Part, String> {
        let mut operators = Vec::new();
        for &at in members {
            let Value::Computed { operator, name } = &self.values[at] else { continue };
            let operation = match operator {
                Operator::Dense { .. } => {
                    return Err(format!("a graph that is no chain: {name} is one of several ways"));
                }
                &Operator::Unary(unary, _) => Operation::Unary(unary),
                &Operator::Binary(binary, _, _) => Operation::Binary(binary),
                Operator::Select(..) => Operation::Select,
            };
            let source = |id: Id| match (self.fixed(id), members.iter().position(|&one| one == id))
            {
                _ if id == from => Ok(Source::Argument),
                (_, Some(given)) => Ok(Source::Given(given)),
                (Some(constant), None) => uniform(constant).map(Source::Fixed).ok_or_else(|| {
                    format!("{name} of a constant for each number beside other operators")
                }),
                (None, None) => Err(format!("a graph that is no chain at {name}")),
            };
            let sources = operator.of().into_iter().map(source).collect::<Result<_, _>>()?;
            operators.push((operation, sources));
        }
        Ok(Part::Function(Function { operators }))
    }
}

impl Function {
    fn of(&self, x: f64, rounded: bool) -> f64 {
        let mut given: Vec<f64> = Vec::with_capacity(self.operators.len());
        for (operation, sources) in &self.operators {
            let number = |at: usize| match sources.get(at) {
                Some(Source::Argument) => x,
                Some(&Source::Fixed(number)) => number,
                Some(&Source::Given(at)) => given.get(at).copied().unwrap_or(f64::NAN),
                None => f64::NAN,
            };
            given.push(match operation {
                Operation::Unary(Unary::Activation(Activation::FakeQuant { .. })) if !rounded => {
                    number(0)
                }
                Operation::Unary(unary) => unary.of(number(0)),
                Operation::Binary(binary) => binary.of(number(0), number(1)),
                Operation::Select => number(if number(0) == 0.0 { 2 } else { 1 }),
            });
        }
        given.last().copied().unwrap_or(x)
    }
}

impl Part {
    /// What it makes of a number, if it does the same to all of them; with what is rounded, or without, as
    /// rounding does not tell which activation it is.
    fn of(&self, x: f64, rounded: bool) -> Option<f64> {
        match self {
            Self::Step(Step::Dense { .. }) => None,
            Self::Step(Step::Affine { scale, shift }) => Some(same(scale)? * x + same(shift)?),
            Self::Step(Step::Activation(Activation::FakeQuant { .. })) if !rounded => Some(x),
            Self::Step(Step::Activation(activation)) => Some(activation.of(x)),
            Self::Function(function) => Some(function.of(x, rounded)),
        }
    }

    /// The grid that it rounds to, if it does nothing else.
    fn grid(&self) -> Option<(f32, i8)> {
        match *self {
            Self::Step(Step::Activation(Activation::FakeQuant { scale, zero_point })) => {
                Some((scale, zero_point))
            }
            _ => None,
        }
    }
}

/// The steps that the parts are: functions are activations, several together one.
fn steps(mut parts: Vec<Named>) -> Result<Vec<Step>, Trouble> {
    let (mut steps, mut at) = (Vec::new(), 0);
    while let Some(rest) = parts.get(at..).filter(|rest| !rest.is_empty()) {
        let found = counts(rest).find_map(|count| Some((count, recognised(rest.get(..count)?)?)));
        if let Some((count, (factor, activation))) = found {
            let (some, behind) = rest.split_at(count);
            if !rounds_as(some, steps.last(), behind.first(), factor, activation) {
                return Err(Trouble::Rounded(
                    some.first().map(|one| one.name.clone()).unwrap_or_default(),
                ));
            }
            steps.push(Step::Activation(activation));
            if factor != 1.0 {
                steps.push(Step::Affine { scale: vec![factor], shift: vec![0.0] });
            }
            at += count;
            continue;
        }
        let nothing = Part::Step(Step::Activation(Activation::Linear));
        let one = &mut parts[at];
        match std::mem::replace(&mut one.part, nothing) {
            Part::Step(step) => steps.push(step),
            Part::Function(_) => {
                let name = &one.name;
                let what = format!("{name}, which makes no activation that judder has");
                return Err(Trouble::Unsupported(what));
            }
        }
        at += 1;
    }
    Ok(steps)
}

/// Of how many parts from here on an activation may be made, as many as can be first.
///
/// What is multiplied or added before or behind an activation is none of it, unless it takes that to be one.
fn counts(rest: &[Named]) -> impl Iterator<Item = usize> {
    let plain = |one: &Named| matches!(one.part, Part::Step(_));
    let before = rest.iter().take_while(|one| plain(one)).count();
    let alone = before > 0
        && rest.get(before..).is_some_and(|rest| {
            (1..=rest.len().min(MOST_PARTS))
                .any(|count| rest.get(..count).and_then(recognised).is_some())
        });
    let most = if alone { 0 } else { rest.len().min(MOST_PARTS) };
    let adds = |count: usize| {
        let last = count.checked_sub(1).and_then(|at| rest.get(at));
        matches!(last.map(|one| &one.part),
            Some(Part::Step(Step::Affine { shift, .. })) if shift.iter().any(|&x| x != 0.0))
    };
    let (last, first): (Vec<usize>, Vec<usize>) = (1..=most).rev().partition(|&count| adds(count));
    first.into_iter().chain(last)
}

/// The activation that some parts together are, and the factor.
fn recognised(some: &[Named]) -> Option<(f64, Activation)> {
    let ends = [some.first()?, some.last()?];
    // What is rounded before and behind an activation is none of it.
    if ends.into_iter().any(|one| one.part.grid().is_some()) {
        return None;
    }
    if !some.iter().any(|one| matches!(one.part, Part::Function(_))) {
        return None;
    }
    let whole = |x: f64| some.iter().try_fold(x, |x, one| one.part.of(x, false));
    whole(1.0)?;
    recognise::activation(|x| whole(x).unwrap_or(f64::NAN))
}

/// Whether parts that are rounded in between give what the activation gives, to a step of the grid behind them.
fn rounds_as(
    some: &[Named],
    before: Option<&Step>,
    behind: Option<&Named>,
    factor: f64,
    activation: Activation,
) -> bool {
    let Some((scale, _)) = behind.and_then(|one| one.part.grid()) else { return true };
    let (step, zero_point) = match before {
        Some(&Step::Activation(Activation::FakeQuant { scale, zero_point })) => {
            (f64::from(scale), zero_point)
        }
        _ => (1.0 / 16.0, 0),
    };
    (i8::MIN..=i8::MAX).all(|q| {
        let x = step * f64::from(i16::from(q) - i16::from(zero_point));
        let rounded = some.iter().try_fold(x, |x, one| one.part.of(x, true));
        let apart = rounded.unwrap_or(f64::NAN) - factor * activation.of(x);
        apart.abs() <= f64::from(scale)
    })
}

/// The constants of a row, one for each number or one for all.
fn row(constant: &Constant, name: &str) -> Result<Vec<f64>, String> {
    let last = constant.shape.last().copied().unwrap_or(1);
    let count = constant.values.len();
    if count == 0 || (count != 1 && count != last) {
        return Err(format!("{name} of a constant of the shape {:?}", constant.shape));
    }
    Ok(constant.values.clone())
}

/// The number that all of a constant are.
fn uniform(constant: &Constant) -> Option<f64> {
    same(&constant.values)
}

fn same(values: &[f64]) -> Option<f64> {
    let (&first, others) = values.split_first()?;
    others.iter().all(|&x| x == first).then_some(first)
}

#[cfg(test)]
mod tests;
