package io.varve.store.lmdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes pages of a data file once more, as they are, and syncs them.
 *
 * <p>After a sync that failed the operating system may show pages that are not on disk, and hold
 * them for written: the next sync leaves them out and succeeds. Whether a sync failed is not known
 * when a process has died. So what is on disk for certain is left, and all else is written again
 * before anything is built on it. What stands in a page does not change, so this may be cut short
 * and done again.
 */
final class UnsyncedPages {
    private static final int MOST_AT_ONCE = 1 << 20;

    private final FileChannel channel;
    private final int pageSize;

    private UnsyncedPages(FileChannel channel, int pageSize) {
        this.channel = channel;
        this.pageSize = pageSize;
    }

    /** Writes both meta pages: of transactions that synced, these are all that may be missing. */
    static void writeMetas(Path folder) throws IOException {
        try (FileChannel channel = open(folder)) {
            MetaPage first = MetaPage.read(channel, 0);
            if (first.isMeta()) {
                new UnsyncedPages(channel, first.pageSize()).write(0, 2);
                channel.force(true);
            }
        }
    }

    /**
     * Writes the meta pages, and what the newest transaction uses and an older one does not.
     *
     * @param folder whose newest transaction was found sound
     * @param synced meta page of a transaction that is on disk, and whose pages were not used again
     */
    static void writeBehind(Path folder, MetaPage synced) throws IOException {
        MetaPage newest = DataFile.newestMeta(folder);
        if (newest.transaction() == synced.transaction()) {
            writeMetas(folder);
            return;
        }
        try (FileChannel channel = open(folder)) {
            write(channel, newest, StructureCheck.used(channel, synced, new PageSet()));
        }
    }

    /** Writes the meta pages, and all that the newest transaction uses, which was found sound. */
    static void writeAll(Path folder) throws IOException {
        try (FileChannel channel = open(folder)) {
            write(channel, DataFile.newestMeta(folder), new PageSet());
        }
    }

    private static void write(FileChannel channel, MetaPage newest, PageSet onDisk)
            throws IOException {
        PageSet now = StructureCheck.used(channel, newest, onDisk);
        UnsyncedPages pages = new UnsyncedPages(channel, newest.pageSize());
        pages.write(0, 2);
        pages.write(now);
        channel.force(true);
    }

    private static FileChannel open(Path folder) throws IOException {
        return FileChannel.open(
                folder.resolve(DataFile.NAME),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
    }

    private void write(PageSet numbers) throws IOException {
        int most = MOST_AT_ONCE / pageSize;
        for (long page = numbers.next(0); page >= 0; ) {
            int count = 1;
            while (count < most && numbers.has(page + count)) {
                count++;
            }
            write(page, count);
            page = numbers.next(page + count);
        }
    }

    private void write(long first, int count) throws IOException {
        long at = first * pageSize;
        ByteBuffer bytes = ByteBuffer.allocate(count * pageSize);
        PageFile.read(channel, at, bytes);
        bytes.flip();
        while (bytes.hasRemaining()) {
            channel.write(bytes, at + bytes.position());
        }
    }
}
