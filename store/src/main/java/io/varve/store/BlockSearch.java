package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.lmdb.PageScan;
import io.varve.store.lmdb.PlainFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Looks for blocks in a file that is never mapped, and in which nothing is believed but blocks
 * whose checksums are right. One thread.
 */
final class BlockSearch {
    private final PlainFile file;
    private final BlockView block = new BlockView();
    private boolean found;

    BlockSearch(PlainFile file) {
        this.file = file;
    }

    /**
     * What a file holds.
     *
     * @param hasBlock whether there is a block in it; then the rest was not looked at
     * @param bytes of the file
     * @param unreadPages in which nothing was recognised
     */
    record Found(boolean hasBlock, long bytes, long unreadPages) {}

    /** Looks for the first block in the folder of an environment; there may be nothing. */
    static Found first(Path folder) {
        Path data = folder.resolve("data.mdb");
        if (!Files.isRegularFile(data, LinkOption.NOFOLLOW_LINKS)) {
            return new Found(false, 0, 0);
        }
        try (PlainFile file = PageScan.open(folder)) {
            BlockSearch search = new BlockSearch(file);
            long unread = PageScan.scan(folder, search::isStillToFind);
            return new Found(search.found, file.size(), unread);
        } catch (IOException e) {
            throw new StoreIoException("A file could not be looked at: path=" + data, e);
        }
    }

    private boolean isStillToFind(BytesView bytes, long offset) {
        found = isBlock(bytes, offset);
        return !found;
    }

    /** Whether a block begins with these bytes; then it is the one that is shown. */
    boolean isBlock(BytesView bytes, long offset) {
        if (!looksLikeBlock(bytes)) {
            return false;
        }
        long first = bytes.getLong(BlockFormat.FIRST_POSITION);
        return load(
                offset,
                bytes.getInt(BlockFormat.LENGTH),
                first + bytes.getInt(BlockFormat.COUNT) - 1);
    }

    /** Whether it can be worth while to look for a block that begins so. */
    static boolean looksLikeBlock(BytesView bytes) {
        return bytes.length() >= BlockFormat.HEADER && bytes.getInt(0) == BlockFormat.MAGIC;
    }

    /** Shows a block, if that is one which lies there. */
    boolean load(long offset, int length, long last) {
        try {
            byte[] bytes = PageScan.read(file, offset, length);
            block.bytes().wrap(bytes, 0, bytes.length);
            block.check(last);
            return true;
        } catch (StoreCorruptedException | IncompatibleStoreException e) {
            return false; // that is what is being sorted out here
        } catch (IOException e) {
            throw new StoreIoException("A log could not be read: offset=" + offset, e);
        }
    }

    /** The one that was loaded last. */
    BlockView block() {
        return block;
    }
}
