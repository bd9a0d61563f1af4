#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/*
 * Kills its process at a call that changes files of a folder: loaded before the C library, see KillPoint.
 *
 * KILL_FOLDER: part of the path of the files; KILL_AFTER: how many calls go well; KILL_HALF: 1 if half
 * of what is to be written at last is written. KILL_WHEN: calls count once there is this file, in
 * which is the name of those that count.
 */
static char folder[512];
static char when[512];
static char named[32];
static long left;
static int half;

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("KILL_FOLDER");
    if (!name) return;
    strncpy(folder, name, sizeof folder - 1);
    left = atol(getenv("KILL_AFTER"));
    half = atoi(getenv("KILL_HALF"));
    if (getenv("KILL_WHEN")) strncpy(when, getenv("KILL_WHEN"), sizeof when - 1);
}

static int counts(const char *call) {
    if (!when[0]) return 1;
    if (!named[0]) {
        char read_now[32] = "";
        int fd = syscall(SYS_openat, AT_FDCWD, when, O_RDONLY);
        if (fd < 0) return 0;
        ssize_t length = syscall(SYS_read, fd, read_now, sizeof read_now - 1);
        syscall(SYS_close, fd);
        if (length > 0) memcpy(named, read_now, sizeof named);
    }
    return strcmp(named, call) == 0;
}

static int last(const char *call, const char *name) {
    return folder[0] && strstr(name, folder) && counts(call) && __sync_fetch_and_sub(&left, 1) <= 0;
}

static int last_of(const char *call, int fd) {
    char link[64], name[1024];
    if (!folder[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, name, sizeof name - 1);
    name[length < 0 ? 0 : length] = 0;
    return last(call, name);
}

static void die(void) {
    for (;;) kill(getpid(), SIGKILL);
}

ssize_t write(int fd, const void *b, size_t n) {
    if (last_of("write", fd)) {
        if (half) syscall(SYS_write, fd, b, n / 2);
        die();
    }
    return syscall(SYS_write, fd, b, n);
}

static ssize_t put(int fd, const void *b, size_t n, off_t o) {
    if (last_of("write", fd)) {
        if (half) syscall(SYS_pwrite64, fd, b, n / 2, o);
        die();
    }
    return syscall(SYS_pwrite64, fd, b, n, o);
}

ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { return put(fd, b, n, o); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) { return put(fd, b, n, o); }

static ssize_t all(int fd, const struct iovec *v, int c, off_t o) {
    if (last_of("write", fd)) {
        if (half && o < 0) syscall(SYS_writev, fd, v, c / 2);
        if (half && o >= 0) syscall(SYS_pwritev, fd, v, c / 2, o, 0);
        die();
    }
    return o < 0 ? syscall(SYS_writev, fd, v, c) : syscall(SYS_pwritev, fd, v, c, o, 0);
}

ssize_t writev(int fd, const struct iovec *v, int c) { return all(fd, v, c, -1); }
ssize_t pwritev(int fd, const struct iovec *v, int c, off_t o) { return all(fd, v, c, o); }
ssize_t pwritev64(int fd, const struct iovec *v, int c, off64_t o) { return all(fd, v, c, o); }

int fsync(int fd) {
    if (last_of("fsync", fd)) die();
    return syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
    if (last_of("fdatasync", fd)) die();
    return syscall(SYS_fdatasync, fd);
}

int ftruncate64(int fd, off64_t length) {
    if (last_of("ftruncate", fd)) die();
    return syscall(SYS_ftruncate, fd, length);
}

int mkdir(const char *name, mode_t mode) {
    if (last("mkdir", name)) die();
    return syscall(SYS_mkdirat, AT_FDCWD, name, mode);
}

int rename(const char *from, const char *to) {
    if (last("rename", from)) die();
    return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *name) {
    if (last("unlink", name)) die();
    return syscall(SYS_unlinkat, AT_FDCWD, name, 0);
}

int rmdir(const char *name) {
    if (last("rmdir", name)) die();
    return syscall(SYS_unlinkat, AT_FDCWD, name, 0x200);
}
