// What is different from board to board: fill it in.
#ifndef JUDDER_SETTINGS_H
#define JUDDER_SETTINGS_H

#define WIFI_NAME "your network"
#define WIFI_PASSWORD "its password"

// Where `judder collect` or `judder serve` runs: its address, and its port.
#define SERVER "192.168.1.2"
#define SERVER_PORT 1337

// Of this board alone: letters, digits, `.`, `_` and `-`, 64 at most.
#define DEVICE "board-1"

// Readings in a second, and in a recording.
#define RATE_HZ @rate@
#define READINGS @readings@

// Recordings that wait while the server cannot be reached.
#define WAITING @waiting@

// Lit while a recording is sent or an alarm is on; a buzzer; a button to ground.
#define LED_PIN 13
#define BUZZER_PIN 25
#define BUTTON_PIN 4

#endif
