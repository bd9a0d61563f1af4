package io.varve.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One entry of a record, see record.c.
 *
 * @param kind what was done
 * @param through whether what was written is on the disk when the call returns
 * @param inode of the file or folder; 0 where it goes by paths alone
 * @param offset where it was written, or the new size
 * @param first path below the folder, or the bytes
 * @param second the other path
 */
record RecordedCall(
        Kind kind, boolean through, long inode, long offset, byte[] first, byte[] second) {
    /** In the order of their numbers in a record, from 1. */
    enum Kind {
        CREATE,
        WRITE,
        SIZE,
        SYNC,
        RENAME,
        REMOVE,
        FOLDER,
        LINK,
        MARK,
        UNKNOWN
    }

    private static final int HEADER = 32;

    static List<RecordedCall> read(Path record) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(record)).order(ByteOrder.LITTLE_ENDIAN);
        List<RecordedCall> calls = new ArrayList<>();
        while (in.remaining() >= HEADER) {
            Kind kind = Kind.values()[in.getInt() - 1];
            boolean through = in.getInt() == 1;
            long inode = in.getLong();
            long offset = in.getLong();
            byte[] first = new byte[in.getInt()];
            byte[] second = new byte[in.getInt()];
            in.get(first).get(second);
            if (kind == Kind.UNKNOWN) {
                throw new IllegalStateException("not modelled: " + new String(first));
            }
            calls.add(new RecordedCall(kind, through, inode, offset, first, second));
        }
        return calls;
    }

    /** The first path, or a mark. */
    String text() {
        return new String(first, StandardCharsets.UTF_8);
    }

    /** Where it was renamed to. */
    String target() {
        return new String(second, StandardCharsets.UTF_8);
    }

    /** The same, and nobody waits for the disk. */
    RecordedCall notThrough() {
        return new RecordedCall(kind, false, inode, offset, first, second);
    }

    @Override
    public String toString() {
        String what = kind == Kind.WRITE ? first.length + " bytes" : text();
        return kind
                + (through ? " through " : " ")
                + inode
                + " @"
                + offset
                + " "
                + what
                + " "
                + (kind == Kind.RENAME ? target() : "");
    }
}
