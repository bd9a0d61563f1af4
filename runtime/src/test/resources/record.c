#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/*
 * Writes down what a process does to the files below a folder, call by call in the order they are
 * made, with the bytes: loaded before the C library, see CrashShim. Each call and its entry are one
 * under a lock, so the order of entries is the order in which calls have taken effect.
 *
 * CRASH_FOLDER: that folder. CRASH_RECORD: the file of entries, see RecordedCall. CRASH_MARKS: a
 * file; what is written to it becomes a mark in the record instead.
 *
 * An entry: the header below, then two stretches of bytes (paths, or data and nothing).
 */
enum { CREATE = 1, WRITE, SIZE, SYNC, RENAME, REMOVE, FOLDER, LINK, MARK, UNKNOWN };
enum { THROUGH = 1 };
struct header { uint32_t what, flags; uint64_t inode; int64_t offset; uint32_t first, second; };

static int record = -1;
static char folder[512], marks[512];
static size_t length;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("CRASH_RECORD");
    if (!name) return;
    strncpy(folder, getenv("CRASH_FOLDER"), sizeof folder - 1);
    strncpy(marks, getenv("CRASH_MARKS"), sizeof marks - 1);
    length = strlen(folder);
    record = syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_APPEND | O_CREAT, 0600);
}
static int inside(const char *path) {
    return record >= 0 && path && !strncmp(path, folder, length)
            && (path[length] == '/' || !path[length]);
}
static void all(const char *bytes, size_t n) {
    while (n > 0) {
        ssize_t done = syscall(SYS_write, record, bytes, n);
        if (done <= 0) abort(); /* a record with a hole proves nothing */
        bytes += done;
        n -= done;
    }
}
static void note(int what, int flags, uint64_t inode, int64_t offset, const void *a, size_t na,
        const void *b, size_t nb) {
    struct header head = {what, flags, inode, offset, na, nb};
    int error = errno;
    all((char *) &head, sizeof head);
    all(a, na);
    all(b, nb);
    errno = error;
}
static const char *below(const char *path) { return path[length] ? path + length + 1 : ""; }
static void paths(int what, uint64_t inode, const char *a, const char *b) {
    const char *x = below(a), *y = b ? below(b) : "";
    note(what, 0, inode, 0, x, strlen(x), y, strlen(y));
}
/* What is done and not modelled: a run with one of these is no good, and says so. */
static void unknown(const char *call) { note(UNKNOWN, 0, 0, 0, call, strlen(call), "", 0); }

static int named(int fd, char *name) {
    char link[64];
    if (record < 0 || fd < 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = syscall(SYS_readlinkat, AT_FDCWD, link, name, 511);
    name[n < 0 ? 0 : n] = 0;
    return n > 0 && (inside(name) || !strcmp(name, marks));
}
static void status(int fd, struct stat *out) { fstat(fd, out); }
static uint64_t inode_of(const char *path) {
    struct stat there;
    return lstat(path, &there) ? 0 : there.st_ino;
}
/* A relative path is made whole; one beside a folder that is open likewise. */
static const char *whole(int at, const char *path, char *room) {
    if (record < 0 || !path || path[0] == '/') return path;
    if (at == AT_FDCWD) {
        if (syscall(SYS_getcwd, room, 511) < 0) return path;
    } else if (!named(at, room)) {
        return path;
    }
    size_t n = strlen(room);
    snprintf(room + n, 1024 - n, "/%s", path);
    return room;
}

static ssize_t vectored(int fd, const struct iovec *v, int c, off_t o) {
    return o < 0 ? syscall(SYS_writev, fd, v, c)
            : syscall(SYS_pwritev, fd, v, c, (long) o, (long) (o >> 32 >> 32));
}
static void written(int fd, const char *name, const struct iovec *v, int c, off_t at, ssize_t n) {
    struct stat file;
    char *bytes = malloc(n);
    size_t have = 0;
    for (int i = 0; i < c && have < (size_t) n; i++) {
        size_t part = v[i].iov_len < n - have ? v[i].iov_len : n - have;
        memcpy(bytes + have, v[i].iov_base, part);
        have += part;
    }
    status(fd, &file);
    if (!strcmp(name, marks)) note(MARK, 0, 0, 0, bytes, n, "", 0);
    else note(WRITE, syscall(SYS_fcntl, fd, F_GETFL) & O_DSYNC ? THROUGH : 0, file.st_ino, at, bytes, n, "", 0);
    free(bytes);
}
static ssize_t out(int fd, const struct iovec *v, int c, off_t o) {
    char name[512];
    struct stat file;
    if (!named(fd, name)) return vectored(fd, v, c, o);
    pthread_mutex_lock(&lock);
    off_t at = o;
    if (syscall(SYS_fcntl, fd, F_GETFL) & O_APPEND) {
        status(fd, &file);
        at = file.st_size;
    } else if (o < 0) {
        at = syscall(SYS_lseek, fd, 0, SEEK_CUR);
    }
    ssize_t done = vectored(fd, v, c, o);
    if (done > 0) written(fd, name, v, c, at, done);
    pthread_mutex_unlock(&lock);
    return done;
}
ssize_t write(int fd, const void *b, size_t n) {
    struct iovec one = {(void *) b, n};
    return out(fd, &one, 1, -1);
}
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) {
    struct iovec one = {(void *) b, n};
    return out(fd, &one, 1, o);
}
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { return pwrite64(fd, b, n, o); }
ssize_t writev(int fd, const struct iovec *v, int c) { return out(fd, v, c, -1); }
ssize_t pwritev64(int fd, const struct iovec *v, int c, off64_t o) { return out(fd, v, c, o); }
ssize_t pwritev(int fd, const struct iovec *v, int c, off_t o) { return out(fd, v, c, o); }

static int sized(int fd, off_t size) {
    char name[512];
    struct stat file;
    if (!named(fd, name)) return syscall(SYS_ftruncate, fd, size);
    pthread_mutex_lock(&lock);
    int done = syscall(SYS_ftruncate, fd, size);
    status(fd, &file);
    if (!done) note(SIZE, 0, file.st_ino, size, "", 0, "", 0);
    pthread_mutex_unlock(&lock);
    return done;
}
int ftruncate(int fd, off_t size) { return sized(fd, size); }
int ftruncate64(int fd, off64_t size) { return sized(fd, size); }
static int sized_path(const char *path, off_t size) {
    char room[1024];
    const char *name = whole(AT_FDCWD, path, room);
    pthread_mutex_lock(&lock);
    int done = syscall(SYS_truncate, path, size);
    if (!done && inside(name)) note(SIZE, 0, inode_of(name), size, "", 0, "", 0);
    pthread_mutex_unlock(&lock);
    return done;
}
int truncate(const char *path, off_t size) { return sized_path(path, size); }
int truncate64(const char *path, off64_t size) { return sized_path(path, size); }
static int room_for(int fd, int mode, off_t at, off_t n) {
    char name[512];
    struct stat file;
    int ours = named(fd, name);
    pthread_mutex_lock(&lock);
    status(fd, &file);
    int done = syscall(SYS_fallocate, fd, mode, at, n);
    if (!done && ours && mode) unknown("fallocate");
    if (!done && ours && !mode && file.st_size < at + n)
        note(SIZE, 0, file.st_ino, at + n, "", 0, "", 0);
    pthread_mutex_unlock(&lock);
    return done;
}
int fallocate(int fd, int mode, off_t at, off_t n) { return room_for(fd, mode, at, n); }
int fallocate64(int fd, int mode, off64_t at, off64_t n) { return room_for(fd, mode, at, n); }
int posix_fallocate(int fd, off_t at, off_t n) { return room_for(fd, 0, at, n) ? errno : 0; }
int posix_fallocate64(int fd, off64_t at, off64_t n) { return room_for(fd, 0, at, n) ? errno : 0; }

/* Copies inside the kernel: what they have copied is read back from where it went. */
static void copied(int fd, off_t at, ssize_t n) {
    char name[512], link[64];
    char *bytes = malloc(n);
    struct iovec one = {bytes, n};
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int in = syscall(SYS_openat, AT_FDCWD, link, O_RDONLY);
    if (in < 0 || syscall(SYS_pread64, in, bytes, n, at) != n) abort();
    syscall(SYS_close, in);
    named(fd, name);
    written(fd, name, &one, 1, at, n);
    free(bytes);
}
static ssize_t sent(int to, int from, off_t *offset, size_t n) {
    char name[512];
    if (!named(to, name)) return syscall(SYS_sendfile, to, from, offset, n);
    pthread_mutex_lock(&lock);
    off_t at = syscall(SYS_lseek, to, 0, SEEK_CUR);
    ssize_t done = syscall(SYS_sendfile, to, from, offset, n);
    if (done > 0) copied(to, at, done);
    pthread_mutex_unlock(&lock);
    return done;
}
ssize_t sendfile(int to, int from, off_t *offset, size_t n) { return sent(to, from, offset, n); }
ssize_t sendfile64(int to, int from, off64_t *offset, size_t n) { return sent(to, from, offset, n); }
ssize_t copy_file_range(int from, off64_t *o, int to, off64_t *p, size_t n, unsigned flags) {
    char name[512];
    if (!named(to, name)) return syscall(SYS_copy_file_range, from, o, to, p, n, flags);
    pthread_mutex_lock(&lock);
    off_t at = p ? *p : syscall(SYS_lseek, to, 0, SEEK_CUR);
    ssize_t done = syscall(SYS_copy_file_range, from, o, to, p, n, flags);
    if (done > 0) copied(to, at, done);
    pthread_mutex_unlock(&lock);
    return done;
}

static int flush(int fd, long call) {
    char name[512];
    struct stat file;
    if (!named(fd, name)) return syscall(call, fd);
    pthread_mutex_lock(&lock);
    int done = syscall(call, fd);
    status(fd, &file);
    if (!done) note(SYNC, 0, file.st_ino, 0, "", 0, "", 0);
    pthread_mutex_unlock(&lock);
    return done;
}
int fsync(int fd) { return flush(fd, SYS_fsync); }
int fdatasync(int fd) { return flush(fd, SYS_fdatasync); }

static int opened(int at, const char *path, int flags, int mode) {
    char room[1024];
    struct stat file;
    const char *name = whole(at, path, room);
    if (!inside(name) || !(flags & (O_CREAT | O_TRUNC))) return syscall(SYS_openat, at, path, flags, mode);
    pthread_mutex_lock(&lock);
    int made = syscall(SYS_faccessat, AT_FDCWD, name, F_OK);
    int fd = syscall(SYS_openat, at, path, flags, mode);
    if (fd >= 0) {
        status(fd, &file);
        if (made) paths(CREATE, file.st_ino, name, 0);
        else if (flags & O_TRUNC) note(SIZE, 0, file.st_ino, 0, "", 0, "", 0);
    }
    pthread_mutex_unlock(&lock);
    return fd;
}
#define MODE(flags) \
    int mode = 0; \
    if ((flags) & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, int); va_end(more); }
int open(const char *path, int flags, ...) { MODE(flags) return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return opened(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int at, const char *path, int flags, ...) { MODE(flags) return opened(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE(flags) return opened(at, path, flags | O_LARGEFILE, mode); }
int creat(const char *path, mode_t mode) { return opened(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

static int moved(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
    char a[1024], b[1024];
    const char *x = whole(from_at, from, a), *y = whole(to_at, to, b);
    pthread_mutex_lock(&lock);
    uint64_t inode = inside(x) ? inode_of(x) : 0;
    int done = syscall(SYS_renameat2, from_at, from, to_at, to, flags);
    if (!done && inside(x) && inside(y) && !flags) paths(RENAME, inode, x, y);
    else if (!done && (inside(x) || inside(y))) unknown("rename");
    pthread_mutex_unlock(&lock);
    return done;
}
int rename(const char *a, const char *b) { return moved(AT_FDCWD, a, AT_FDCWD, b, 0); }
int renameat(int x, const char *a, int y, const char *b) { return moved(x, a, y, b, 0); }
int renameat2(int x, const char *a, int y, const char *b, unsigned f) { return moved(x, a, y, b, f); }

static int removed(int at, const char *path, int flags) {
    char room[1024];
    const char *name = whole(at, path, room);
    pthread_mutex_lock(&lock);
    int done = syscall(SYS_unlinkat, at, path, flags);
    if (!done && inside(name)) paths(REMOVE, 0, name, 0);
    pthread_mutex_unlock(&lock);
    return done;
}
int unlink(const char *path) { return removed(AT_FDCWD, path, 0); }
int unlinkat(int at, const char *path, int flags) { return removed(at, path, flags); }
int rmdir(const char *path) { return removed(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) {
    int done = unlink(path);
    return done && (errno == EISDIR || errno == EPERM) ? rmdir(path) : done;
}

static int made(int at, const char *path, mode_t mode) {
    char room[1024];
    const char *name = whole(at, path, room);
    pthread_mutex_lock(&lock);
    int done = syscall(SYS_mkdirat, at, path, mode);
    if (!done && inside(name)) paths(FOLDER, inode_of(name), name, 0);
    pthread_mutex_unlock(&lock);
    return done;
}
int mkdir(const char *path, mode_t mode) { return made(AT_FDCWD, path, mode); }
int mkdirat(int at, const char *path, mode_t mode) { return made(at, path, mode); }

static int linked(int x, const char *a, int y, const char *b, int flags) {
    char first[1024], second[1024];
    const char *from = whole(x, a, first), *to = whole(y, b, second);
    pthread_mutex_lock(&lock);
    int done = syscall(SYS_linkat, x, a, y, b, flags);
    if (!done && inside(to)) paths(LINK, inode_of(to), inside(from) ? from : to, to);
    pthread_mutex_unlock(&lock);
    return done;
}
int link(const char *a, const char *b) { return linked(AT_FDCWD, a, AT_FDCWD, b, 0); }
int linkat(int x, const char *a, int y, const char *b, int flags) { return linked(x, a, y, b, flags); }
int symlinkat(const char *target, int at, const char *path) {
    char room[1024];
    int done = syscall(SYS_symlinkat, target, at, path);
    if (!done && inside(whole(at, path, room))) unknown("symlink");
    return done;
}
int symlink(const char *target, const char *path) { return symlinkat(target, AT_FDCWD, path); }
