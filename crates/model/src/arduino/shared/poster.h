// Recordings that are to reach a server: a queue of them, and the way there.
//
// Plain C++11 without a word of Arduino: what carries bytes and what keeps numbers over a restart are
// given by whoever uses it. Nothing is allocated.
#ifndef JUDDER_POSTER_H
#define JUDDER_POSTER_H

#include <stddef.h>
#include <stdint.h>

namespace judder {

// A line to the server.
class Line {
public:
    virtual ~Line() {}
    // Opens it; false where the server cannot be reached.
    virtual bool open() = 0;
    // Sends all of these bytes.
    virtual bool send(const uint8_t *bytes, size_t count) = 0;
    // The bytes that came, at least one; 0 where the line ended, -1 where nothing came in time.
    virtual int receive(uint8_t *bytes, size_t space) = 0;
    virtual void close() = 0;
};

// A number that outlives a restart.
class Memory {
public:
    virtual ~Memory() {}
    // The number kept last; 0 where there is none.
    virtual uint64_t load() = 0;
    // Keeps a number; false where that failed.
    virtual bool save(uint64_t number) = 0;
};

// Sequence numbers, none of them twice, over restarts too. Flash wears out, so they are taken in
// blocks: what is left of a block at a restart is skipped.
class Numbers {
public:
    explicit Numbers(Memory &memory) : memory_(memory), next_(0), end_(0) {}
    // Goes on behind all numbers that may have been given before.
    void begin() { next_ = end_ = memory_.load(); }
    // The next number; false where it could not be kept that it is taken.
    bool take(uint64_t *number);

private:
    static const uint64_t BLOCK = 64;
    Memory &memory_;
    uint64_t next_, end_;
};

// What stands in a slot of the queue, beside the counts.
struct Entry {
    uint64_t sequence;
    double rate_hz;
};

// What became of a step.
enum class Step {
    // Nothing to send, or not yet.
    IDLE,
    // A recording was acknowledged, or taken by a server that acknowledges none.
    SENT,
    // It did not work; it will be tried again.
    FAILED,
    // The server will never have it: it is dropped.
    REFUSED,
};

// How the server wants it.
enum class Speaks {
    UNKNOWN,
    // /api/v1 in binary: acknowledged once it is kept, and sent again until then. With the start number, unless
    // the server turns out to know of none.
    NUMBERED,
    // GET / until it answers 1, then POST / in JSON, as of the TinyML example: never sent twice.
    PLAIN,
};

struct Tally {
    // Acknowledged, or taken by a server that acknowledges none.
    uint32_t sent;
    // Tries that failed.
    uint32_t failed;
    // Refused by the server for good.
    uint32_t refused;
    // Not taken, as the queue was full.
    uint32_t missed;
    // Sent to a server that acknowledges none, and no answer came: it may be there or not.
    uint32_t uncertain;
};

// What a recording is.
struct Shape {
    uint8_t axes;
    uint16_t readings;
    // A count is worth 2 to the power of minus this, in g: 12 of an MSA301 at 2 g, 11 at 4 g.
    uint8_t bits;
};

class Poster {
public:
    // Room for `slots` recordings: `counts` holds slots * axes * readings numbers. `start` is drawn by chance
    // each time that the board is switched on, above 0: by it the server tells a restart, and two boards of one
    // name.
    Poster(Line &line, Numbers &numbers, const char *device, uint32_t start, const char *host, Shape shape,
           int16_t *counts, Entry *entries, size_t slots);

    // Where the next recording is to be written, reading by reading; null where the queue is full.
    int16_t *room();
    // It is there: it will be sent. False where it has no number, and is not taken.
    bool put(double rate_hz);
    // The queue is full: one is left out. Its number is, too, so that the gap shows.
    void miss();

    // Sends one recording, if there is one and it is time. May take as long as the line's patience.
    Step step(uint32_t now_ms);

    size_t waiting() const { return waiting_; }
    Speaks speaks() const { return speaks_; }
    const Tally &tally() const { return tally_; }

private:
    struct Answer {
        int status;
        size_t length;
        char body[16];
        // All of the request was sent.
        bool sent;
    };
    class Writer;

    Step post();
    Step numbered();
    bool send_numbered(Answer *answer);
    Step plain();
    Speaks ask();
    bool get(const char *path, Answer *answer);
    bool answer(Answer *answer);
    void json(Writer *to) const;
    bool binary(Writer *to) const;
    void done();
    const int16_t *first() const;

    Line &line_;
    Numbers &numbers_;
    const char *device_;
    uint32_t start_;
    const char *host_;
    Shape shape_;
    int16_t *counts_;
    Entry *entries_;
    size_t slots_, first_, waiting_;
    Speaks speaks_;
    bool with_start_;
    Tally tally_;
    bool pausing_;
    uint32_t pause_ms_, paused_at_ms_, wait_ms_, chance_;
};

}  // namespace judder

#endif
