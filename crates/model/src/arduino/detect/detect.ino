// Watches a machine: a buzzer sounds and a lamp is lit while it is strange.
//
// Until the button was held for 2 s, normal is what the model was trained on. Then this board learns
// anew what is normal where it is, and keeps that over a restart. Held while the board is switched on,
// the button makes it forget that again.
#include <Arduino.h>

#include "@file@.h"
#include "learner.h"
#include "learning.h"
#include "sampler.h"
#include "settings.h"

#if defined(ESP32)
#include <Preferences.h>
#endif

static_assert(@NAME@_AXES == 3, "the sensor has three axes");

static judder::Msa301 sensor(Wire);
static judder::Sampler sampler(sensor, RATE_HZ);
static @name@ watch;

static const size_t KEPT = judder::kept(CALIBRATE_WINDOWS, FALSE_ALARM_RATE);
static float memory[judder::learner_len(@NAME@_FEATURES, KEPT)];
static judder::Learner learner(FAMILIES, sizeof FAMILIES / sizeof FAMILIES[0], @NAME@_FEATURES,
                               LEARN_WINDOWS, CALIBRATE_WINDOWS, FALSE_ALARM_RATE, memory);
// Whether what was learnt here counts, rather than the model.
static bool own = false;
// The last verdicts of the learner, the newest in the lowest bit.
static uint8_t above = 0;
static bool alarm_on = false;

#if defined(ESP32)
static void save() {
    uint8_t bytes[judder::baseline_len(@NAME@_FEATURES)];
    Preferences flash;
    if (learner.write(TAG, bytes) && flash.begin("judder", false)) {
        if (flash.putBytes("baseline", bytes, sizeof bytes) != sizeof bytes) {
            Serial.println("flash cannot be written: what was learnt is lost at a restart");
        }
        flash.end();
    }
}
static bool load() {
    uint8_t bytes[judder::baseline_len(@NAME@_FEATURES)];
    Preferences flash;
    if (!flash.begin("judder", true)) return false;
    const size_t count = flash.getBytes("baseline", bytes, sizeof bytes);
    flash.end();
    return learner.load(TAG, bytes, count);
}
static void forget() {
    Preferences flash;
    if (!flash.begin("judder", false)) return;
    flash.remove("baseline");
    flash.end();
}
#else
static void save() {}
static bool load() { return false; }
static void forget() {}
#endif

void setup() {
    Serial.begin(115200);
    pinMode(LED_PIN, OUTPUT);
    pinMode(BUZZER_PIN, OUTPUT);
    pinMode(BUTTON_PIN, INPUT_PULLUP);
    @name@_init(&watch);
    if (digitalRead(BUTTON_PIN) == LOW) forget();
    own = load();
    while (!sensor.begin()) {
        Serial.println("no MSA301 at 0x26: check SDA, SCL, 3V3 and GND");
        delay(1000);
    }
    sampler.restart();
}

// Whether the button has been held for 2 s, once each time; not while it is down since the start.
static bool held() {
    static uint32_t since_ms = 0;
    static bool told = true;
    const uint32_t now_ms = static_cast<uint32_t>(millis());
    if (digitalRead(BUTTON_PIN) != LOW) {
        since_ms = now_ms;
        told = false;
        return false;
    }
    if (told || now_ms - since_ms < 2000) return false;
    told = true;
    return true;
}

static void show(bool alarm) {
    alarm_on = alarm;
    digitalWrite(BUZZER_PIN, alarm ? HIGH : LOW);
    digitalWrite(LED_PIN, alarm ? HIGH : LOW);
}

// Judges the window by what was learnt here, or learns from it.
static void learnt_here() {
    float score;
    if (@name@_score(watch.window, &watch.work, &score) != @NAME@_OK) return;
    const judder::Stage before = learner.stage();
    if (!learner.next(watch.work.features)) {
        Serial.println("this window cannot be learnt from");
        return;
    }
    if (before != judder::Stage::WATCHING) {
        // A flash for each window that is learnt from.
        digitalWrite(LED_PIN, learner.left() % 2 ? HIGH : LOW);
        if (learner.stage() == judder::Stage::WATCHING) {
            save();
            show(false);
            Serial.println("learnt");
        }
        return;
    }
    above = static_cast<uint8_t>(above << 1 | (learner.score() > learner.threshold()));
    // Two of three raise an alarm, three that are normal end it.
    const uint8_t last = above & 7;
    if (last == 0) show(false);
    if (last == 3 || last >= 5) show(true);
    Serial.print(learner.score());
    Serial.println(alarm_on ? " alarm" : "");
}

static void by_the_model() {
    @name@_result result;
    if (@name@_judge(&watch, &result) != @NAME@_OK) {
        Serial.println("this window cannot be judged: is the sensor connected?");
        return;
    }
    if (result.alarm_changed) show(result.alarm != 0);
    Serial.print(result.score);
    Serial.println(result.alarm ? " alarm" : "");
}

void loop() {
    if (held()) {
        learner.restart();
        own = true;
        above = 0;
        show(false);
        @name@_gap(&watch);
        Serial.println("learning");
    }
    int16_t counts[3];
    if (!sampler.next(counts)) {
        @name@_gap(&watch);
        return;
    }
    float reading[3];
    for (int axis = 0; axis < 3; ++axis) {
        reading[axis] = counts[axis] / static_cast<float>(1 << judder::Msa301::BITS);
    }
    if (@name@_push(&watch, reading) != @NAME@_FULL) return;
    if (own) {
        learnt_here();
    } else {
        by_the_model();
    }
}
