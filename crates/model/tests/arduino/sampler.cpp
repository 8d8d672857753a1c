// The sampler on a clock that is none: 7 microseconds pass at each look, and 400 at each reading.
#include "sampler.h"

#include <math.h>
#include <stdio.h>

static uint64_t now_us;
static uint64_t taken_at_us;
static bool connected = true;

TwoWire Wire;
unsigned long micros() { return static_cast<uint32_t>(now_us += 7); }
void TwoWire::begin() {}
void TwoWire::setClock(uint32_t) {}
void TwoWire::beginTransmission(uint8_t) {}
size_t TwoWire::write(uint8_t) { return 1; }
uint8_t TwoWire::endTransmission(bool) {
    taken_at_us = now_us;
    now_us += 200;
    return connected ? 0 : 2;
}
uint8_t TwoWire::requestFrom(uint8_t, uint8_t count) {
    now_us += 200;
    return count;
}
// 1 g at 4 g in 14 bits left aligned is 0x2000; the lowest bits mean nothing.
int TwoWire::read() {
    static const uint8_t bytes[] = {0x03, 0x20, 0xFE, 0xFF, 0x00, 0xE0};
    static size_t at = 0;
    return bytes[at++ % 6];
}

static int failed(const char *what) {
    printf("%s\n", what);
    return 1;
}

int main() {
    judder::Msa301 sensor(Wire);
    judder::Sampler sampler(sensor, 200.0);
    int16_t counts[3];
    // Half a minute before the clock of 32 bits begins anew, and on for longer than it counts.
    now_us = (1ULL << 32) - 30000000;
    const uint64_t began_us = now_us;
    const uint32_t readings = 1000000;
    for (uint32_t at = 0; at < readings; ++at) {
        if (!sampler.next(counts)) return failed("a reading was not taken in time");
        const double due_us = static_cast<double>(began_us) + at * 5000.0;
        if (fabs(static_cast<double>(taken_at_us) - due_us) > 100) return failed("it drifts");
        if (counts[0] != 2048 || counts[1] != -1 || counts[2] != -2048) return failed("counts");
    }
    sampler.restart();
    for (int at = 0; at < 128; ++at) {
        if (!sampler.next(counts)) return failed("a reading of a recording was not taken");
    }
    if (fabs(sampler.rate_hz() - 200.0) > 0.01) return failed("the rate is not the one measured");
    // A little too late is forgiven; half a reading is not.
    now_us += 4000;
    if (!sampler.next(counts)) return failed("a little too late");
    now_us += 8000;
    if (sampler.next(counts)) return failed("much too late");
    if (!sampler.next(counts)) return failed("it does not begin anew");
    connected = false;
    if (sampler.next(counts)) return failed("nobody answers");
    return 0;
}
