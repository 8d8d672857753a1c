/* Writes into the file that JUDDER_JOURNAL names what a program does to files: what is written where, how long a file
 * is made, and what was asked to be on the disk, for folders with the names that they had then. A file is known by its
 * inode and by when it was made. Other calls (renames, say) need not be seen: only what a folder has when it is asked
 * to be on the disk counts.
 *
 * A record: its kind, three bytes of nothing, the length of what follows it (u32), inode (u64), birth (i64, ns),
 * a number (i64); then what follows. All of it is in the order of this machine.
 *   W  written: the number is the place, the bytes follow
 *   T  cut or made longer: the number is the length
 *   B  a write-out begins: the number is one of its own; of a folder the names follow, each as inode, birth, length (u32), name
 *   E  that write-out has ended well
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct record {
    char kind;
    char nothing[3];
    uint32_t length;
    uint64_t inode;
    int64_t birth;
    int64_t number;
};

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))

static int journal(void)
{
    static atomic_int opened = -1;
    int fd = atomic_load(&opened);
    if (fd < 0) {
        const char *path = getenv("JUDDER_JOURNAL");
        int new = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
        if (new < 0 || !atomic_compare_exchange_strong(&opened, &fd, new)) {
            syscall(SYS_close, new);
            return atomic_load(&opened);
        }
        fd = new;
    }
    return fd;
}

static void put(struct record record, const void *bytes, size_t length)
{
    record.length = (uint32_t)length;
    struct iovec parts[2] = {{&record, sizeof record}, {(void *)bytes, length}};
    if (syscall(SYS_writev, journal(), parts, 2) != (long)(sizeof record + length)) {
        /* What is not in the journal would seem to be lost. */
        abort();
    }
}

/* Which file a descriptor is; its mode, 0 where it is none or one that nobody asks about. */
static mode_t which(int fd, const char *path, struct record *record)
{
    struct statx there;
    int flags = path ? AT_SYMLINK_NOFOLLOW : AT_EMPTY_PATH;
    if (fd <= 2 || syscall(SYS_statx, fd, path ? path : "", flags, STATX_TYPE | STATX_INO | STATX_BTIME, &there) != 0) {
        return 0;
    }
    *record = (struct record){.inode = there.stx_ino,
                              .birth = there.stx_btime.tv_sec * 1000000000LL + there.stx_btime.tv_nsec};
    return S_ISREG(there.stx_mode) || S_ISDIR(there.stx_mode) ? there.stx_mode : 0;
}

static void cut(int fd, off_t length)
{
    int before = errno;
    struct record record;
    if (S_ISREG(which(fd, NULL, &record))) {
        record.kind = 'T';
        record.number = length;
        put(record, NULL, 0);
    }
    errno = before;
}

static void wrote(int fd, const void *bytes, ssize_t count, off_t at)
{
    int before = errno;
    struct record record;
    if (count > 0 && S_ISREG(which(fd, NULL, &record))) {
        record.kind = 'W';
        record.number = at >= 0 ? at : lseek(fd, 0, SEEK_CUR) - count;
        put(record, bytes, (size_t)count);
    }
    errno = before;
}

static int opened(int fd, int flags)
{
    if (fd >= 0 && (flags & O_TRUNC)) {
        cut(fd, 0);
    }
    return fd;
}

#define OPEN(name, before, before_names)                                    \
    int name(before const char *path, int flags, ...)                       \
    {                                                                       \
        va_list more;                                                       \
        va_start(more, flags);                                              \
        mode_t mode = va_arg(more, mode_t);                                 \
        va_end(more);                                                       \
        return opened(REAL(#name, int (*)(before const char *, int, ...))(before_names path, flags, mode), flags); \
    }
#define NOTHING
#define FOLDER int folder,
#define FOLDER_NAME folder,
OPEN(open, NOTHING, NOTHING)
OPEN(open64, NOTHING, NOTHING)
OPEN(openat, FOLDER, FOLDER_NAME)
OPEN(openat64, FOLDER, FOLDER_NAME)

ssize_t write(int fd, const void *bytes, size_t count)
{
    ssize_t done = REAL("write", ssize_t (*)(int, const void *, size_t))(fd, bytes, count);
    wrote(fd, bytes, done, -1);
    return done;
}

#define PWRITE(name)                                                                                        \
    ssize_t name(int fd, const void *bytes, size_t count, off_t at)                                         \
    {                                                                                                       \
        ssize_t done = REAL(#name, ssize_t (*)(int, const void *, size_t, off_t))(fd, bytes, count, at);    \
        wrote(fd, bytes, done, at);                                                                         \
        return done;                                                                                        \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    struct record record;
    if (!S_ISREG(which(fd, NULL, &record))) {
        return REAL("writev", ssize_t (*)(int, const struct iovec *, int))(fd, parts, count);
    }
    /* Less than all may be written. */
    return count > 0 ? write(fd, parts[0].iov_base, parts[0].iov_len) : 0;
}

#define FTRUNCATE(name)                                                      \
    int name(int fd, off_t length)                                           \
    {                                                                        \
        int done = REAL(#name, int (*)(int, off_t))(fd, length);             \
        if (done == 0) {                                                     \
            cut(fd, length);                                                 \
        }                                                                    \
        return done;                                                         \
    }
FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

/* These would be written past all of this: who calls them writes then. */
ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *there, size_t count, unsigned flags)
{
    (void)from, (void)at, (void)to, (void)there, (void)count, (void)flags;
    errno = ENOSYS;
    return -1;
}

#define SENDFILE(name)                                       \
    ssize_t name(int to, int from, off_t *at, size_t count)  \
    {                                                        \
        (void)to, (void)from, (void)at, (void)count;         \
        errno = ENOSYS;                                      \
        return -1;                                           \
    }
SENDFILE(sendfile)
SENDFILE(sendfile64)

#define ALLOCATE(name)                               \
    int name(int fd, off_t at, off_t length)         \
    {                                                \
        (void)fd, (void)at, (void)length;            \
        return EOPNOTSUPP;                           \
    }
ALLOCATE(posix_fallocate)
ALLOCATE(posix_fallocate64)

/* The names in a folder, as they are now. */
static char *names(int fd, size_t *length)
{
    size_t room = 1 << 16;
    char *bytes = malloc(room);
    *length = 0;
    int own = (int)syscall(SYS_openat, fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fdopendir(own);
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        struct record record;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || which(fd, entry->d_name, &record) == 0) {
            continue;
        }
        uint32_t name = (uint32_t)strlen(entry->d_name);
        if (*length + 20 + name > room) {
            bytes = realloc(bytes, room *= 2);
        }
        memcpy(bytes + *length, &record.inode, 8);
        memcpy(bytes + *length + 8, &record.birth, 8);
        memcpy(bytes + *length + 16, &name, 4);
        memcpy(bytes + *length + 20, entry->d_name, name);
        *length += 20 + name;
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return bytes;
}

static int sync_by(const char *name, int fd)
{
    static atomic_llong next;
    struct record record;
    mode_t mode = which(fd, NULL, &record);
    if (mode != 0) {
        size_t length = 0;
        char *bytes = S_ISDIR(mode) ? names(fd, &length) : NULL;
        record.kind = 'B';
        record.number = atomic_fetch_add(&next, 1);
        put(record, bytes, length);
        free(bytes);
    }
    int done = REAL(name, int (*)(int))(fd);
    int after = errno;
    if (mode != 0 && done == 0) {
        record.kind = 'E';
        put(record, NULL, 0);
    }
    errno = after;
    return done;
}

int fsync(int fd)
{
    return sync_by("fsync", fd);
}

int fdatasync(int fd)
{
    return sync_by("fdatasync", fd);
}
