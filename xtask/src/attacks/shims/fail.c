/* Has so many of a hundred writes, write-outs and cuts fail, by the number in the file that JUDDER_FAIL names, of
 * files below the folder JUDDER_FAIL_BELOW: with EIO, with ENOSPC, and some that did half of what they should. Which
 * of them fail follows from JUDDER_FAIL_SEED. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))

/* What is to become of a call: nothing wrong (0), or one of four ways to fail. */
static int fate(int fd)
{
    static atomic_ullong next;
    int before = errno, way = 0;
    char said[16] = {0}, link[64], path[4096] = {0};
    const char *control = getenv("JUDDER_FAIL"), *below = getenv("JUDDER_FAIL_BELOW"), *seed = getenv("JUDDER_FAIL_SEED");
    int file = control ? (int)syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC) : -1;
    if (file >= 0) {
        syscall(SYS_read, file, said, sizeof said - 1);
        syscall(SYS_close, file);
    }
    unsigned long share = strtoul(said, NULL, 10);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (fd > 2 && share > 0 && below && readlink(link, path, sizeof path - 1) > 0 && strncmp(path, below, strlen(below)) == 0) {
        /* SplitMix64. */
        uint64_t state = strtoull(seed ? seed : "0", NULL, 10) + 0x9e3779b97f4a7c15ULL * (1 + atomic_fetch_add(&next, 1));
        state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9ULL;
        state = (state ^ (state >> 27)) * 0x94d049bb133111ebULL;
        state ^= state >> 31;
        way = state % 100 < share ? 1 + (int)((state >> 32) % 4) : 0;
    }
    errno = before;
    return way;
}

static int failed(int way)
{
    errno = way == 1 ? ENOSPC : EIO;
    return -1;
}

/* The third way writes half and fails, the fourth writes half and says so. */
#define WRITE(name, more, names)                                                                      \
    ssize_t name(int fd, const void *bytes, size_t count more)                                        \
    {                                                                                                 \
        ssize_t (*real)(int, const void *, size_t more) = (ssize_t(*)(int, const void *, size_t more))dlsym(RTLD_NEXT, #name); \
        int way = fate(fd);                                                                           \
        if (way < 3) {                                                                                \
            return way == 0 ? real(fd, bytes, count names) : failed(way);                             \
        }                                                                                             \
        ssize_t half = count < 2 ? 0 : real(fd, bytes, count / 2 names);                              \
        return way == 3 || half <= 0 ? failed(way) : half;                                            \
    }
#define NOTHING
#define PLACE , off_t at
#define PLACE_NAME , at
WRITE(write, NOTHING, NOTHING)
WRITE(pwrite, PLACE, PLACE_NAME)
WRITE(pwrite64, PLACE, PLACE_NAME)

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    int way = fate(fd);
    return way == 0 ? REAL("writev", ssize_t (*)(int, const struct iovec *, int))(fd, parts, count) : failed(way);
}

/* The last two ways do it, and fail all the same. */
#define OTHER(name, more, names)                                                  \
    int name(int fd more)                                                         \
    {                                                                             \
        int (*real)(int more) = (int (*)(int more))dlsym(RTLD_NEXT, #name);       \
        int way = fate(fd);                                                       \
        int done = way == 0 || way > 2 ? real(fd names) : -1;                     \
        return way == 0 ? done : failed(way);                                     \
    }
#define LENGTH , off_t length
#define LENGTH_NAME , length
OTHER(fsync, NOTHING, NOTHING)
OTHER(fdatasync, NOTHING, NOTHING)
OTHER(ftruncate, LENGTH, LENGTH_NAME)
OTHER(ftruncate64, LENGTH, LENGTH_NAME)
