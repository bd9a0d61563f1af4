#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/*
 * A disk that fails: loaded before the C library, see DiskShim.
 *
 * Of each log/data.mdb it keeps another file, .disk: what of it is on the disk for certain, where a
 * sync that failed has lost all that was to be synced, while it is still to be read in the file.
 *
 * The trace, a line a call: "make", "move" or "sync", and paths. Folders and files that were made, what
 * was moved, files and folders that were synced.
 *
 * The control file, ints: armed, which calls (1 writes, 2 syncs, 4 openings), calls before the
 * failure, once, errno (0: half is written), failures, lies (1: syncs bring nothing to the disk)
 */
static volatile int *control;
static int trace = -1;
static char folder[512];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct { off_t at; size_t length; } *dirty;
static int dirties, room;
static char watched[512];

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("DISK_CONTROL");
    int fd = name ? syscall(SYS_openat, AT_FDCWD, name, O_RDWR) : -1;
    if (fd < 0) return;
    control = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    strncpy(folder, getenv("DISK_FOLDER"), sizeof folder - 1);
    name = getenv("DISK_TRACE");
    if (name)
        trace = syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_APPEND | O_CREAT, 0600);
}

static void told(const char *what, const char *a, const char *b) {
    char line[1200];
    int error = errno;
    if (trace < 0 || !strstr(a, folder)) return;
    int n = snprintf(line, sizeof line, "%s\t%s\t%s\n", what, a, b);
    syscall(SYS_write, trace, line, (size_t) n);
    errno = error;
}

static int named(int fd, char *name, int size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, name, size - 1);
    name[length < 0 ? 0 : length] = 0;
    return length > 0;
}
static int due(int call, const char *name) {
    if (!control || !control[0] || !(control[1] & call) || !strstr(name, folder))
        return 0;
    pthread_mutex_lock(&lock);
    int fails = control[2] <= 0 && (!control[3] || !control[5]);
    if (control[2] > 0) control[2]--;
    if (fails) control[5]++;
    pthread_mutex_unlock(&lock);
    return fails;
}
static int is_data(const char *name) {
    size_t length = strlen(name);
    return length > 13 && !strcmp(name + length - 13, "/log/data.mdb");
}
static void to_disk(const char *name, off_t at, size_t length) {
    char other[600];
    snprintf(other, sizeof other, "%s.disk", name);
    int in = syscall(SYS_openat, AT_FDCWD, name, O_RDONLY);
    int out = syscall(SYS_openat, AT_FDCWD, other, O_RDWR | O_CREAT, 0600);
    char *bytes = malloc(length);
    ssize_t got = pread(in, bytes, length, at);
    if (got > 0) got = syscall(SYS_pwrite64, out, bytes, (size_t) got, at);
    free(bytes);
    syscall(SYS_close, in);
    syscall(SYS_close, out);
}
static void written(int fd, const char *name, off_t at, size_t length) {
    pthread_mutex_lock(&lock);
    if (strcmp(watched, name)) { strncpy(watched, name, 511); dirties = 0; }
    if (fcntl(fd, F_GETFL) & O_DSYNC) {
        to_disk(name, at, length);
    } else {
        if (dirties == room) {
            room = room ? 2 * room : 1024;
            dirty = realloc(dirty, room * sizeof *dirty);
        }
        dirty[dirties].at = at;
        dirty[dirties++].length = length;
    }
    pthread_mutex_unlock(&lock);
}
static void flushed(const char *name, int kept) {
    if (control[6]) return;
    pthread_mutex_lock(&lock);
    if (strcmp(watched, name)) { strncpy(watched, name, 511); dirties = 0; }
    for (int i = 0; kept && i < dirties; i++)
        to_disk(name, dirty[i].at, dirty[i].length);
    dirties = 0;
    pthread_mutex_unlock(&lock);
}
static ssize_t put(int fd, const void *b, size_t n, off_t o) {
    return o < 0 ? syscall(SYS_write, fd, b, n) : syscall(SYS_pwrite64, fd, b, n, o);
}
static ssize_t out(int fd, const void *b, size_t n, off_t o) {
    char name[512];
    if (!control || !named(fd, name, sizeof name)) return put(fd, b, n, o);
    int data = is_data(name);
    off_t at = o < 0 && data ? lseek(fd, 0, SEEK_CUR) : o;
    if (due(1, name)) {
        if (!control[4]) {
            ssize_t half = put(fd, b, n > 1 ? n / 2 : n, o);
            if (data && half > 0) written(fd, name, at, half);
            return half;
        }
        /* what is written through may be in the cache all the same */
        if (data && control[4] == EIO && fcntl(fd, F_GETFL) & O_DSYNC) put(fd, b, n, o);
        errno = control[4];
        return -1;
    }
    ssize_t done = put(fd, b, n, o);
    if (data && done > 0) written(fd, name, at, done);
    return done;
}
ssize_t write(int fd, const void *b, size_t n) { return out(fd, b, n, -1); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { return out(fd, b, n, o); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) { return out(fd, b, n, o); }
static ssize_t all(int fd, const struct iovec *v, int c, off_t o) {
    size_t length = 0, at = 0;
    for (int i = 0; i < c; i++) length += v[i].iov_len;
    char *bytes = malloc(length);
    for (int i = 0; i < c; at += v[i++].iov_len)
        memcpy(bytes + at, v[i].iov_base, v[i].iov_len);
    ssize_t done = out(fd, bytes, length, o);
    int error = errno;
    free(bytes);
    errno = error;
    return done;
}
ssize_t pwritev(int fd, const struct iovec *v, int c, off_t o) {
    return all(fd, v, c, o);
}
ssize_t pwritev64(int fd, const struct iovec *v, int c, off64_t o) {
    return all(fd, v, c, o);
}
ssize_t writev(int fd, const struct iovec *v, int c) {
    char name[512];
    if (!control || !named(fd, name, sizeof name) || !is_data(name))
        return syscall(SYS_writev, fd, v, c);
    off_t at = lseek(fd, 0, SEEK_CUR);
    ssize_t done = all(fd, v, c, at);
    if (done > 0) lseek(fd, at + done, SEEK_SET);
    return done;
}
static int flush(int fd) {
    char name[512];
    if (!control || !named(fd, name, sizeof name)) return syscall(SYS_fsync, fd);
    int fails = due(2, name);
    if (is_data(name)) flushed(name, !fails);
    if (fails) errno = control[4];
    if (!fails) told("sync", name, "");
    return fails ? -1 : 0;
}
int fdatasync(int fd) { return flush(fd); }
int fsync(int fd) { return flush(fd); }
static int opened(const char *name, int flags, int mode) {
    if (control && due(4, name)) { errno = control[4]; return -1; }
    int makes = trace >= 0 && flags & O_CREAT
            && syscall(SYS_faccessat, AT_FDCWD, name, F_OK);
    int fd = syscall(SYS_openat, AT_FDCWD, name, flags, mode);
    if (fd >= 0 && makes) told("make", name, "");
    return fd;
}
int open64(const char *name, int flags, ...) {
    va_list more;
    va_start(more, flags);
    int mode = flags & O_CREAT ? va_arg(more, int) : 0;
    va_end(more);
    return opened(name, flags | O_LARGEFILE, mode);
}
int open(const char *name, int flags, ...) {
    va_list more;
    va_start(more, flags);
    int mode = flags & O_CREAT ? va_arg(more, int) : 0;
    va_end(more);
    return opened(name, flags, mode);
}
int mkdir(const char *name, mode_t mode) {
    int done = syscall(SYS_mkdirat, AT_FDCWD, name, mode);
    if (!done) told("make", name, "");
    return done;
}
int rename(const char *from, const char *to) {
    int done = syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    if (!done) told("move", from, to);
    return done;
}
