/* @title@
 *
@about@
 *
 * Memory: @memory@
 * Code and instructions, on some chips: the table in docs/on-the-chip.md of judder.
 *
 * Use, with readings in @unit_doc@ and at the rate of the model:
 *
 *     static @name@ watch;                   // @state@ bytes
 *     @name@_init(&watch);
 *     for (;;) {
 *         float reading[@NAME@_AXES];        // @axes_doc@, as the sensor gives them
 *         read_sensor(reading);
 *         @name@_result result;
 *         if (@name@_push(&watch, reading) == @NAME@_FULL &&
 *             @name@_judge(&watch, &result) == @NAME@_OK && result.alarm_changed) {
 *             set_buzzer(result.alarm);
 *         }
 *     }
 *
 * Scores have the very bits of `judder score`. For that floats are computed as they stand here:
 * give the compiler -ffp-contract=off, and never -ffast-math.
 *
 * C99 or C++; no library is needed, and nothing is allocated.
 */
#ifndef @NAME@_H
#define @NAME@_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Axes of a reading, readings of a window, readings from one window to the next. */
#define @NAME@_AXES @axes@
#define @NAME@_WINDOW @window@
#define @NAME@_HOP @hop@

/* Readings in a second. */
#define @NAME@_RATE_HZ @rate@

/* A score above this is strange. */
#define @NAME@_THRESHOLD @threshold@

/* What the numbers of `features` are: @feature_names@ */
#define @NAME@_FEATURES @features@

/* How a call went. A score is never one of these, and none of these is a score. */
typedef enum {
    @NAME@_OK = 0,
    /* The reading was the last of a window: judge it. */
    @NAME@_FULL,
    /* A reading is infinite or not a number. @name@_push starts the window anew. */
    @NAME@_NOT_FINITE,
    /* All readings of an axis are equal: the sensor is dead or disconnected. */
    @NAME@_STUCK_AXIS,
    /* The readings are too large or too small to be computed with. */
    @NAME@_NOT_REPRESENTABLE
} @name@_status;

typedef enum {
    @NAME@_NORMAL = 0,
    @NAME@_ANOMALY,
    /* Not judged: the machine stands still, */
    @NAME@_IDLE,
    /* the sensor was moved or held, */
    @NAME@_HANDLED,
    /* it is mounted in another way than when the model was trained, */
    @NAME@_REMOUNTED,
    /* or the machine has not settled yet. */
    @NAME@_SETTLING
} @name@_verdict;

/* What came of a window. */
typedef struct {
    @name@_verdict verdict;
    /* Of the window by itself, and the one that was decided on: with those before it, where scores
     * are averaged. Both are 0 where the window is not judged. */
    float score;
    float decision;
    /* Whether there is an alarm, and whether this window raised or cleared it. */
    uint8_t alarm;
    uint8_t alarm_changed;
    /* Whether scores are too high in the long run. */
    uint8_t drifting;
} @name@_result;

//{ spectrum
/* A power spectrum while it is computed. */
typedef struct {
    float power[@pairs@];
//{ shared
    float total[@pairs@];
//}
    float pairs[@pairs@][2];
} @name@_spectrum;

//}
/* Room to work in; what is in it means something only during a call, but for the features. */
typedef struct {
    float features[@NAME@_FEATURES];
@work@} @name@_work;

/* A watch over one sensor. Its fields are its own. */
typedef struct {
    float window[@NAME@_AXES * @NAME@_WINDOW];
    @name@_work work;
@fields@} @name@;

/* Starts a watch that has seen nothing yet. */
void @name@_init(@name@ *watch);

/* Takes one reading, a number for each axis; @NAME@_FULL when that completes a window. */
@name@_status @name@_push(@name@ *watch, const float *reading);

/* Judges the window just completed. */
@name@_status @name@_judge(@name@ *watch, @name@_result *result);

/* The readings so far and the next do not follow each other: starts the window anew. */
void @name@_gap(@name@ *watch);

/* Judges a window given as an array, axis by axis: all x, then all y, ... After any status but
 * @NAME@_OK the watch is as it was, and the result means nothing. */
@name@_status @name@_judge_window(@name@ *watch, const float *window, @name@_result *result);

/* The score of such a window by itself, which no watch has to see. */
@name@_status @name@_score(const float *window, @name@_work *work, float *score);

//{ self-test
/* Scores @test_vectors@ and compares bits with what judder computed: 0 where all are
 * equal, else which is not, counted from 1. */
size_t @name@_self_test(@name@_work *work);

//}
#ifdef __cplusplus
}
#endif

#endif
