#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/*
 * Counts the calls of its process that change files of a folder, and lets one of them fail, or kills
 * the process there: loaded before the C library, see DiskCalls.
 *
 * CALLS_FOLDER: part of the path of the files. CALLS_CONTROL: a file that is mapped, of ints:
 *   0 armed; 1 which sorts of calls are counted; 2 how many go well; 3 which sorts fail after the
 *   first that has failed; 4 what happens: an errno, HALF of what is to be written is written, which
 *   is no error, or the process is killed, DIE before the call or DIE_HALF half-way through it;
 *   5 how many have failed; 6 how many calls of each sort there were; from byte 256 on: the first
 *   that has failed, in words.
 * CALLS_WHEN: calls count once there is this file, in which is the name of those that count.
 */
enum { WRITE, SYNC, SIZE, NAME, OPEN, REMOVE, SORTS };
enum { HALF = 0, DIE = -1, DIE_HALF = -2 };
static const char *words[] = {"write", "sync", "size", "name", "open", "remove"};

static volatile int *control;
static char folder[512], when[512], counted[32];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("CALLS_CONTROL");
    int fd = name ? syscall(SYS_openat, AT_FDCWD, name, O_RDWR) : -1;
    if (fd < 0) return;
    strncpy(folder, getenv("CALLS_FOLDER"), sizeof folder - 1);
    if (getenv("CALLS_WHEN")) strncpy(when, getenv("CALLS_WHEN"), sizeof when - 1);
    control = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
}

static int counts(const char *call) {
    if (!when[0]) return 1;
    if (!counted[0]) {
        char words_now[32] = "";
        int fd = syscall(SYS_openat, AT_FDCWD, when, O_RDONLY);
        if (fd < 0) return 0;
        ssize_t length = syscall(SYS_read, fd, words_now, sizeof words_now - 1);
        syscall(SYS_close, fd);
        if (length > 0) memcpy(counted, words_now, sizeof counted);
    }
    return !strcmp(counted, call);
}

/* Whether the call fails, with what in errno: HALF if it is to write half. */
static int due(int sort, const char *call, const char *name) {
    if (!control || !control[0] || !name || !strstr(name, folder) || !counts(call)) return 0;
    pthread_mutex_lock(&lock);
    int failed = control[5] > 0;
    int fails = failed ? control[3] & 1 << sort : control[1] & 1 << sort && control[2]-- <= 0;
    control[6 + sort]++;
    if (fails && !failed) snprintf((char *) control + 256, 2000, "%s %s", words[sort], name);
    if (fails) control[5]++;
    pthread_mutex_unlock(&lock);
    if (fails && control[4] == DIE) for (;;) kill(getpid(), SIGKILL);
    if (fails) errno = control[4] == DIE_HALF ? HALF : control[4];
    return fails;
}
/* Calls that write nothing cannot be half done. */
static int due_whole(int sort, const char *call, const char *name) {
    int fails = due(sort, call, name);
    if (fails && control[4] == DIE_HALF) for (;;) kill(getpid(), SIGKILL);
    return fails;
}
static const char *named(int fd, char *name) {
    char link[64];
    if (!control || !control[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, name, 1023);
    name[length < 0 ? 0 : length] = 0;
    return name;
}

static ssize_t put(int fd, const struct iovec *v, int c, off_t o) {
    return o < 0 ? syscall(SYS_writev, fd, v, c) : syscall(SYS_pwritev, fd, v, c, o, 0);
}
static ssize_t half(int fd, const struct iovec *v, int c, off_t o) {
    size_t length = 0, at = 0;
    for (int i = 0; i < c; i++) length += v[i].iov_len;
    char *bytes = malloc(length);
    for (int i = 0; i < c; at += v[i++].iov_len) memcpy(bytes + at, v[i].iov_base, v[i].iov_len);
    struct iovec one = {bytes, length > 1 ? length / 2 : length};
    ssize_t done = put(fd, &one, 1, o);
    free(bytes);
    if (control[4] == DIE_HALF) for (;;) kill(getpid(), SIGKILL);
    return done;
}
static ssize_t out(int fd, const struct iovec *v, int c, off_t o) {
    char name[1024];
    if (!due(WRITE, "write", named(fd, name))) return put(fd, v, c, o);
    if (errno == HALF) return half(fd, v, c, o);
    int error = errno;
    /* what is written through may be in the cache all the same */
    if (error == EIO && o >= 0 && fcntl(fd, F_GETFL) & O_DSYNC) put(fd, v, c, o);
    errno = error;
    return -1;
}
ssize_t pwritev(int fd, const struct iovec *v, int c, off_t o) { return out(fd, v, c, o); }
ssize_t pwritev64(int fd, const struct iovec *v, int c, off64_t o) { return out(fd, v, c, o); }
ssize_t writev(int fd, const struct iovec *v, int c) { return out(fd, v, c, -1); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) {
    struct iovec one = {(void *) b, n};
    return out(fd, &one, 1, o);
}
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { return pwrite64(fd, b, n, o); }
ssize_t write(int fd, const void *b, size_t n) {
    struct iovec one = {(void *) b, n};
    return out(fd, &one, 1, -1);
}
ssize_t sendfile64(int to, int from, off64_t *at, size_t n) {
    char name[1024];
    int fails = due(WRITE, "write", named(to, name));
    if (fails && errno != HALF) return -1;
    ssize_t done = syscall(SYS_sendfile, to, from, at, fails && n > 1 ? n / 2 : n);
    if (fails && control[4] == DIE_HALF) for (;;) kill(getpid(), SIGKILL);
    return done;
}
ssize_t sendfile(int to, int from, off_t *at, size_t n) { return sendfile64(to, from, at, n); }

static int synced(int fd, const char *call, long number) {
    char name[1024];
    return due_whole(SYNC, call, named(fd, name)) ? -1 : syscall(number, fd);
}
int fsync(int fd) { return synced(fd, "fsync", SYS_fsync); }
int fdatasync(int fd) { return synced(fd, "fdatasync", SYS_fdatasync); }
/* Of which file is not known, and nothing of ours is written that way: that would be noticed. */
int msync(void *at, size_t n, int flags) {
    return due_whole(SYNC, "msync", folder) ? -1 : syscall(SYS_msync, at, n, flags);
}

int ftruncate64(int fd, off64_t length) {
    char name[1024];
    return due_whole(SIZE, "ftruncate", named(fd, name)) ? -1 : syscall(SYS_ftruncate, fd, length);
}
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }
int fallocate64(int fd, int mode, off64_t at, off64_t n) {
    char name[1024];
    return due_whole(SIZE, "fallocate", named(fd, name)) ? -1 : syscall(SYS_fallocate, fd, mode, at, n);
}
int fallocate(int fd, int mode, off_t at, off_t n) { return fallocate64(fd, mode, at, n); }

static int opened(int at, const char *name, int flags, int mode) {
    if (flags & (O_WRONLY | O_RDWR | O_CREAT) && due_whole(OPEN, "open", name)) return -1;
    return syscall(SYS_openat, at, name, flags, mode);
}
#define MODE(flags) \
    int mode = 0; \
    if ((flags) & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, int); va_end(more); }
int open(const char *name, int flags, ...) { MODE(flags) return opened(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE(flags) return opened(AT_FDCWD, name, flags | O_LARGEFILE, mode); }

int mkdir(const char *name, mode_t mode) {
    return due_whole(NAME, "mkdir", name) ? -1 : syscall(SYS_mkdirat, AT_FDCWD, name, mode);
}
int rename(const char *from, const char *to) {
    return due_whole(NAME, "rename", from) ? -1 : syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
int link(const char *from, const char *to) {
    return due_whole(NAME, "link", from) ? -1 : syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}
int unlink(const char *name) {
    return due_whole(REMOVE, "unlink", name) ? -1 : syscall(SYS_unlinkat, AT_FDCWD, name, 0);
}
int rmdir(const char *name) {
    return due_whole(REMOVE, "rmdir", name) ? -1 : syscall(SYS_unlinkat, AT_FDCWD, name, AT_REMOVEDIR);
}
