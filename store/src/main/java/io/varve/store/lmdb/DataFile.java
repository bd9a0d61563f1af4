package io.varve.store.lmdb;

import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * LMDB's data file, looked at before it is mapped.
 *
 * <p>LMDB maps the file and follows page numbers in it. Where the file was cut short, a page number
 * leads behind its end, and reading there ends the process (SIGBUS); where zeros stand in its
 * place, a cursor that comes to it does so, too (LMDB asserts). So the trees of a file that is
 * shorter than its own meta pages say are walked first, and the file is refused where a page is
 * missing. Where none is, the missing ones were never in use.
 *
 * <pre>
 *  page 0 and page 1, each:                       what is read here
 *     0  page header, 16 bytes
 *    16  u32 magic 0xBEEFC0DE
 *    20  u32 version
 *    24  u64 address
 *    32  u64 map size
 *    40  two database records of 48 bytes         u32 page size at 40
 *                                                  u64 root pages at 80 and 128
 *   136  u64 last page in use
 *   144  u64 transaction
 * </pre>
 */
final class DataFile {
    static final String NAME = "data.mdb";
    private static final int MAGIC = 0xBEEFC0DE;
    private static final int MAX_PAGE = 1 << 16;

    /** The page of most systems; LMDB makes files with that of the system. */
    private static final int LEAST_MADE = 4096;

    /**
     * Pages that LMDB may have counted and not written, because it had no use for them after all.
     */
    private static final long MOST_LOOSE = 1 << 14;

    private DataFile() {}

    static long size(Path folder) {
        try {
            return Files.size(folder.resolve(NAME));
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new StoreIoException("A file could not be looked at: path=" + folder, e);
        }
    }

    /**
     * Looks at the file, if there is one.
     *
     * @param folder it is in
     * @param remedy what to do when it is damaged
     */
    static void prepare(Path folder, String remedy) {
        Path file = folder.resolve(NAME);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            LocalDisk.check(folder);
            return;
        }
        PlainFile.checkRegular(file, LinkOption.NOFOLLOW_LINKS);
        try (PlainFile in = PlainFile.openToRead(file)) {
            ByteBuffer meta = newestMeta(in);
            int page = meta.getInt(40);
            if (meta.getInt(16) != MAGIC || page < 512 || page > MAX_PAGE) {
                return; // LMDB itself refuses it, and says so
            }
            long last = meta.getLong(136);
            long missing = last - in.size() / page + 1;
            if (last < 0
                    || missing > MOST_LOOSE
                    || missing > 0 && !StructureCheck.check(folder).isSound()) {
                throw new StoreCorruptedException(
                        "the file was cut short: path="
                                + file
                                + " bytes="
                                + in.size()
                                + " last page="
                                + last,
                        remedy);
            }
        } catch (IOException e) {
            throw new StoreIoException("A file could not be looked at: path=" + file, e);
        }
    }

    /**
     * Whether the making of the file was cut short, so that nothing was ever in it: it ends before
     * its second meta page does, and the first is of before the first transaction; or it is as long
     * as both, and has nothing but one of them, or none, as where the disk has written the file's
     * length and not all of its sectors.
     */
    static boolean isHalfMade(Path folder) {
        MetaPage first = meta(folder, 0);
        long size = size(folder);
        if (first.isMeta()) {
            long both = 2L * first.pageSize();
            return first.transaction() == 0
                    && (size < both || size == both && isBlank(folder, first.pageSize()));
        }
        return size == 2 * LEAST_MADE && isBlank(folder, 0) && isUnused(folder);
    }

    /** Whether there are only zeros from an offset on, up to the end of a page. */
    private static boolean isBlank(Path folder, int from) {
        ByteBuffer page = ByteBuffer.allocate(Math.max(from, LEAST_MADE));
        try (PlainFile in = PlainFile.openToRead(folder.resolve(NAME))) {
            in.fill(page, from);
        } catch (IOException e) {
            throw new StoreIoException("A file could not be looked at: path=" + folder, e);
        }
        return Arrays.equals(page.array(), new byte[page.capacity()]);
    }

    /** Whether the second page is the meta page of before the first transaction, or blank. */
    private static boolean isUnused(Path folder) {
        try (PlainFile in = PlainFile.openToRead(folder.resolve(NAME))) {
            MetaPage second = MetaPage.read(in, LEAST_MADE);
            return second.isMeta() && second.transaction() == 0 && second.tables().root() == -1
                    || isBlank(folder, LEAST_MADE);
        } catch (IOException e) {
            throw new StoreIoException("A file could not be looked at: path=" + folder, e);
        }
    }

    private static ByteBuffer newestMeta(PlainFile in) throws IOException {
        MetaPage first = MetaPage.read(in, 0);
        int page = first.pageSize();
        if (first.bytes().getInt(16) != MAGIC || page < 512 || page > MAX_PAGE) {
            return first.bytes();
        }
        MetaPage second = MetaPage.read(in, page);
        boolean newer =
                second.bytes().getInt(16) == MAGIC && second.transaction() > first.transaction();
        return newer ? second.bytes() : first.bytes();
    }

    /** The meta page that LMDB believes. */
    static MetaPage newestMeta(Path folder) {
        MetaPage first = meta(folder, 0);
        MetaPage second = meta(folder, 1);
        return first.transaction() < second.transaction() ? second : first;
    }

    /** A meta page; zeros where there is none. */
    static MetaPage meta(Path folder, int slot) {
        try (PlainFile in = PlainFile.openToRead(folder.resolve(NAME))) {
            MetaPage page = MetaPage.read(in, 0);
            if (slot == 0 || !page.isMeta()) {
                return page;
            }
            return MetaPage.read(in, page.pageSize());
        } catch (IOException e) {
            throw new StoreIoException("A file could not be looked at: path=" + folder, e);
        }
    }
}
