//! A button that counts when it is held.

/// How long it has to be held.
const HELD_MS: u64 = 2000;

/// Looks at a button again and again, and says once when it has been held for 2 s. One that is down
/// since the start does not count before it was let go.
#[derive(Debug, Clone)]
pub struct Button {
    since_ms: Option<u64>,
    told: bool,
}

impl Default for Button {
    fn default() -> Self {
        Self { since_ms: None, told: true }
    }
}

impl Button {
    /// What a look at the button says.
    pub fn held(&mut self, is_down: bool, now_ms: u64) -> bool {
        if !is_down {
            *self = Self { since_ms: None, told: false };
            return false;
        }
        let since_ms = *self.since_ms.get_or_insert(now_ms);
        let held = !self.told && now_ms.saturating_sub(since_ms) >= HELD_MS;
        self.told |= held;
        held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_once_each_time() {
        let mut button = Button::default();
        let mut told = [0_u32; 2];
        for now_ms in 0..10_000 {
            // Down since the start; let go for a moment at 1 s and at 5 s.
            let is_down = now_ms != 1_000 && now_ms != 5_000;
            if button.held(is_down, now_ms) {
                told[usize::from(now_ms > 5_000)] += 1;
                assert!(now_ms == 3_001 || now_ms == 7_001, "{now_ms}");
            }
        }
        assert_eq!(told, [1, 1]);
        let mut button = Button::default();
        assert!((0..10_000).all(|now_ms| !button.held(true, now_ms)), "down since the start");
    }
}
