// What is learnt on the board, and from how many windows.
#ifndef JUDDER_LEARNING_H
#define JUDDER_LEARNING_H

#include "learner.h"

// Windows that are learnt from, windows more that the threshold is chosen from, and the share of normal
// windows that may be above it. It promises no less than 1 / (CALIBRATE_WINDOWS + 1).
#define LEARN_WINDOWS @learn@
#define CALIBRATE_WINDOWS @calibrate@
#define FALSE_ALARM_RATE @false_alarm_rate@

// What is kept in flash belongs to these features and windows only.
#define TAG @tag@u

// The features: @features@
static const judder::Family FAMILIES[] = {@families@};

#endif
