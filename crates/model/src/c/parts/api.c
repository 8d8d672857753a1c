/* ---- What the header declares ---- */

static int is_stuck(const float *readings) {
    size_t at = 1;
    while (at < WINDOW && readings[at] == readings[0]) {
        at++;
    }
    return at == WINDOW;
}

/* Why a window has no score: what comes first, by axis. */
static @name@_status why_not(const float *window) {
    size_t axis;
    for (axis = 0; axis < AXES; axis++) {
        if (!all_finite(window + axis * WINDOW)) {
            return @NAME@_NOT_FINITE;
        }
        if (is_stuck(window + axis * WINDOW)) {
            return @NAME@_STUCK_AXIS;
        }
    }
    return @NAME@_NOT_REPRESENTABLE;
}

@name@_status @name@_score(const float *window, @name@_work *work, float *score) {
//{ next
    float *next = work->features;
//}
    size_t at;
    for (at = 0; at < AXES; at++) {
        if (is_stuck(window + at * WINDOW)@blind@) {
            return why_not(window);
        }
    }
@FEATURES@    /* A reading that is not finite makes one of these that is not. */
    for (at = 0; at < FEATURES; at++) {
        if (!is_finite(work->features[at])) {
            return why_not(window);
        }
    }
    *score = detect(@DETECT@);
    return is_finite(*score) ? @NAME@_OK : @NAME@_NOT_REPRESENTABLE;
}

void @name@_init(@name@ *watch) {
    watch->filled = 0;
//{ skip
    watch->skip = 0;
//}
//{ averaged
    watch->known = 0;
//}
//{ votes
    watch->above = 0;
    watch->near_above = 0;
//}
    watch->alarm = 0;
//{ settle
    watch->settling = 0;
//}
//{ mounting
    watch->remounted = 0;
//}
//{ drift
    watch->seen = 0;
    watch->level = 0.0f;
//}
}

void @name@_gap(@name@ *watch) {
    watch->filled = 0;
//{ skip
    watch->skip = 0;
//}
}

@name@_status @name@_push(@name@ *watch, const float *reading) {
    size_t axis;
    if (watch->filled == WINDOW) {
//{ no-overlap
        watch->filled = 0;
//}
//{ overlap
        /* The oldest readings make room: windows overlap. */
        size_t at;
        for (axis = 0; axis < AXES; axis++) {
            float *readings = watch->window + axis * WINDOW;
            for (at = HOP; at < WINDOW; at++) {
                readings[at - HOP] = readings[at];
            }
        }
        watch->filled = WINDOW - HOP;
//}
    }
    for (axis = 0; axis < AXES; axis++) {
        if (!is_finite(reading[axis])) {
            @name@_gap(watch); /* the readings of a window follow each other */
            return @NAME@_NOT_FINITE;
        }
    }
//{ skip
    if (watch->skip > 0) {
        watch->skip--;
        return @NAME@_OK;
    }
//}
    for (axis = 0; axis < AXES; axis++) {
        watch->window[axis * WINDOW + watch->filled] = reading[axis];
    }
    watch->filled++;
    if (watch->filled < WINDOW) {
        return @NAME@_OK;
    }
//{ skip
    watch->skip = HOP - WINDOW;
//}
    return @NAME@_FULL;
}

@name@_status @name@_judge_window(@name@ *watch, const float *window, @name@_result *result) {
    const uint8_t before = watch->alarm;
    @name@_status status;
    result->score = 0.0f;
    result->decision = 0.0f;
//{ gates
    status = judge_or_not(watch, window, result);
//}
//{ no-gates
    status = judge_score(watch, window, result);
//}
    if (status != @NAME@_OK) {
        return status;
    }
    result->alarm = watch->alarm;
    result->alarm_changed = watch->alarm != before;
//{ drift
    result->drifting = watch->seen >= DRIFT_OVER / 2 && watch->level > DRIFT_ABOVE;
//}
//{ no-drift
    result->drifting = 0;
//}
    return @NAME@_OK;
}

@name@_status @name@_judge(@name@ *watch, @name@_result *result) {
    return @name@_judge_window(watch, watch->window, result);
}
