#pragma once
#include <Arduino.h>

class Preferences {
public:
    bool begin(const char *name, bool read_only);
    void end();
    uint64_t getULong64(const char *key, uint64_t otherwise);
    size_t putULong64(const char *key, uint64_t value);
    bool remove(const char *key);
    size_t getBytes(const char *key, void *bytes, size_t space);
    size_t putBytes(const char *key, const void *bytes, size_t count);
};
