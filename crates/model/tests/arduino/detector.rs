//! A detector in C that is none: the names that the sketch uses of one.

/// Its header.
pub(crate) const HEADER: &str = r#"
#ifndef FAN_H
#define FAN_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#define FAN_AXES 3
#define FAN_WINDOW 64
#define FAN_FEATURES 3
typedef enum { FAN_OK = 0, FAN_FULL, FAN_NOT_FINITE } fan_status;
typedef enum { FAN_NORMAL = 0, FAN_ANOMALY } fan_verdict;
typedef struct {
    fan_verdict verdict;
    float score;
    float decision;
    uint8_t alarm;
    uint8_t alarm_changed;
    uint8_t drifting;
} fan_result;
typedef struct { float features[FAN_FEATURES]; } fan_work;
typedef struct { float window[FAN_AXES * FAN_WINDOW]; fan_work work; } fan;
void fan_init(fan *watch);
fan_status fan_push(fan *watch, const float *reading);
fan_status fan_judge(fan *watch, fan_result *result);
void fan_gap(fan *watch);
fan_status fan_score(const float *window, fan_work *work, float *score);
#ifdef __cplusplus
}
#endif
#endif
"#;

/// Its source.
pub(crate) const SOURCE: &str = "#include \"detector.h\"\n";
