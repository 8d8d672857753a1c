/* ---- Windows that follow each other ---- */

//{ gates
/* The largest without signs. */
static float largest_of(const float *vector) {
    float largest = 0.0f;
    size_t at;
    for (at = 0; at < AXES; at++) {
        largest = magnitude(vector[at]) > largest ? magnitude(vector[at]) : largest;
    }
    return largest;
}

/* The sum of squares over that of the largest, so that none over- or underflows. */
static float relative_squares(const float *vector, float largest) {
    float squares = 0.0f;
    size_t at;
    for (at = 0; at < AXES; at++) {
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
    for (at = 0; at < AXES; at++) {
        direction[at] = largest == 0.0f ? 0.0f : vector[at] / largest / length;
    }
    return largest != 0.0f;
}

//}
/* Where the sensor points, how far it turned, and how much it vibrates. */
typedef struct {
    float mean[AXES];
    float shift;
    float activity;
} posture;

/* The mean, and how much larger it is in the last third of the readings than in the first. */
static float mean_and_step(const float *readings, float *step) {
    const size_t third = WINDOW / 3;
    const float near_mean = mean_of(readings, WINDOW);
    const float first = sum_from(readings, third, near_mean);
    const float middle = sum_from(readings + third, WINDOW - 2 * third, near_mean);
    const float last = sum_from(readings + (WINDOW - third), third, near_mean);
    *step = (last - first) / (float)third;
    return near_mean + (first + middle + last) / (float)WINDOW;
}

/* The root of the mean square of the deviations, less their part in a direction. */
static float normal_rms(const float *window, const float *means, const float *direction) {
    float lanes[16], squares;
    size_t at, axis;
    for (at = 0; at < 16; at++) {
        lanes[at] = 0.0f;
    }
    for (at = 0; at < WINDOW; at++) {
        float along = 0.0f;
        for (axis = 0; axis < AXES; axis++) {
            along += (window[axis * WINDOW + at] - means[axis]) * direction[axis];
        }
        for (axis = 0; axis < AXES; axis++) {
            const float off = (window[axis * WINDOW + at] - means[axis]) - along * direction[axis];
            lanes[at % 16] += off * off;
        }
    }
    squares = sum(lanes, 16) / (float)WINDOW;
    return squares < 9.8607613e-32f ? 0.0f : square_root(squares);
}

static @name@_status posture_of(const float *window, posture *found) {
    float steps[AXES], direction[AXES];
    size_t axis, at;
    int finite;
    for (axis = 0; axis < AXES; axis++) {
        found->mean[axis] = mean_and_step(window + axis * WINDOW, &steps[axis]);
    }
    found->shift = length_of(steps);
//{ one-axis
    direction[0] = 0.0f;
//}
//{ many-axes
    (void)direction_of(found->mean, direction);
//}
    found->activity = normal_rms(window, found->mean, direction);
    finite = is_finite(found->shift) && is_finite(found->activity);
    for (axis = 0; axis < AXES; axis++) {
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
/* How far gravity points away from where it did: the squared chord of the angle, 4 at most. A mean
 * that is not as long as gravity was counts as opposite. */
static float squared_chord(const float *mean) {
    const float length = length_of(mean);
    float direction[AXES], chord = 0.0f;
    size_t axis;
    if (length < GRAVITY_LENGTH * 0.5f || length * 0.5f > GRAVITY_LENGTH || !direction_of(mean, direction)) {
        return 4.0f;
    }
    for (axis = 0; axis < AXES; axis++) {
        chord += (GRAVITY[axis] - direction[axis]) * (GRAVITY[axis] - direction[axis]);
    }
    return chord < 4.0f ? chord : 4.0f;
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
//{ mounting
    watch->remounted = 0;
//}
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
    const @name@_status status = posture_of(window, &now);
//{ mounting
    int remounted;
//}
    if (status != @NAME@_OK) {
        return status;
    }
//{ mounting
    remounted = squared_chord(now.mean) > (watch->remounted ? GRAVITY_SAME : GRAVITY_MOVED);
//}
//{ handled
    if (now.shift > HANDLED_ABOVE) {
        result->verdict = @NAME@_HANDLED;
        return @NAME@_OK;
    }
//}
//{ mounting
    if (remounted) {
        result->verdict = @NAME@_REMOUNTED;
        watch->remounted = 1;
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
        forget(watch);
        return @NAME@_OK;
    }
//}
    return judge_score(watch, window, result);
}

//}
