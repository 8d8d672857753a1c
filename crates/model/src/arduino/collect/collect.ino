// Collects recordings of a machine and posts them to `judder collect`, or to the server of the TinyML
// example. Fill in settings.h.
#include <Arduino.h>

#include "network.h"
#include "poster.h"
#include "sampler.h"
#include "settings.h"

static judder::WifiLine line(SERVER, SERVER_PORT);
static judder::Wifi wifi(WIFI_NAME, WIFI_PASSWORD);
static judder::Flash flash;
static judder::Numbers numbers(flash);
static judder::Msa301 sensor(Wire);
static judder::Sampler sampler(sensor, RATE_HZ);

static int16_t counts[WAITING * READINGS * 3];
static judder::Entry entries[WAITING];
static judder::Poster *poster;

void setup() {
    Serial.begin(115200);
    pinMode(LED_PIN, OUTPUT);
    numbers.begin();
    const judder::Shape shape = {3, READINGS, judder::Msa301::BITS};
    static judder::Poster made(line, numbers, DEVICE, judder::drawn(flash), SERVER, shape, counts, entries,
                               WAITING);
    poster = &made;
    while (!sensor.begin()) {
        Serial.println("no MSA301 at 0x26: check SDA, SCL, 3V3 and GND");
        delay(1000);
    }
}

// Takes a recording into the queue.
static void record() {
    int16_t *room = poster->room();
    if (!room) {
        poster->miss();
        return;
    }
    sampler.restart();
    for (uint16_t at = 0; at < READINGS; ++at) {
        if (!sampler.next(room + 3 * at)) {
            Serial.println("a reading came too late or not at all: the recording begins anew");
            return;
        }
    }
    if (!poster->put(sampler.rate_hz())) Serial.println("flash cannot be written: no number");
}

// Sends what waits, as long as that works.
static void send() {
    digitalWrite(LED_PIN, HIGH);
    while (wifi.connected()) {
        const judder::Step step = poster->step(millis());
        if (step == judder::Step::REFUSED) Serial.println("the server refused a recording");
        if (step != judder::Step::SENT) break;
        Serial.print("sent ");
        Serial.println(poster->tally().sent);
    }
    digitalWrite(LED_PIN, LOW);
}

void loop() {
    record();
    send();
}
