package io.varve.store;

/**
 * The bytes of a block: what one commit appends, or a part of it. Little-endian.
 *
 * <pre>
 *    0          4          8          12     13     14         16
 *   +----------+----------+----------+------+------+----------+
 *   | "VBLK"   | header   | length   | ver- | flags| header   |
 *   |          | CRC      | in bytes | sion |      | length   |
 *   +----------+----------+----------+------+------+----------+
 *   16                    24         28         32
 *   +---------------------+----------+----------+
 *   | first position      | events   | preamble |
 *   |                     |          | length   |
 *   +---------------------+----------+----------+
 *   32                    40                    48
 *   +---------------------+---------------------+
 *   | commit time, ms     | chain hash of the   |
 *   |                     | block before        |
 *   +---------------------+---------------------+
 *   48                    56         60         64
 *   +---------------------+----------+----------+
 *   | chain hash of this  | nonce    | body CRC |
 *   | block               |          |          |
 *   +---------------------+----------+----------+
 *   64, where flag 8 is set
 *   +-------------------------------------------+
 *   | fields the events share: see RowFormat    |  24 bytes
 *   +-------------------------------------------+
 *   behind it, where flag 2 is set
 *   +-------------------------------------------+
 *   | SHA-256 of this block and all before it   |  32 bytes
 *   +-------------------------------------------+
 *   behind it, where flag 1 is set
 *   +-------------------------------------------+
 *   | u32 per chunk of the body: its CRC        |
 *   +-------------------------------------------+
 *   header length: body
 *   +-------------------------------------------+
 *   | preamble: names this block uses first     |  see PreambleCodec
 *   +-------------------------------------------+
 *   | a row per event: where its body begins,   |
 *   | and the fields the events do not share    |  see RowFormat
 *   +-------------------------------------------+
 *   | bodies, in order, up to the block's end:  |
 *   | headers, as HeadersCodec writes them, and |
 *   | payload                                   |
 *   +-------------------------------------------+
 *
 *  Blocks without flag 8, which are read and no longer written, have rows of two bytes, where the
 *  record begins, and records:
 *    0          4         6        8                14               20
 *   +----------+---------+--------+----------------+----------------+-----------------+---------+
 *   | stream   | type    | headers| version, 48 bit| event time,    | headers         | payload |
 *   | number   | number  | length |                | ms, 48 bit     |                 |         |
 *   |          |         |        |                | signed         |                 |         |
 *   +----------+---------+--------+----------------+----------------+-----------------+---------+
 * </pre>
 *
 * <p>The header CRC is the CRC-32C of the bytes from 8 to the end of the shared fields, or to 63
 * where there are none; the body CRC that of the body: of the bytes from the header's length to the
 * end. Where flag 1 is set, the body is summed in chunks of {@value #CHUNK} bytes, the last one
 * shorter, and the body CRC is that of those sums: so an event is read out of a large block without
 * summing all of it. It is set where a block has several events and more than a chunk.
 *
 * <p>The hash of a block, where flag 2 is set, is the SHA-256 of the hash of the block before (32
 * zeros where that has none) and all bytes of the block but for the hash itself; see {@link
 * ShaChain}.
 *
 * <p>A block of several events is no longer than {@value #MAX_BLOCK} bytes, so that 16 bits find
 * each body; a block of one event may have any length. The chain hash is {@link #chain}. The
 * header's length leaves room for what later versions add; flags that are not known are refused.
 */
final class BlockFormat {
    static final int MAGIC = 'V' | 'B' << 8 | 'L' << 16 | 'K' << 24;
    static final int VERSION = 1;
    static final int HEADER = 64;

    static final int HEADER_CRC = 4;
    static final int LENGTH = 8;
    static final int FORMAT_VERSION = 12;
    static final int FLAGS = 13;
    static final int HEADER_LENGTH = 14;
    static final int FIRST_POSITION = 16;
    static final int COUNT = 24;
    static final int PREAMBLE_LENGTH = 28;
    static final int COMMIT_TIME = 32;
    static final int PREVIOUS_CHAIN = 40;
    static final int CHAIN = 48;
    static final int NONCE = 56;
    static final int BODY_CRC = 60;

    /** Flag: the body is summed in chunks. */
    static final int CHUNKED = 1;

    /** Flag: the block has a hash. */
    static final int SEALED = 2;

    /** Flag: what the events share is told once. */
    static final int ROWS = 8;

    /** All flags that are known; 4 is kept for encryption. */
    static final int KNOWN_FLAGS = CHUNKED | SEALED | ROWS;

    /** Where the fields are that the events share. */
    static final int SHARED = HEADER;

    /** Where the hash is, if there is one, in blocks with shared fields. */
    static final int SHA = SHARED + RowFormat.SHARED_LENGTH;

    /** Bytes of a chunk. */
    static final int CHUNK = 1024;

    /** Bytes before the headers in a record of a block without rows. */
    static final int RECORD = 20;

    static final int RECORD_TYPE = 4;
    static final int RECORD_HEADERS = 6;
    static final int RECORD_VERSION = 8;
    static final int RECORD_TIME = 14;

    /** 16 pages less LMDB's 16 bytes: no byte of the last page is wasted. */
    static final int MAX_BLOCK = 16 * 4096 - 16;

    /** The longest body of a block of several events: what the longest header leaves. */
    static final int MAX_BODY = MAX_BLOCK - SHA - ShaChain.BYTES - chunkTable(MAX_BLOCK);

    /** The longest headers of an event: 16 bits hold their length. */
    static final int MAX_HEADERS = 0xffff;

    static final long MAX_VERSION = (1L << 48) - 1;

    private BlockFormat() {}

    /** Where the part of the header ends that the header CRC covers. */
    static int checkedHeader(int flags) {
        return (flags & ROWS) != 0 ? SHA : HEADER;
    }

    static boolean isChunked(int count, int bodyLength) {
        return count > 1 && bodyLength > CHUNK;
    }

    /** Bytes of the sums of a body's chunks. */
    static int chunkTable(int bodyLength) {
        return (bodyLength + CHUNK - 1) / CHUNK * Integer.BYTES;
    }

    /**
     * Links a block to the one before. The nonce is drawn anew for each block, so two histories
     * that part have different hashes even where their events are equal.
     */
    static long chain(long previous, int bodyCrc, int nonce, long firstPosition, int count) {
        long content = (long) bodyCrc << 32 | nonce & 0xffff_ffffL;
        return mix(previous + mix(content) + mix(firstPosition * 31 + count));
    }

    /**
     * The finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
     * Generators).
     */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
