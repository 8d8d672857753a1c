/* What Rust calls of a generated detector: NAME is what the model is called, MODEL what its names
 * begin with. The detector is included, as the distance alone is a function of its own. */
#include "detector.c"

#define JOINED(a, b) a##b
#define JOIN(a, b) JOINED(a, b)
#define OF(what) JOIN(MODEL, what)
#define CALL(what) JOIN(NAME, what)

static MODEL watch, fed;

void CALL(_start)(void);
int32_t CALL(_score)(const float *window, float *score);
int32_t CALL(_judge)(const float *window, uint32_t *said);
int32_t CALL(_push)(const float *window);
float CALL(_distance)(void);

void CALL(_start)(void) {
    OF(_init)(&watch);
    OF(_init)(&fed);
}

int32_t CALL(_score)(const float *window, float *score) {
    return (int32_t)OF(_score)(window, &watch.work, score);
}

/* Verdict, and the bits of the score that was decided on. */
int32_t CALL(_judge)(const float *window, uint32_t *said) {
    OF(_result) result;
    const OF(_status) status = OF(_judge_window)(&watch, window, &result);
    union {
        float number;
        uint32_t bits;
    } both;
    both.number = result.decision;
    said[0] = (uint32_t)result.verdict;
    said[1] = both.bits;
    return (int32_t)status;
}

/* A window, reading by reading: how the last push went. */
int32_t CALL(_push)(const float *window) {
    enum { LENGTH = sizeof(watch.window) / sizeof(float) / 3 };
    int32_t status = 0;
    for (int at = 0; at < LENGTH; at++) {
        const float reading[3] = {window[at], window[LENGTH + at], window[2 * LENGTH + at]};
        status = (int32_t)OF(_push)(&fed, reading);
    }
    return status;
}

/* The distance alone, of the features of the window that was scored last. */
float CALL(_distance)(void) {
#ifdef DISTANCE
    return detect(watch.work.features);
#else
    return 0.0f;
#endif
}
