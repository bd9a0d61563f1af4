package io.varve.store;

import io.varve.store.bytes.Crc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Changes the log of a closed store, and knows its format: what he changes fits the checksums, if
 * he wants it to. For whole logs with small blocks.
 */
final class Forger {
    private final Path file;
    private final byte[] bytes;
    private final ByteBuffer in;

    /** By first position; LMDB may have left older copies, which are changed alike. */
    private final TreeMap<Long, List<Integer>> blocks = new TreeMap<>();

    Forger(Path folder) throws IOException {
        file = folder.resolve("log").resolve("data.mdb");
        bytes = Files.readAllBytes(file);
        in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at + BlockFormat.HEADER <= bytes.length; at++) {
            if (in.getInt(at) == BlockFormat.MAGIC && isWhole(at)) {
                blocks.computeIfAbsent(
                                in.getLong(at + BlockFormat.FIRST_POSITION),
                                first -> new ArrayList<>())
                        .add(at);
            }
        }
    }

    /** LMDB may have used pages of an older copy for something else. */
    private boolean isWhole(int at) {
        int header = in.getShort(at + BlockFormat.HEADER_LENGTH);
        int length = in.getInt(at + BlockFormat.LENGTH);
        return in.getInt(at + BlockFormat.HEADER_CRC) == headerCrc(at)
                && at + length <= bytes.length
                && in.getInt(at + BlockFormat.BODY_CRC)
                        == new Crc().update(bytes, at + header, length - header).value();
    }

    private int headerCrc(int at) {
        int end = BlockFormat.checkedHeader(bytes[at + BlockFormat.FLAGS]);
        return new Crc().update(bytes, at + BlockFormat.LENGTH, end - BlockFormat.LENGTH).value();
    }

    /** Changes the last byte of a block: the payload of its last event. */
    Forger changeEvent(long firstPosition) {
        for (int at : blocks.get(firstPosition)) {
            bytes[at + in.getInt(at + BlockFormat.LENGTH) - 1] ^= 1;
        }
        return this;
    }

    /** Sets a byte of a block, counted from its first. */
    Forger set(long firstPosition, int offset, int value) {
        blocks.get(firstPosition).forEach(at -> bytes[at + offset] = (byte) value);
        return this;
    }

    /** Says of the log that it is of another format, with a checksum that fits. */
    Forger setLogFormat(StoreIdentity identity, int format) {
        int length = 32;
        for (int at = 0; at + length <= bytes.length; at++) {
            if (in.getLong(at + 8) == identity.storeId().getMostSignificantBits()
                    && in.getLong(at + 16) == identity.storeId().getLeastSignificantBits()) {
                in.putInt(at + 4, format);
                in.putInt(at, new Crc().update(bytes, at + 4, length - 4).value());
            }
        }
        return this;
    }

    /** Says of the base of a truncated log that it is of another format. */
    Forger setBaseFormat(int format) {
        int length = 44;
        for (int at = 4; at + length - 4 <= bytes.length; at++) {
            if (new String(bytes, at, 4, StandardCharsets.US_ASCII).equals("VBAS")) {
                in.putInt(at + 4, format);
                in.putInt(at - 4, new Crc().update(bytes, at, length - 4).value());
            }
        }
        return this;
    }

    /** Changes flags of all blocks from a position on. */
    Forger changeFlags(long from, int bits) {
        blocks.tailMap(from)
                .values()
                .forEach(
                        copies ->
                                copies.forEach(at -> bytes[at + BlockFormat.FLAGS] ^= (byte) bits));
        return this;
    }

    /** Changes the chain hash of a block, and the checksum over it. */
    Forger changeChain(long firstPosition) {
        for (int at : blocks.get(firstPosition)) {
            bytes[at + BlockFormat.CHAIN] ^= 1;
            in.putInt(at + BlockFormat.HEADER_CRC, headerCrc(at));
        }
        return this;
    }

    /** Makes checksums and chain hashes fit. */
    Forger fixSums() {
        long chain = 0;
        for (List<Integer> copies : blocks.values()) {
            for (int at : copies) {
                fixSums(at, chain);
            }
            chain = in.getLong(copies.get(0) + BlockFormat.CHAIN);
        }
        return this;
    }

    private void fixSums(int at, long previous) {
        int header = in.getShort(at + BlockFormat.HEADER_LENGTH);
        int length = in.getInt(at + BlockFormat.LENGTH);
        if ((bytes[at + BlockFormat.FLAGS] & BlockFormat.CHUNKED) != 0) {
            throw new IllegalStateException("small blocks only");
        }
        int sum = new Crc().update(bytes, at + header, length - header).value();
        in.putInt(at + BlockFormat.BODY_CRC, sum);
        in.putLong(at + BlockFormat.PREVIOUS_CHAIN, previous);
        long chain =
                BlockFormat.chain(
                        previous,
                        sum,
                        in.getInt(at + BlockFormat.NONCE),
                        in.getLong(at + BlockFormat.FIRST_POSITION),
                        in.getInt(at + BlockFormat.COUNT));
        in.putLong(at + BlockFormat.CHAIN, chain);
        in.putInt(at + BlockFormat.HEADER_CRC, headerCrc(at));
    }

    /** Makes the hashes of blocks fit, from one position up to another. */
    Forger fixHashes(long from, long to) {
        for (long first : blocks.subMap(from, true, to, true).keySet()) {
            byte[] previous = new byte[ShaChain.BYTES];
            if (blocks.lowerKey(first) != null) {
                int before = blocks.lowerEntry(first).getValue().get(0);
                System.arraycopy(bytes, before + BlockFormat.SHA, previous, 0, ShaChain.BYTES);
            }
            for (int at : blocks.get(first)) {
                MessageDigest digest = ShaChain.digest();
                digest.update(previous);
                digest.update(bytes, at, BlockFormat.SHA);
                int skipped = BlockFormat.SHA + ShaChain.BYTES;
                digest.update(bytes, at + skipped, in.getInt(at + BlockFormat.LENGTH) - skipped);
                byte[] sha = digest.digest();
                System.arraycopy(sha, 0, bytes, at + BlockFormat.SHA, ShaChain.BYTES);
            }
        }
        return this;
    }

    void write() throws IOException {
        Files.write(file, bytes);
    }
}
