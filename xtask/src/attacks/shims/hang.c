/* Has each write-out to the disk take 25 s for as long as the file that JUDDER_HANG names is there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void hang(void)
{
    const char *file = getenv("JUDDER_HANG");
    if (file != NULL && access(file, F_OK) == 0) {
        sleep(25);
    }
}

static int real(const char *name, int fd)
{
    int (*call)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    return call(fd);
}

int fsync(int fd)
{
    hang();
    return real("fsync", fd);
}

int fdatasync(int fd)
{
    hang();
    return real("fdatasync", fd);
}
