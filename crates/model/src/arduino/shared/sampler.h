// Readings at a fixed rate, by the clock of the board.
#ifndef JUDDER_SAMPLER_H
#define JUDDER_SAMPLER_H

#include "msa301.h"

namespace judder {

class Sampler {
public:
    Sampler(Msa301 &sensor, double rate_hz) : sensor_(sensor), rate_hz_(rate_hz) { restart(); }

    // The next reading begins a recording.
    void restart() {
        taken_ = 0;
        carried_ = false;
    }

    // Waits for the time of the next reading, and takes it. False where the sensor does not answer,
    // or it is too late by more than half a reading: then all begins anew.
    bool next(int16_t *counts) {
        if (!taken_ && !carried_) {
            began_us_ = static_cast<uint32_t>(micros());
            due_ = 0;
        }
        // From the beginning, so that what is rounded off does not add up; and as a difference, as
        // the clock begins anew every 71 minutes.
        const uint32_t due_us = began_us_ + due_;
        do {
            last_us_ = static_cast<uint32_t>(micros());
        } while (static_cast<int32_t>(last_us_ - due_us) < 0);
        const uint32_t late_us = last_us_ - due_us;
        if (late_us > 500000.0 / rate_hz_ || !sensor_.reading(counts)) {
            restart();
            return false;
        }
        if (!taken_) first_us_ = last_us_;
        carried_ = false;
        ++taken_;
        due_ = static_cast<uint32_t>(taken_ * (1000000.0 / rate_hz_));
        if (due_ > LONGEST_US) {
            // Before the sum overflows, count from the reading that is due.
            began_us_ += due_;
            due_ = 0;
            taken_ = 0;
            carried_ = true;
        }
        return true;
    }

    // Of the readings since the beginning, as it was measured.
    double rate_hz() const {
        const uint32_t spent_us = last_us_ - first_us_;
        return taken_ > 1 && spent_us ? (taken_ - 1) * 1000000.0 / spent_us : 0;
    }

private:
    static const uint32_t LONGEST_US = 1000000000;
    Msa301 &sensor_;
    double rate_hz_;
    // The next reading goes on with the clock of those before.
    bool carried_;
    uint32_t taken_, due_, began_us_, first_us_, last_us_;
};

}  // namespace judder

#endif
