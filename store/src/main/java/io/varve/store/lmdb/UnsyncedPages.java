package io.varve.store.lmdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

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

    private final PlainFile file;
    private final int pageSize;

    private UnsyncedPages(PlainFile file, int pageSize) {
        this.file = file;
        this.pageSize = pageSize;
    }

    /** Writes both meta pages: of transactions that synced, these are all that may be missing. */
    static void writeMetas(Path folder) throws IOException {
        try (PlainFile file = open(folder)) {
            MetaPage first = MetaPage.read(file, 0);
            if (first.isMeta()) {
                new UnsyncedPages(file, first.pageSize()).write(0, 2);
                file.sync();
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
        try (PlainFile file = open(folder)) {
            write(file, newest, StructureCheck.used(file, synced, new PageSet()));
        }
    }

    /** Writes the meta pages, and all that the newest transaction uses, which was found sound. */
    static void writeAll(Path folder) throws IOException {
        try (PlainFile file = open(folder)) {
            write(file, DataFile.newestMeta(folder), new PageSet());
        }
    }

    private static void write(PlainFile file, MetaPage newest, PageSet onDisk) throws IOException {
        PageSet now = StructureCheck.used(file, newest, onDisk);
        UnsyncedPages pages = new UnsyncedPages(file, newest.pageSize());
        pages.write(0, 2);
        pages.write(now);
        file.sync();
    }

    private static PlainFile open(Path folder) throws IOException {
        return PlainFile.openToChange(folder.resolve(DataFile.NAME));
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
        file.fill(bytes, at);
        bytes.flip();
        file.write(bytes, at);
    }
}
