//! Many recordings by pieces, on all threads and in order.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use rayon::{Scope, Yield};

use super::open::Raw;
use super::{Cut, Piece, Pieces};
use crate::Source;
use crate::error::DataError;

/// The most files that one thread reads before its results are taken.
const MOST_FILES: usize = 64;

/// The most results that are waited for at a time.
const MOST_WAITING: usize = 32;

/// What comes of reading sources by pieces, in order.
#[derive(Debug)]
pub enum Step<R> {
    /// A piece was mapped.
    Piece {
        /// The number of its source.
        source: usize,
        /// The bytes of the file that are read so far; 0 of a short one.
        read: u64,
        /// What came of it.
        result: R,
    },
    /// A source is read.
    End {
        /// Its number.
        source: usize,
        /// Why it could not be read to its end. A whole read would have given nothing else.
        outcome: Result<(), DataError>,
    },
}

/// Reads sources a piece at a time and maps each on all threads. `take` is called on this thread, in the
/// order of the sources and of the pieces in each, as they come; with [`ControlFlow::Break`] it ends the reading.
///
/// What is in memory does not grow with the length or the number of the files. Windows that are cut from the
/// pieces are those of the whole recordings, and pieces depend on the file and the cut alone, not on the number
/// of threads.
///
/// # Examples
/// The readings of each recording, as they come:
/// ```no_run
/// use std::ops::ControlFlow;
///
/// use judder_data::{Cut, Piece, Step, map_pieces, sources};
///
/// let sources = sources("recordings/fan".as_ref())?;
/// let fresh = |piece: &Piece| piece.recording.len() - piece.fresh;
/// let mut readings = 0;
/// map_pieces(&sources, Cut::readings(), fresh, |step| {
///     match step {
///         Step::Piece { result, .. } => readings += result,
///         Step::End { outcome: Ok(()), .. } => {}
///         Step::End { outcome: Err(error), .. } => eprintln!("{error}"),
///     }
///     ControlFlow::Continue(())
/// });
/// # Ok::<(), judder_data::DataError>(())
/// ```
pub fn map_pieces<R: Send>(
    sources: &[Source],
    cut: Cut,
    map: impl Fn(&Piece) -> R + Sync,
    mut take: impl FnMut(Step<R>) -> ControlFlow<()>,
) {
    let threads = rayon::current_num_threads();
    let group = (sources.len() / (4 * threads)).clamp(1, MOST_FILES);
    let work = Work { sources, cut, map: &map, waiting: (2 * threads).clamp(2, MOST_WAITING) };
    rayon::in_place_scope(|scope| {
        let mut queue = VecDeque::new();
        let mut next = 0;
        loop {
            while queue.len() < work.waiting && next < sources.len() {
                let end = (next + group).min(sources.len());
                queue.push_back(work.begin(scope, next, end));
                next = end;
            }
            let Some(Some(read)) = queue.pop_front().map(wait) else { break };
            if work.finish(scope, read, &mut take).is_break() {
                break;
            }
        }
    });
}

struct Work<'w, M> {
    sources: &'w [Source],
    cut: Cut,
    map: &'w M,
    waiting: usize,
}

/// What one thread has read of some sources.
struct Read<R> {
    /// The results of the first of them.
    short: Vec<(usize, Result<Vec<R>, DataError>)>,
    /// The first that is long, and the others behind it up to the end.
    long: Option<(usize, Box<Pieces>, usize)>,
}

impl<'w, M> Work<'w, M> {
    /// Reads these sources on some thread, up to one that is long.
    fn begin<'s, R: Send + 's>(
        &self,
        scope: &Scope<'s>,
        first: usize,
        end: usize,
    ) -> Receiver<Read<R>>
    where
        M: Fn(&Piece) -> R + Sync,
        'w: 's,
    {
        let (sources, cut, map) = (self.sources, self.cut, self.map);
        let (to, from) = channel();
        scope.spawn(move |_| {
            let mut read = Read { short: Vec::with_capacity(end - first), long: None };
            let mut buffer = Vec::new();
            for (at, source) in sources.iter().enumerate().take(end).skip(first) {
                let mut pieces = match Pieces::open(source, cut, &mut buffer) {
                    Ok(pieces) => pieces,
                    Err(error) => {
                        read.short.push((at, Err(error)));
                        continue;
                    }
                };
                if pieces.is_long() {
                    read.long = Some((at, Box::new(pieces), end));
                    break;
                }
                let mapped = pieces.by_ref().map(|piece| piece.map(|piece| map(&piece)));
                read.short.push((at, mapped.collect()));
            }
            // Nobody may be waiting any more.
            let _ = to.send(read);
        });
        from
    }

    /// Takes what was read, and reads on where something is long.
    fn finish<'s, R: Send + 's>(
        &self,
        scope: &Scope<'s>,
        read: Read<R>,
        take: &mut impl FnMut(Step<R>) -> ControlFlow<()>,
    ) -> ControlFlow<()>
    where
        M: Fn(&Piece) -> R + Sync,
        'w: 's,
    {
        let mut read = read;
        loop {
            for (source, mapped) in read.short {
                let outcome = match mapped {
                    Ok(results) => {
                        for result in results {
                            take(Step::Piece { source, read: 0, result })?;
                        }
                        Ok(())
                    }
                    Err(error) => Err(error),
                };
                take(Step::End { source, outcome })?;
            }
            let Some((source, pieces, end)) = read.long else { return ControlFlow::Continue(()) };
            let outcome = self.long(scope, source, *pieces, take)?;
            take(Step::End { source, outcome })?;
            match wait(self.begin(scope, source + 1, end)) {
                Some(next) => read = next,
                None => return ControlFlow::Break(()),
            }
        }
    }

    /// Maps the pieces of one source.
    fn long<'s, R: Send + 's>(
        &self,
        scope: &Scope<'s>,
        source: usize,
        mut pieces: Pieces,
        take: &mut impl FnMut(Step<R>) -> ControlFlow<()>,
    ) -> ControlFlow<(), Result<(), DataError>>
    where
        M: Fn(&Piece) -> R + Sync,
        'w: 's,
    {
        let mut queue: VecDeque<(u64, Receiver<Option<R>>)> = VecDeque::new();
        let mut outcome = None;
        loop {
            while outcome.is_none() && queue.len() < self.waiting {
                match pieces.next_raw() {
                    Some(Ok(raw)) => {
                        queue.push_back((pieces.read(), self.map(scope, source, raw)));
                    }
                    Some(Err(error)) => outcome = Some(Err(error)),
                    None => outcome = Some(Ok(())),
                }
            }
            let Some((read, result)) = queue.pop_front() else {
                return ControlFlow::Continue(outcome.unwrap_or(Ok(())));
            };
            match wait(result) {
                Some(Some(result)) => take(Step::Piece { source, read, result })?,
                Some(None) => {}
                None => return ControlFlow::Break(()),
            }
        }
    }

    fn map<'s, R: Send + 's>(
        &self,
        scope: &Scope<'s>,
        source: usize,
        raw: Raw,
    ) -> Receiver<Option<R>>
    where
        M: Fn(&Piece) -> R + Sync,
        'w: 's,
    {
        let (source, map) = (&self.sources[source], self.map);
        let (to, from) = channel();
        scope.spawn(move |_| {
            let _ = to.send(Pieces::piece(source, raw).map(|piece| map(&piece)));
        });
        from
    }
}

/// What a thread sends; none where it panicked, which the scope tells.
fn wait<T>(from: Receiver<T>) -> Option<T> {
    if rayon::current_thread_index().is_none() {
        return from.recv().ok();
    }
    // One of the threads that are to do the work.
    loop {
        match from.try_recv() {
            Ok(result) => return Some(result),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => {
                if rayon::yield_now() != Some(Yield::Executed) {
                    std::thread::yield_now();
                }
            }
        }
    }
}
