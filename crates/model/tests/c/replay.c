/* Replays recordings from standard input through a generated detector, and prints what it says.
 *
 * A recording is its length, a uint32_t, and its readings axis by axis. Each window is judged twice:
 * as an array, and fed reading by reading to another watch. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detector.h"

#define AXES JUDDER_DETECTOR_AXES
#define WINDOW JUDDER_DETECTOR_WINDOW
#define HOP JUDDER_DETECTOR_HOP

static uint32_t bits_of(float number) {
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static void print(const char *how, judder_detector_status status, const judder_detector_result *result) {
    if (status != JUDDER_DETECTOR_OK) {
        printf("%s %d\n", how, (int)status);
        return;
    }
    printf("%s 0 %d %08lx %08lx %d %d %d\n", how, (int)result->verdict,
           (unsigned long)bits_of(result->score), (unsigned long)bits_of(result->decision),
           result->alarm, result->alarm_changed, result->drifting);
}

/* The header says how large a watch is. */
int other_size(void);

int main(void) {
    static judder_detector whole, fed;
    uint32_t length;
    printf("size %d %d\n", (int)sizeof(judder_detector), other_size());
#ifdef SELF_TEST
    {
        static judder_detector_work work;
        printf("self-test %d\n", (int)judder_detector_self_test(&work));
    }
#endif
    judder_detector_init(&whole);
    judder_detector_init(&fed);
    while (fread(&length, sizeof length, 1, stdin) == 1) {
        float *readings = (float *)malloc(sizeof(float) * AXES * length);
        float *window = (float *)malloc(sizeof(float) * AXES * WINDOW);
        size_t at, axis;
        if (readings == NULL || window == NULL || fread(readings, sizeof(float) * AXES, length, stdin) != length) {
            return 1;
        }
        for (at = 0; at + WINDOW <= length; at += HOP) {
            judder_detector_result result;
            judder_detector_status status;
            for (axis = 0; axis < AXES; axis++) {
                memcpy(window + axis * WINDOW, readings + axis * length + at, sizeof(float) * WINDOW);
            }
            status = judder_detector_judge_window(&whole, window, &result);
            print("whole", status, &result);
        }
        judder_detector_gap(&fed);
        for (at = 0; at < length; at++) {
            float reading[AXES];
            judder_detector_status status;
            for (axis = 0; axis < AXES; axis++) {
                reading[axis] = readings[axis * length + at];
            }
            status = judder_detector_push(&fed, reading);
            if (status == JUDDER_DETECTOR_FULL) {
                judder_detector_result result;
                status = judder_detector_judge(&fed, &result);
                print("fed", status, &result);
            } else if (status != JUDDER_DETECTOR_OK) {
                printf("refused %d\n", (int)status);
            }
        }
        free(readings);
        free(window);
    }
    return 0;
}
