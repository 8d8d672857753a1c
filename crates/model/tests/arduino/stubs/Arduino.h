// As much of the Arduino API as the sketches use, to see that they compile.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HIGH 1
#define LOW 0
#define INPUT_PULLUP 2
#define OUTPUT 1

unsigned long millis();
unsigned long micros();
void delay(unsigned long ms);
void pinMode(uint8_t pin, uint8_t mode);
void digitalWrite(uint8_t pin, uint8_t value);
int digitalRead(uint8_t pin);
int analogRead(uint8_t pin);
#if defined(ESP32)
uint32_t esp_random();
#endif

class SerialPort {
public:
    void begin(unsigned long baud);
    size_t print(const char *text);
    size_t print(double number, int digits = 2);
    size_t println(const char *text);
    size_t println(unsigned int number);
    size_t println(unsigned long number);
    size_t println(double number, int digits = 2);
};
extern SerialPort Serial;
