//! Where recordings may be cut.

/// The numbers of a piece that is not the last, where a window is shorter: 1 MiB of them.
const NUMBERS: usize = 1 << 17;

/// How windows are cut from a recording, so that it is parted between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    window: usize,
    hop: usize,
}

impl Cut {
    /// Windows of so many readings, each so many after the one before; 0 counts as 1.
    pub fn new(window: usize, hop: usize) -> Self {
        Self { window: window.max(1), hop: hop.max(1) }
    }

    /// Every reading once.
    pub fn readings() -> Self {
        Self::new(1, 1)
    }

    /// Nowhere: a recording is one piece, however long.
    pub fn whole() -> Self {
        Self::new(usize::MAX, 1)
    }

    /// Readings of a window.
    pub fn window(&self) -> usize {
        self.window
    }

    /// Readings from the start of one window to that of the next.
    pub fn hop(&self) -> usize {
        self.hop
    }

    /// How far the start of a piece is behind that of the one before, and how many readings it has; of a
    /// recording of so many axes, and of all pieces but the last.
    pub(super) fn stride(&self, axes: usize) -> (usize, usize) {
        let Self { window, hop } = *self;
        let readings = NUMBERS / axes.max(1);
        let fitting = readings.saturating_sub(window) / hop + 1;
        // Of windows longer than that a piece has some, too, else each would be copied for every hop.
        let windows = fitting.max(readings / 2 / hop);
        let stride = windows.saturating_mul(hop);
        (stride, stride.max((stride - hop).saturating_add(window)))
    }
}
