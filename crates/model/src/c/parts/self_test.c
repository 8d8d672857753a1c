
/* ---- The self-test ---- */

//{ golden
static const float GOLDEN_WINDOWS[@golden@][AXES * WINDOW] = {
@golden_windows@};

//}
/* The bits of the score of each window. */
static const uint32_t GOLDEN_SCORES[@golden@] = {@golden_scores@};

//{ synthetic
/* Readings from a linear congruence (Numerical Recipes), as exact numbers. */
static float synthetic(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return (float)((int32_t)(*state >> 20) - 2048) * 0.00048828125f;
}

//}
size_t @name@_self_test(@name@_work *work) {
    size_t at;
//{ synthetic
    uint32_t state = 1;
    static float window[AXES * WINDOW];
//}
    for (at = 0; at < @golden@; at++) {
        float score = 0.0f;
//{ synthetic
        size_t reading;
        for (reading = 0; reading < AXES * WINDOW; reading++) {
            window[reading] = synthetic(&state);
        }
//}
        if (@name@_score(@golden_window@, work, &score) != @NAME@_OK ||
            bits_of(score) != GOLDEN_SCORES[at]) {
            return at + 1;
        }
    }
    return 0;
}
