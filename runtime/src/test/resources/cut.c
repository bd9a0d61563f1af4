#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Cuts the power of a file system that is mounted: cut FOLDER MODE SEED CHANCE FILE...
 *
 * Before that, of each file some pages are written to the device that nobody has synced, so that they are
 * there and others, written before or after, are not: each of 4096 bytes with CHANCE of 100.
 * MODE: 2 drops all that is not on the device, 1 writes the journal first (FS_IOC_SHUTDOWN).
 */
int main(int count, char **words) {
    srand(atoi(words[3]));
    for (int i = 5; i < count; i++) {
        struct stat about;
        int file = open(words[i], O_RDONLY);
        if (file < 0 || fstat(file, &about)) continue;
        for (off64_t at = 0; at < about.st_size; at += 4096)
            if (rand() % 100 < atoi(words[4])) sync_file_range(file, at, 4096, SYNC_FILE_RANGE_WRITE);
        close(file);
    }
    int folder = open(words[1], O_RDONLY | O_DIRECTORY);
    unsigned mode = atoi(words[2]);
    if (ioctl(folder, _IOR('X', 125, unsigned), &mode)) {
        perror("cut");
        return 1;
    }
    return 0;
}
