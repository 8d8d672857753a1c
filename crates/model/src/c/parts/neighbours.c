/* The mean squared distance to the most similar normal windows. */
static float detect(const float *features, float *nearest) {
    size_t row, at, found = 0;
    float total = 0.0f;
    for (row = 0; row < ROWS; row++) {
        float moving = 0.0f;
        for (at = 0; at < FEATURES; at++) {
            const float d = (features[at] - NORMAL_ROWS[row][at]) * SCALE[at];
            moving += d * d;
        }
        /* Sorted in, the smallest first; what is not finite is behind all others. */
        for (at = 0; at < found; at++) {
            if (moving < nearest[at] || !is_finite(nearest[at])) {
                const float pushed = nearest[at];
                nearest[at] = moving;
                moving = pushed;
            }
        }
        if (found < NEAREST) {
            nearest[found++] = moving;
        }
    }
    for (at = 0; at < NEAREST; at++) {
        total += nearest[at];
    }
    return total / (float)NEAREST;
}

