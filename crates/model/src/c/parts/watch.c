/* ---- Windows that follow each other ---- */

//{ gates
/* The largest without signs, of as many numbers as axes are looked at. */
static float largest_of(const float *vector) {
    float largest = 0.0f;
    size_t at;
    for (at = 0; at < SEEING; at++) {
        largest = magnitude(vector[at]) > largest ? magnitude(vector[at]) : largest;
    }
    return largest;
}

/* The sum of squares over that of the largest, so that none over- or underflows. */
static float relative_squares(const float *vector, float largest) {
    float squares = 0.0f;
    size_t at;
    for (at = 0; at < SEEING; at++) {
        const float share = vector[at] / largest;
        squares += share * share;
    }
    return squares;
}

static float length_of(const float *vector) {
    const float largest = largest_of(vector);
    return largest > 0.0f ? square_root(relative_squares(vector, largest)) * largest : 0.0f;
}

//{ direction
/* The direction of a vector; 0 for one of length 0, of which that is said. */
static int direction_of(const float *vector, float *direction) {
    const float largest = largest_of(vector);
    const float length = square_root(relative_squares(vector, largest));
    size_t at;
    for (at = 0; at < SEEING; at++) {
        direction[at] = largest == 0.0f ? 0.0f : vector[at] / largest / length;
    }
    return largest != 0.0f;
}

//}
/* Where the sensor points, how far it turned, and how much it vibrates. */
typedef struct {
    float mean[SEEING];
    float shift;
    float activity;
    float rms;
    float vibration;
} posture;

/* The readings of the axes that are looked at. */
static const float *looked_at(const float *window, size_t axis) {
//{ every-axis
    return window + axis * WINDOW;
//}
//{ three-axes
    static const uint8_t SEEN[SEEING] = {@SEEN@};
    return window + SEEN[axis] * WINDOW;
//}
}

/* The sum of the squares that is left of readings where the straight line is taken off that fits them
 * best; total and square are the sums of the deviations and of their squares. */
static float beside_line(const float *readings, size_t length, float center, float total, float square) {
    const float count = (float)length;
    const float spread = count * (count * count - 1.0f) / 12.0f;
    float place = (1.0f - count) * 0.5f, weighted = 0.0f, line, left;
    size_t at;
    for (at = 0; at < length; at++) {
        weighted += place * (readings[at] - center);
        place += 1.0f;
    }
    line = spread > 0.0f ? weighted * (weighted / spread) : 0.0f;
    left = square - total * (total / count) - line;
    return left < 0.0f ? 0.0f : left;
}

/* The mean, how much larger it is in the last third of the readings than in the first, and the sums of
 * the squares of all that they do and of how they vibrate, to which they are added. */
static float movement_of(const float *readings, float *step, float *squares, float *vibration) {
    const size_t third = WINDOW / 3, middle_third = WINDOW - 2 * third;
    const float *const middle = readings + third, *const last = readings + (WINDOW - third);
    const float center = mean_of(readings, WINDOW);
    const float first_sum = sum_from(readings, third, center);
    const float middle_sum = sum_from(middle, middle_third, center);
    const float last_sum = sum_from(last, third, center);
    const float first_square = squares_from(readings, third, center);
    const float middle_square = squares_from(middle, middle_third, center);
    const float last_square = squares_from(last, third, center);
    *step = (last_sum - first_sum) / (float)third;
    *squares += ((0.0f + first_square) + middle_square) + last_square;
    *vibration += ((0.0f + beside_line(readings, third, center, first_sum, first_square)) +
                   beside_line(middle, middle_third, center, middle_sum, middle_square)) +
                  beside_line(last, third, center, last_sum, last_square);
    return center + (first_sum + middle_sum + last_sum) / (float)WINDOW;
}

static float root_mean(float squares) {
    const float mean = squares / (float)WINDOW;
    return mean < 9.8607613e-32f ? 0.0f : square_root(mean);
}

/* The root of the mean square of the deviations, less their part in a direction. */
static float normal_rms(const float *window, const float *means, const float *direction) {
    float lanes[16];
    size_t at, axis;
    for (at = 0; at < 16; at++) {
        lanes[at] = 0.0f;
    }
    for (at = 0; at < WINDOW; at++) {
        float along = 0.0f;
        for (axis = 0; axis < SEEING; axis++) {
            along += (looked_at(window, axis)[at] - means[axis]) * direction[axis];
        }
        for (axis = 0; axis < SEEING; axis++) {
            const float off = (looked_at(window, axis)[at] - means[axis]) - along * direction[axis];
            lanes[at % 16] += off * off;
        }
    }
    return root_mean(sum(lanes, 16));
}

static @name@_status posture_of(const float *window, posture *found) {
    float steps[SEEING], direction[SEEING], squares = 0.0f, vibration = 0.0f;
    size_t axis, at;
    int finite;
    for (axis = 0; axis < SEEING; axis++) {
        found->mean[axis] = movement_of(looked_at(window, axis), &steps[axis], &squares, &vibration);
    }
    found->shift = length_of(steps);
    found->rms = root_mean(squares);
    found->vibration = root_mean(vibration);
//{ no-direction
    for (axis = 0; axis < SEEING; axis++) {
        direction[axis] = 0.0f;
    }
//}
//{ has-direction
    (void)direction_of(found->mean, direction);
//}
    found->activity = normal_rms(window, found->mean, direction);
    finite = is_finite(found->shift) && is_finite(found->activity) && is_finite(found->rms) &&
             is_finite(found->vibration);
    for (axis = 0; axis < SEEING; axis++) {
        finite = finite && is_finite(found->mean[axis]);
    }
    if (finite) {
        return @NAME@_OK;
    }
    for (at = 0; at < AXES * WINDOW; at++) {
        if (!is_finite(window[at])) {
            return @NAME@_NOT_FINITE;
        }
    }
    return @NAME@_NOT_REPRESENTABLE;
}

//}
//{ mounting
/* How gravity lies against what is known: as in one of the mountings, turned, or of another length. */
typedef enum { GRAVITY_IS_SAME, GRAVITY_IS_TURNED, GRAVITY_IS_OTHER } gravity;

/* How far gravity points away from where it did: the squared chord of the angle, 4 at most. */
static float squared_chord(const float *mean, const float *known) {
    float direction[SEEING], chord = 0.0f;
    size_t axis;
    if (!direction_of(mean, direction)) {
        return 4.0f;
    }
    for (axis = 0; axis < SEEING; axis++) {
        chord += (known[axis] - direction[axis]) * (known[axis] - direction[axis]);
    }
    return chord < 4.0f ? chord : 4.0f;
}

static gravity gravity_of(const float *mean, int was) {
    const float length = length_of(mean);
    gravity found = GRAVITY_IS_SAME;
    size_t at;
    for (at = 0; at < MOUNTINGS; at++) {
        const float limit = was ? GRAVITY_SAME[at] : GRAVITY_MOVED[at];
        if (length < GRAVITY_LENGTH[at] * 0.8f || length * 0.8f > GRAVITY_LENGTH[at]) {
            found = at == 0 ? GRAVITY_IS_OTHER : found;
        } else if (squared_chord(mean, GRAVITY[at]) > limit) {
            found = GRAVITY_IS_TURNED;
        } else {
            return GRAVITY_IS_SAME;
        }
    }
    return found;
}

//}
//{ forget
/* After windows that are not judged, the next score is the first again; an alarm has ended. */
static void forget(@name@ *watch) {
//{ averaged
    watch->known = 0;
//}
//{ votes
    watch->above = 0;
    watch->near_above = 0;
//}
    watch->alarm = 0;
}

//}
//{ votes
static int count_ones(@votes@ bits) {
    int ones = 0;
    for (; bits != 0; bits &= bits - 1) {
        ones++;
    }
    return ones;
}

//}
/* Decides on the score of the next window, and what becomes of the alarm. */
static void decide(@name@ *watch, @name@_result *result) {
//{ logarithm
    const float score = result->score > 1.1754944e-38f ? result->score : 1.1754944e-38f;
    const float logarithm = natural_logarithm(score);
//}
    int above;
//{ averaged
    size_t at;
    for (at = 1; at < AVERAGED; at++) {
        watch->logarithms[at - 1] = watch->logarithms[at];
    }
    watch->logarithms[AVERAGED - 1] = logarithm;
    if (watch->known < AVERAGED) {
        watch->known++;
    }
    result->decision = result->score;
    if (watch->known > 1) {
        /* The geometric mean. */
        const float *known = watch->logarithms + (AVERAGED - watch->known);
        const float mean = exponential(mean_of(known, watch->known));
        result->decision = is_finite(mean) ? mean : result->score;
    }
//}
//{ unaveraged
    result->decision = result->score;
//}
    above = result->decision > THRESHOLD;
//{ votes
    watch->above = (@votes@)((watch->above << 1 | (above ? 1u : 0u)) & DECISIONS_MASK);
    watch->near_above =
        (@votes@)((watch->near_above << 1 | (result->decision > CLEARS_AT ? 1u : 0u)) & DECISIONS_MASK);
    watch->alarm = count_ones(watch->alarm ? watch->near_above : watch->above) >= VOTES;
//}
//{ by-window
    watch->alarm = above ? 1 : 0;
//}
    result->verdict = watch->alarm ? @NAME@_ANOMALY : @NAME@_NORMAL;
//{ drift
    if (!above) {
        if (watch->seen < DRIFT_OVER) {
            watch->seen++;
        }
        watch->level += (logarithm - watch->level) / (float)watch->seen;
    }
//}
}

static @name@_status judge_score(@name@ *watch, const float *window, @name@_result *result) {
    const @name@_status status = @name@_score(window, &watch->work, &result->score);
    if (status == @NAME@_OK) {
        decide(watch, result);
    }
    return status;
}

//{ gates
/* Judges a window, unless the sensor was moved in it or before it, or nothing runs. */
static @name@_status judge_or_not(@name@ *watch, const float *window, @name@_result *result) {
    posture now;
    @name@_status status = posture_of(window, &now);
//{ settle
    const uint32_t settling = watch->settling, left = settling > 0 ? settling - 1 : 0;
//}
//{ mounting
    gravity lies;
    int strong = 0;
//}
    if (status != @NAME@_OK) {
        return status;
    }
//{ mounting
    lies = gravity_of(now.mean, watch->remounted);
//{ strong
    strong = now.vibration > STRONG_ABOVE;
//}
//}
//{ handled
    /* Moved by more than vibration explains. */
//{ strong
    if (now.shift > HANDLED_ABOVE && now.shift > now.rms && !(now.vibration > STRONG_ABOVE)) {
//}
//{ not-strong
    if (now.shift > HANDLED_ABOVE && now.shift > now.rms) {
//}
        result->verdict = @NAME@_HANDLED;
//{ settle
        watch->settling = left;
//}
        return @NAME@_OK;
    }
//}
//{ mounting
    if (lies == GRAVITY_IS_OTHER || (lies == GRAVITY_IS_TURNED && strong)) {
        /* No mounting explains that: what is above the threshold is judged. */
        status = @name@_score(window, &watch->work, &result->score);
//{ settle
        watch->settling = status == @NAME@_OK ? left : settling;
//}
        if (status == @NAME@_OK && result->score > THRESHOLD) {
            decide(watch, result);
        } else if (status == @NAME@_OK) {
            result->score = 0.0f;
            result->verdict = @NAME@_REMOUNTED;
            forget(watch);
        }
        return status;
    }
    if (lies == GRAVITY_IS_TURNED) {
        result->verdict = @NAME@_REMOUNTED;
        watch->remounted = 1;
//{ settle
        watch->settling = left;
//}
        forget(watch);
        return @NAME@_OK;
    }
//}
//{ idle
    if (now.activity < IDLE_BELOW) {
        result->verdict = @NAME@_IDLE;
//{ mounting
        watch->remounted = 0;
//}
//{ settle
        watch->settling = SETTLE;
//}
        forget(watch);
        return @NAME@_OK;
    }
//}
//{ settle
//{ strong
    if (settling > 0 && !(now.vibration > STRONG_ABOVE)) {
//}
//{ not-strong
    if (settling > 0) {
//}
        result->verdict = @NAME@_SETTLING;
        watch->settling = left;
//{ mounting
        watch->remounted = 0;
//}
        forget(watch);
        return @NAME@_OK;
    }
//}
    status = judge_score(watch, window, result);
//{ settle
    watch->settling = status == @NAME@_OK ? left : settling;
//}
//{ mounting
    if (status == @NAME@_OK) {
        watch->remounted = 0;
    }
//}
    return status;
}

//}
