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
 *   48                    56         60         64 = header length
 *   +---------------------+----------+----------+
 *   | chain hash of this  | nonce    | body CRC |
 *   | block               |          |          |
 *   +---------------------+----------+----------+
 *   64 body
 *   +-------------------------------------------+
 *   | preamble: names this block uses first     |  see PreambleCodec
 *   +-------------------------------------------+
 *   | u16 per event: where its record begins,   |
 *   | counted from the block's first byte       |
 *   +-------------------------------------------+
 *   | records, in order, up to the block's end  |
 *   +-------------------------------------------+
 *
 *  A record:
 *    0          4         6        8                14               20
 *   +----------+---------+--------+----------------+----------------+-----------------+---------+
 *   | stream   | type    | headers| version, 48 bit| event time,    | headers, as     | payload |
 *   | number   | number  | length |                | ms, 48 bit     | HeadersCodec    |         |
 *   |          |         |        |                | signed         | writes them     |         |
 *   +----------+---------+--------+----------------+----------------+-----------------+---------+
 * </pre>
 *
 * <p>The header CRC is the CRC-32C of bytes 8 to 63, the body CRC that of bytes 64 to the end. A
 * block of several events is no longer than {@value #MAX_BLOCK} bytes, so that 16 bits find each
 * record; a block of one event may have any length. The chain hash is {@link #chain}. A header
 * length of more than 64 leaves room for what later versions add; flags that are not known are
 * refused.
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

    static final int TABLE_ENTRY = 2;
    static final int RECORD = 20;
    static final int RECORD_TYPE = 4;
    static final int RECORD_HEADERS = 6;
    static final int RECORD_VERSION = 8;
    static final int RECORD_TIME = 12;

    /** 16 pages less LMDB's 16 bytes: no byte of the last page is wasted. */
    static final int MAX_BLOCK = 16 * 4096 - 16;

    /** The longest headers of an event: 16 bits hold their length. */
    static final int MAX_HEADERS = 0xffff;

    static final long MAX_VERSION = (1L << 48) - 1;

    private BlockFormat() {}

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
