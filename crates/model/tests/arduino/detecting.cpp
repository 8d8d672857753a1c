// The sketch that detects, on a board that is none.
//
// detecting FILE PRESSED: the readings of the sensor are those of a file, three counts of 16 bits each;
// the button is down from reading PRESSED on for 2.5 s. What is printed is printed here, each line behind
// the number of readings taken before it and floats as their bits; flash is the file `flash`.
#include <stdio.h>
#include <stdlib.h>

#include <vector>

#include "detect.ino"

static uint64_t now_us = 4000000;
static std::vector<int16_t> counts_of_all;
static size_t taken = 0, pressed = 0;
static uint64_t pressed_us = 0;
static uint8_t at_register = 0, written = 0;
static size_t byte_of = 0;
static bool fresh = true;

TwoWire Wire;
SerialPort Serial;

unsigned long micros() { return static_cast<uint32_t>(now_us += 7); }
unsigned long millis() { return static_cast<uint32_t>(now_us / 1000); }
void delay(unsigned long ms) { now_us += 1000ULL * ms; }
void pinMode(uint8_t, uint8_t) {}
void digitalWrite(uint8_t, uint8_t) {}
int digitalRead(uint8_t) {
    if (taken < pressed) return HIGH;
    if (!pressed_us) pressed_us = now_us;
    return now_us - pressed_us < 2500000 ? LOW : HIGH;
}

void TwoWire::begin() {}
void TwoWire::setClock(uint32_t) {}
void TwoWire::beginTransmission(uint8_t) { written = 0; }
size_t TwoWire::write(uint8_t byte) {
    if (!written++) at_register = byte;
    return 1;
}
uint8_t TwoWire::endTransmission(bool) { return 0; }
uint8_t TwoWire::requestFrom(uint8_t, uint8_t count) {
    byte_of = 0;
    if (at_register == 0x02 && 3 * (++taken) > counts_of_all.size()) {
        fflush(stdout);
        exit(0);
    }
    return count;
}
int TwoWire::read() {
    if (at_register == 0x01) return 0x13;
    // 14 bits, left aligned.
    const int count = counts_of_all[3 * (taken - 1) + byte_of / 2] * 4;
    return count >> (byte_of++ % 2 ? 8 : 0) & 0xFF;
}

static void begun() {
    if (fresh) printf("%u ", static_cast<unsigned>(taken));
    fresh = false;
}
static size_t ended() {
    printf("\n");
    fresh = true;
    return 0;
}
void SerialPort::begin(unsigned long) {}
size_t SerialPort::print(double number, int) {
    begun();
    const float narrow = static_cast<float>(number);
    uint32_t bits;
    memcpy(&bits, &narrow, 4);
    printf("%08x", bits);
    return 0;
}
size_t SerialPort::println(const char *text) {
    begun();
    printf("%s", text);
    return ended();
}

// One key is all that it has.
static FILE *flash = nullptr;
bool Preferences::begin(const char *, bool read_only) {
    flash = fopen("flash", read_only ? "rb" : "ab");
    return flash != nullptr;
}
void Preferences::end() { fclose(flash); }
bool Preferences::remove(const char *) { return ::remove("flash") == 0; }
size_t Preferences::getBytes(const char *, void *bytes, size_t space) {
    return fread(bytes, 1, space, flash);
}
size_t Preferences::putBytes(const char *, const void *bytes, size_t count) {
    return fwrite(bytes, 1, count, flash);
}

int main(int count, char **words) {
    if (count != 3) return 2;
    FILE *file = fopen(words[1], "rb");
    if (!file) return 2;
    int16_t some[3];
    while (fread(some, sizeof some, 1, file) == 1) {
        counts_of_all.insert(counts_of_all.end(), some, some + 3);
    }
    fclose(file);
    pressed = static_cast<size_t>(atol(words[2]));
    setup();
    for (;;) loop();
}
