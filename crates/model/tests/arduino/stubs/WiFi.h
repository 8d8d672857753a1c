#pragma once
#include <Arduino.h>

enum wl_status_t { WL_CONNECTED = 3 };

class WiFiClass {
public:
    wl_status_t status();
    void begin(const char *name, const char *password);
    bool disconnect();
    uint8_t *macAddress(uint8_t *address);
};
extern WiFiClass WiFi;

class WiFiClient {
public:
    int connect(const char *host, uint16_t port);
    size_t write(const uint8_t *bytes, size_t count);
    int available();
    int read(uint8_t *bytes, size_t space);
    uint8_t connected();
    void stop();
};
