// A board that is none: the sketch's own poster over a real socket, and numbers kept in a file.
//
// board HOST PORT DEVICE FILE SECONDS RECORDINGS START: fills the queue as fast as there is room, and ends
// when all are sent. Each reading says which recording it is: x is its number, y the board's own.
#include "poster.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <string>

namespace {

const size_t SLOTS = 4;
const uint16_t READINGS = 32;

class Socket : public judder::Line {
public:
    Socket(const char *host, int port) : host_(host), port_(port), fd_(-1) {}

    bool open() override {
        close();
        fd_ = socket(AF_INET, SOCK_STREAM, 0);
        const timeval patience = {5, 0};
        setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_in to = {};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<uint16_t>(port()));
        inet_pton(AF_INET, host_, &to.sin_addr);
        return connect(fd_, reinterpret_cast<sockaddr *>(&to), sizeof to) == 0;
    }
    bool send(const uint8_t *bytes, size_t count) override {
        while (count) {
            const ssize_t sent = ::send(fd_, bytes, count, MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes += sent;
            count -= static_cast<size_t>(sent);
        }
        return true;
    }
    int receive(uint8_t *bytes, size_t space) override {
        // Seven at most: an answer may come in any pieces.
        const ssize_t count = recv(fd_, bytes, space < 7 ? space : 7, 0);
        return count < 0 ? -1 : static_cast<int>(count);
    }
    void close() override {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

private:
    // A port, or the file that has it: a server that comes back has another.
    int port() const {
        if (port_) return port_;
        FILE *file = fopen("port", "r");
        int port = 0;
        if (file) {
            if (fscanf(file, "%d", &port) != 1) port = 0;
            fclose(file);
        }
        return port;
    }
    const char *host_;
    int port_, fd_;
};

class File : public judder::Memory {
public:
    explicit File(const char *name) : name_(name) {}
    uint64_t load() override {
        unsigned long long number = 0;
        if (FILE *file = fopen(name_, "r")) {
            if (fscanf(file, "%llu", &number) != 1) number = 0;
            fclose(file);
        }
        return number;
    }
    bool save(uint64_t number) override {
        const std::string other = std::string(name_) + ".new";
        FILE *file = fopen(other.c_str(), "w");
        if (!file) return false;
        fprintf(file, "%llu\n", static_cast<unsigned long long>(number));
        return fclose(file) == 0 && rename(other.c_str(), name_) == 0;
    }

private:
    const char *name_;
};

uint32_t now_ms() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<uint32_t>(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

}  // namespace

int main(int count, char **words) {
    if (count != 8) return 2;
    const uint32_t began = now_ms();
    const uint32_t longest = static_cast<uint32_t>(atoi(words[5])) * 1000;
    const unsigned total = static_cast<unsigned>(atoi(words[6]));
    Socket line(words[1], atoi(words[2]));
    File file(words[4]);
    judder::Numbers numbers(file);
    numbers.begin();
    const uint64_t first = file.load();
    static int16_t counts[SLOTS * READINGS * 3];
    static judder::Entry entries[SLOTS];
    const judder::Shape shape = {3, READINGS, 11};
    const uint32_t start = static_cast<uint32_t>(strtoul(words[7], nullptr, 10));
    judder::Poster poster(line, numbers, words[3], start, "localhost", shape, counts, entries, SLOTS);
    unsigned made = 0;
    while (now_ms() - began < longest) {
        if (made < total) {
            if (int16_t *room = poster.room()) {
                for (int at = 0; at < READINGS; ++at) {
                    *room++ = static_cast<int16_t>(first + made);
                    *room++ = static_cast<int16_t>(-1 - at);
                    *room++ = 2048;
                }
                if (!poster.put(200.5)) return 3;
                ++made;
            }
        }
        if (poster.step(now_ms()) == judder::Step::IDLE) usleep(500);
        if (made == total && !poster.waiting()) break;
    }
    const judder::Tally &tally = poster.tally();
    printf("%u made, %u waiting, %u sent, %u failed, %u refused, %u missed, %u uncertain, speaks %d\n",
           made, static_cast<unsigned>(poster.waiting()), static_cast<unsigned>(tally.sent),
           static_cast<unsigned>(tally.failed), static_cast<unsigned>(tally.refused),
           static_cast<unsigned>(tally.missed), static_cast<unsigned>(tally.uncertain),
           static_cast<int>(poster.speaks()));
    return poster.waiting() ? 1 : 0;
}
