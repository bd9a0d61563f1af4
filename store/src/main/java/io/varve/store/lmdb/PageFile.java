package io.varve.store.lmdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The pages of a data file that is not mapped. One thread at a time. */
final class PageFile {
    private final PlainFile file;
    private final int pageSize;
    private final long pages;
    private final ByteBuffer head =
            ByteBuffer.allocate(PageLayout.HEADER).order(ByteOrder.LITTLE_ENDIAN);

    PageFile(PlainFile file, int pageSize) throws IOException {
        this.file = file;
        this.pageSize = pageSize;
        this.pages = file.size() / pageSize;
    }

    /** The same pages, read from a file that was opened once more. */
    PageFile in(PlainFile again) throws IOException {
        return new PageFile(again, pageSize);
    }

    /** The file they are read from. */
    PlainFile file() {
        return file;
    }

    int pageSize() {
        return pageSize;
    }

    /** Whole pages there are. */
    long pages() {
        return pages;
    }

    ByteBuffer newPage() {
        return ByteBuffer.allocate(pageSize).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads a page that lies inside the file. */
    void read(long number, ByteBuffer page) throws IOException {
        file.fill(page, number * pageSize);
    }

    /** The header of a page that lies inside the file; good until the next call. */
    ByteBuffer head(long number) throws IOException {
        file.fill(head, number * pageSize);
        return head;
    }

    /** Reads the data of a run of overflow pages, from an offset in it. */
    void readRun(long first, long offset, ByteBuffer into) throws IOException {
        file.fill(into, first * pageSize + PageLayout.HEADER + offset);
    }
}
