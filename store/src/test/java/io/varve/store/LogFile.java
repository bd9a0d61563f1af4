package io.varve.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The data file of a closed store, taken apart by looking for blocks in it. */
final class LogFile {
    private final Path file;
    private final byte[] bytes;

    LogFile(Path folder) throws IOException {
        file = folder.resolve("log").resolve("data.mdb");
        bytes = Files.readAllBytes(file);
    }

    /** Where blocks with this first position begin: LMDB may have left older copies. */
    List<Integer> blocks(long firstPosition) {
        byte[] magic = "VBLK".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> found = new ArrayList<>();
        for (int at = 0; at + BlockFormat.HEADER <= bytes.length; at++) {
            if (bytes[at] == magic[0]
                    && in.getInt(at) == BlockFormat.MAGIC
                    && in.getLong(at + BlockFormat.FIRST_POSITION) == firstPosition) {
                found.add(at);
            }
        }
        return found;
    }

    /** Where the first row of a block begins, from the block's first byte. */
    int firstRow(int block) {
        return in().getShort(block + BlockFormat.HEADER_LENGTH) + preambleLength(block);
    }

    /** Where the first event's headers begin, from the block's first byte. */
    int firstBody(int block) {
        return in().getShort(block + firstRow(block)) & 0xffff;
    }

    /** Fields that each event of a block has for itself; see {@link RowFormat}. */
    int ownFields(int block) {
        return in().getShort(block + BlockFormat.SHARED);
    }

    private ByteBuffer in() {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    int preambleLength(int block) {
        return in().getInt(block + BlockFormat.PREAMBLE_LENGTH);
    }

    /** Flips bits of a byte, in memory; see {@link #write}. */
    void flip(int at, int bits) {
        bytes[at] ^= (byte) bits;
    }

    void write() throws IOException {
        Files.write(file, bytes);
    }
}
