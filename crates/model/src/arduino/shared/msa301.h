// The MSA301 accelerometer on I2C: ±4 g in 14 bits, 500 readings a second, of which the newest is
// fetched. It has no FIFO: who wants a fixed rate has to come in time.
#ifndef JUDDER_MSA301_H
#define JUDDER_MSA301_H

#include <Wire.h>

namespace judder {

class Msa301 {
public:
    // A count is worth 2 to the power of minus this, in g.
    static const uint8_t BITS = 11;

    explicit Msa301(TwoWire &wire) : wire_(wire) {}

    // False where there is no MSA301.
    bool begin() {
        wire_.begin();
        wire_.setClock(400000);
        uint8_t id = 0;
        return read(0x01, &id, 1) && id == 0x13   // part id
            && write(0x11, 0x14)                  // normal power
            && write(0x10, 0x09)                  // all axes, 500 Hz, which is a band of 250 Hz
            && write(0x0F, 0x01);                 // 14 bits, 4 g
    }

    // The newest x, y, z in counts; false where the sensor does not answer.
    bool reading(int16_t *counts) {
        uint8_t bytes[6];
        if (!read(0x02, bytes, sizeof bytes)) return false;
        for (int axis = 0; axis < 3; ++axis) {
            const uint16_t both = static_cast<uint16_t>(bytes[2 * axis] | bytes[2 * axis + 1] << 8);
            // Left aligned in 16 bits; the two lowest are none of it.
            counts[axis] = static_cast<int16_t>(static_cast<int16_t>(both & 0xFFFC) / 4);
        }
        return true;
    }

private:
    static const uint8_t ADDRESS = 0x26;

    bool write(uint8_t at, uint8_t value) {
        wire_.beginTransmission(ADDRESS);
        wire_.write(at);
        wire_.write(value);
        return wire_.endTransmission() == 0;
    }
    bool read(uint8_t at, uint8_t *bytes, uint8_t count) {
        wire_.beginTransmission(ADDRESS);
        wire_.write(at);
        if (wire_.endTransmission(false) != 0) return false;
        if (wire_.requestFrom(ADDRESS, count) != count) return false;
        for (uint8_t i = 0; i < count; ++i) bytes[i] = static_cast<uint8_t>(wire_.read());
        return true;
    }
    TwoWire &wire_;
};

}  // namespace judder

#endif
