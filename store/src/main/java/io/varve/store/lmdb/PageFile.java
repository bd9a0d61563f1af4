package io.varve.store.lmdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** The pages of a data file that is not mapped. One thread at a time. */
final class PageFile {
    private final FileChannel channel;
    private final int pageSize;
    private final long pages;
    private final ByteBuffer head =
            ByteBuffer.allocateDirect(PageLayout.HEADER).order(ByteOrder.LITTLE_ENDIAN);

    PageFile(FileChannel channel, int pageSize) throws IOException {
        this.channel = channel;
        this.pageSize = pageSize;
        this.pages = channel.size() / pageSize;
    }

    int pageSize() {
        return pageSize;
    }

    /** Whole pages there are. */
    long pages() {
        return pages;
    }

    ByteBuffer newPage() {
        return ByteBuffer.allocateDirect(pageSize).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads a page that lies inside the file. */
    void read(long number, ByteBuffer page) throws IOException {
        read(channel, number * pageSize, page);
    }

    /** The header of a page that lies inside the file; good until the next call. */
    ByteBuffer head(long number) throws IOException {
        read(channel, number * pageSize, head);
        return head;
    }

    /** Reads the data of a run of overflow pages, from an offset in it. */
    void readRun(long first, long offset, ByteBuffer into) throws IOException {
        read(channel, first * pageSize + PageLayout.HEADER + offset, into);
    }

    /** Fills a buffer up to its limit; with zeros where the file ends sooner. */
    static void read(FileChannel channel, long at, ByteBuffer into) throws IOException {
        into.position(0);
        while (into.hasRemaining() && channel.read(into, at + into.position()) > 0) {
            continue;
        }
        while (into.hasRemaining()) {
            into.put((byte) 0);
        }
    }
}
