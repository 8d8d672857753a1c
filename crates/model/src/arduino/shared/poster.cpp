#include "poster.h"

#include <string.h>

namespace judder {

namespace {

const uint32_t FIRST_PAUSE_MS = 500;
const uint32_t LONGEST_PAUSE_MS = 60000;
// Headers longer than this are no server's of ours.
const size_t LONGEST_HEAD = 2048;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Whether a line begins with the name of a header; `value` is then what follows it.
bool header(const char *line, const char *name, const char **value) {
    while (*name) {
        if (lower(*line++) != *name++) return false;
    }
    if (*line++ != ':') return false;
    while (*line == ' ') ++line;
    *value = line;
    return true;
}

}  // namespace

bool Numbers::take(uint64_t *number) {
    if (next_ >= end_) {
        if (!memory_.save(end_ + BLOCK)) return false;
        end_ += BLOCK;
    }
    *number = next_++;
    return true;
}

// Text and bytes on their way, in pieces; without a line, their number only.
class Poster::Writer {
public:
    explicit Writer(Line *line) : line_(line), held_(0), total_(0), good_(true) {}

    void byte(uint8_t one) {
        ++total_;
        if (!line_) return;
        if (held_ == sizeof buffer_) flush();
        buffer_[held_++] = one;
    }
    void text(const char *text) {
        while (*text) byte(static_cast<uint8_t>(*text++));
    }
    void whole(uint64_t number) {
        char digits[20];
        size_t count = 0;
        do {
            digits[count++] = static_cast<char>('0' + number % 10);
            number /= 10;
        } while (number);
        while (count) byte(static_cast<uint8_t>(digits[--count]));
    }
    // Little-endian.
    void bytes(uint64_t value, int count) {
        for (int at = 0; at < count; ++at) byte(static_cast<uint8_t>(value >> (8 * at)));
    }
    // count / 2^bits, all its digits.
    void fraction(int16_t count, uint8_t bits) {
        const uint32_t size =
            count < 0 ? static_cast<uint32_t>(-static_cast<int32_t>(count)) : static_cast<uint32_t>(count);
        if (count < 0) byte('-');
        whole(size >> bits);
        const uint32_t mask = (static_cast<uint32_t>(1) << bits) - 1;
        uint32_t rest = size & mask;
        if (!rest) return;
        byte('.');
        while (rest) {
            rest *= 10;
            byte(static_cast<uint8_t>('0' + (rest >> bits)));
            rest &= mask;
        }
    }
    bool flush() {
        if (line_ && held_ && good_) good_ = line_->send(buffer_, held_);
        held_ = 0;
        return good_;
    }
    size_t total() const { return total_; }

private:
    Line *line_;
    uint8_t buffer_[256];
    size_t held_, total_;
    bool good_;
};

Poster::Poster(Line &line, Numbers &numbers, const char *device, uint32_t start, const char *host, Shape shape,
               int16_t *counts, Entry *entries, size_t slots)
    : line_(line), numbers_(numbers), device_(device), start_(start), host_(host), shape_(shape),
      counts_(counts), entries_(entries), slots_(slots), first_(0), waiting_(0), speaks_(Speaks::UNKNOWN),
      with_start_(start != 0), tally_(), pausing_(false), pause_ms_(FIRST_PAUSE_MS), paused_at_ms_(0),
      wait_ms_(0), chance_(2166136261UL) {
    // Boards that are switched on together are not to come back together.
    for (const char *c = device; *c; ++c) chance_ = (chance_ ^ static_cast<uint8_t>(*c)) * 16777619UL;
    if (!chance_) chance_ = 1;
}

int16_t *Poster::room() {
    if (waiting_ >= slots_) return nullptr;
    const size_t at = (first_ + waiting_) % slots_;
    return counts_ + at * shape_.readings * shape_.axes;
}

bool Poster::put(double rate_hz) {
    Entry entry = {0, rate_hz};
    if (waiting_ >= slots_ || !numbers_.take(&entry.sequence)) {
        ++tally_.missed;
        return false;
    }
    entries_[(first_ + waiting_) % slots_] = entry;
    ++waiting_;
    return true;
}

void Poster::miss() {
    uint64_t number;
    numbers_.take(&number);
    ++tally_.missed;
}

Step Poster::step(uint32_t now_ms) {
    if (!waiting_) return Step::IDLE;
    // A difference, so that the clock may begin anew.
    if (pausing_ && now_ms - paused_at_ms_ < wait_ms_) return Step::IDLE;
    const Step step = post();
    line_.close();
    if (step == Step::FAILED) {
        ++tally_.failed;
        chance_ ^= chance_ << 13;
        chance_ ^= chance_ >> 17;
        chance_ ^= chance_ << 5;
        // Between half of it and all of it.
        wait_ms_ = pause_ms_ / 2 + chance_ % (pause_ms_ / 2 + 1);
        pausing_ = true;
        paused_at_ms_ = now_ms;
        pause_ms_ = pause_ms_ * 2 > LONGEST_PAUSE_MS ? LONGEST_PAUSE_MS : pause_ms_ * 2;
    } else {
        pausing_ = false;
        pause_ms_ = FIRST_PAUSE_MS;
    }
    return step;
}

Step Poster::post() {
    if (speaks_ == Speaks::UNKNOWN) {
        speaks_ = ask();
        with_start_ = start_ != 0;
    }
    switch (speaks_) {
        case Speaks::NUMBERED: return numbered();
        case Speaks::PLAIN: return plain();
        default: return Step::FAILED;
    }
}

// The example's server answers every path alike, so what is asked for is what only judder says.
Speaks Poster::ask() {
    Answer answer;
    const bool came = get("/healthz", &answer);
    line_.close();
    if (!came) return Speaks::UNKNOWN;
    if (answer.status == 200 && strcmp(answer.body, "\"ok\"") == 0) return Speaks::NUMBERED;
    return answer.status >= 500 ? Speaks::UNKNOWN : Speaks::PLAIN;
}

Step Poster::numbered() {
    Answer told = Answer();
    bool came = send_numbered(&told);
    if (came && told.status == 400 && with_start_) {
        // A server of judder 0.1 does not know this form, and reads the one before it.
        with_start_ = false;
        came = send_numbered(&told);
    }
    if (came && (told.status == 200 || told.status == 201)) {
        done();
        ++tally_.sent;
        return Step::SENT;
    }
    const bool never = came && told.status >= 400 && told.status < 500 && told.status != 404 &&
                       told.status != 405 && told.status != 408 && told.status != 429;
    if (never) {
        done();
        ++tally_.refused;
        return Step::REFUSED;
    }
    // Another server may be there by now.
    speaks_ = Speaks::UNKNOWN;
    return Step::FAILED;
}

// Sends the first recording with its number. Whether an answer came.
bool Poster::send_numbered(Answer *told) {
    *told = Answer();
    Writer body(nullptr), request(&line_);
    binary(&body);
    if (!line_.open()) return false;
    request.text("POST /api/v1/recordings HTTP/1.1\r\nHost: ");
    request.text(host_);
    request.text("\r\nConnection: close\r\nContent-Type: application/vnd.judder.recording"
                 "\r\nContent-Length: ");
    request.whole(body.total());
    request.text("\r\n\r\n");
    binary(&request);
    // A server that refuses early may answer before it has read all.
    request.flush();
    return answer(told);
}

Step Poster::plain() {
    Answer told = Answer();
    const bool came = get("/", &told);
    line_.close();
    if (!came || told.status != 200 || told.body[0] != '1') {
        if (!came) speaks_ = Speaks::UNKNOWN;
        return Step::FAILED;
    }
    Writer body(nullptr), request(&line_);
    json(&body);
    if (!line_.open()) return Step::FAILED;
    request.text("POST / HTTP/1.1\r\nHost: ");
    request.text(host_);
    request.text("\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ");
    request.whole(body.total());
    request.text("\r\n\r\n");
    json(&request);
    // Of what was not sent to its end nothing is kept.
    if (!request.flush()) return Step::FAILED;
    // Sent again, it would be there twice: nothing in it tells that it is the same.
    if (!answer(&told)) {
        ++tally_.uncertain;
    } else if (told.status == 408 || told.status == 429 || told.status >= 500) {
        return Step::FAILED;
    } else if (told.status >= 400) {
        done();
        ++tally_.refused;
        return Step::REFUSED;
    }
    done();
    ++tally_.sent;
    return Step::SENT;
}

bool Poster::get(const char *path, Answer *told) {
    *told = Answer();
    if (!line_.open()) return false;
    Writer request(&line_);
    request.text("GET ");
    request.text(path);
    request.text(" HTTP/1.1\r\nHost: ");
    request.text(host_);
    request.text("\r\nConnection: close\r\n\r\n");
    return request.flush() && answer(told);
}

// Reads an answer: its status, and the beginning of its body. However it comes in pieces.
bool Poster::answer(Answer *told) {
    *told = Answer();
    char text[128];
    size_t held = 0, head = 0, body = 0, length = 0;
    bool bounded = false, in_body = false;
    for (;;) {
        uint8_t bytes[128];
        const int count = line_.receive(bytes, sizeof bytes);
        if (count <= 0) {
            // Without a length, the end of the line is that of the body; a body that is too short is
            // no answer.
            return count == 0 && in_body && !bounded;
        }
        for (int at = 0; at < count; ++at) {
            const char c = static_cast<char>(bytes[at]);
            if (in_body) {
                if (body + 1 < sizeof told->body) told->body[body] = c;
                ++body;
            } else if (++head > LONGEST_HEAD) {
                return false;
            } else if (c != '\n') {
                if (held + 1 < sizeof text) text[held++] = c;
            } else {
                if (held && text[held - 1] == '\r') --held;
                text[held] = '\0';
                const char *value;
                if (!told->status) {
                    // HTTP/1.1 201 Created
                    if (held < 12 || memcmp(text, "HTTP/1.", 7) != 0) return false;
                    for (int digit = 9; digit < 12; ++digit) {
                        if (text[digit] < '0' || text[digit] > '9') return false;
                        told->status = told->status * 10 + (text[digit] - '0');
                    }
                    if (told->status < 100) return false;
                } else if (!held) {
                    in_body = true;
                    if (told->status == 204) bounded = true;
                } else if (header(text, "content-length", &value)) {
                    bounded = true;
                    for (; *value >= '0' && *value <= '9' && length < 1000000; ++value) {
                        length = length * 10 + static_cast<size_t>(*value - '0');
                    }
                }
                held = 0;
            }
        }
        if (in_body && bounded && body >= length) {
            told->length = body;
            return true;
        }
        if (in_body && !bounded && body >= sizeof told->body) return true;
    }
}

bool Poster::binary(Writer *to) const {
    const Entry &entry = entries_[first_];
    const size_t name = strlen(device_);
    const size_t numbers = static_cast<size_t>(shape_.readings) * shape_.axes;
    to->text(with_start_ ? "JUD2" : "JUD1");
    to->byte(shape_.axes);
    to->byte(static_cast<uint8_t>(name));
    to->bytes(0, 2);
    to->bytes(shape_.readings, 4);
    // A power of two has no digits, but an exponent.
    to->bytes(static_cast<uint64_t>(127 - shape_.bits) << 23, 4);
    uint64_t rate = 0;
    static_assert(sizeof(float) == 4, "floats are those of IEEE 754");
    if (sizeof(double) == 8) {
        memcpy(&rate, &entry.rate_hz, 8);
    } else {
        // Where a double is a float, as on AVR: the same number with a longer exponent.
        uint32_t bits;
        const float narrow = static_cast<float>(entry.rate_hz);
        memcpy(&bits, &narrow, 4);
        if (bits) rate = ((static_cast<uint64_t>(bits >> 23) + 896) << 52) |
                         (static_cast<uint64_t>(bits & 0x7FFFFFUL) << 29);
    }
    to->bytes(rate, 8);
    to->bytes(entry.sequence, 8);
    to->bytes(0, 8);
    if (with_start_) {
        to->bytes(start_, 4);
        to->bytes(0, 4);
    }
    to->text(device_);
    const int16_t *counts = first();
    for (size_t at = 0; at < numbers; ++at) to->bytes(static_cast<uint16_t>(counts[at]), 2);
    return true;
}

void Poster::json(Writer *to) const {
    static const char NAMES[] = {'x', 'y', 'z'};
    const int16_t *counts = first();
    for (uint8_t axis = 0; axis < shape_.axes && axis < 3; ++axis) {
        to->text(axis ? ",\"" : "{\"");
        to->byte(static_cast<uint8_t>(NAMES[axis]));
        to->text("\":[");
        for (uint16_t at = 0; at < shape_.readings; ++at) {
            if (at) to->byte(',');
            to->fraction(counts[static_cast<size_t>(at) * shape_.axes + axis], shape_.bits);
        }
        to->byte(']');
    }
    to->byte('}');
}

void Poster::done() {
    first_ = (first_ + 1) % slots_;
    --waiting_;
}

const int16_t *Poster::first() const {
    return counts_ + first_ * shape_.readings * shape_.axes;
}

}  // namespace judder
