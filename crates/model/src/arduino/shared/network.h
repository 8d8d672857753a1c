// What a board has: a line over WiFi, numbers that outlive a restart, chance.
#ifndef JUDDER_NETWORK_H
#define JUDDER_NETWORK_H

#if defined(ESP32)
#include <Preferences.h>
#include <WiFi.h>
#elif defined(ESP8266)
#include <ESP8266WiFi.h>
#elif defined(ARDUINO_UNOR4_WIFI)
#include <WiFiS3.h>
#else
#include <WiFiNINA.h>
#endif

#include "poster.h"

namespace judder {

// A connection that is opened anew for each exchange.
class WifiLine : public Line {
public:
    WifiLine(const char *host, uint16_t port) : host_(host), port_(port) {}
    bool open() override {
        close();
        return client_.connect(host_, port_);
    }
    bool send(const uint8_t *bytes, size_t count) override {
        while (count) {
            const size_t sent = client_.write(bytes, count);
            if (!sent) return false;
            bytes += sent;
            count -= sent;
        }
        return true;
    }
    int receive(uint8_t *bytes, size_t space) override {
        const uint32_t began_ms = millis();
        while (!client_.available()) {
            if (!client_.connected()) return 0;
            if (millis() - began_ms > PATIENCE_MS) return -1;
            delay(1);
        }
        return client_.read(bytes, space);
    }
    void close() override { client_.stop(); }

private:
    static const uint32_t PATIENCE_MS = 5000;
    const char *host_;
    uint16_t port_;
    WiFiClient client_;
};

// Comes back by itself, and does not hold up who waits for nothing but readings.
class Wifi {
public:
    Wifi(const char *name, const char *password)
        : name_(name), password_(password), begun_(false), tried_ms_(0) {}
    bool connected() {
        if (WiFi.status() == WL_CONNECTED) {
            pause_ms_ = FIRST_PAUSE_MS;
            return true;
        }
        if (!begun_ || millis() - tried_ms_ > pause_ms_) {
            if (begun_ && pause_ms_ < LONGEST_PAUSE_MS) pause_ms_ *= 2;
            begun_ = true;
            tried_ms_ = millis();
            WiFi.disconnect();
            WiFi.begin(name_, password_);
        }
        return false;
    }

private:
    static const uint32_t FIRST_PAUSE_MS = 10000, LONGEST_PAUSE_MS = 160000;
    const char *name_, *password_;
    bool begun_;
    uint32_t tried_ms_, pause_ms_ = FIRST_PAUSE_MS;
};

// A number above 0, as good as chance: of a board's own address, what of its numbers was used before, the noise
// of an open pin, and how long all that took.
inline uint32_t drawn(uint64_t used) {
    uint32_t hash = 2166136261UL;
    const auto take = [&hash](uint32_t some) {
        for (int at = 0; at < 32; at += 8) {
            hash = static_cast<uint32_t>((hash ^ (some >> at & 0xFF)) * 16777619UL);
        }
    };
#if defined(ESP32)
    take(esp_random());
#endif
    uint8_t address[6] = {};
    WiFi.macAddress(address);
    for (const uint8_t byte : address) take(byte);
    take(static_cast<uint32_t>(used));
    take(static_cast<uint32_t>(used >> 32));
    for (int at = 0; at < 64; ++at) {
        take(static_cast<uint32_t>(analogRead(0)));
        take(static_cast<uint32_t>(micros()));
    }
    return hash ? hash : 1;
}
inline uint32_t drawn(Memory &memory) { return drawn(memory.load()); }

#if defined(ESP32)
// Numbers in flash.
class Flash : public Memory {
public:
    uint64_t load() override {
        Preferences flash;
        // Nothing is there yet on a new board.
        if (!flash.begin("judder", true)) return 0;
        const uint64_t number = flash.getULong64("number", 0);
        flash.end();
        return number;
    }
    bool save(uint64_t number) override {
        Preferences flash;
        if (!flash.begin("judder", false)) return false;
        const bool saved = flash.putULong64("number", number) == sizeof number;
        flash.end();
        return saved;
    }
};
#else
// Nothing outlives a restart: numbers begin where chance has it, so that a server that knows of no starts takes
// them for others.
class Flash : public Memory {
public:
    uint64_t load() override { return static_cast<uint64_t>(drawn(0)) << 20; }
    bool save(uint64_t) override { return true; }
};
#endif

}  // namespace judder

#endif
