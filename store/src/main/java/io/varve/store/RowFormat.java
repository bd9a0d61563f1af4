package io.varve.store;

/**
 * How the fields of a block's events lie, as far as they are of fixed length. Fields in which all
 * events of the block are equal are told once; the others have a place in each event's row.
 * Little-endian.
 *
 * <pre>
 *   shared, in the header                          a row
 *   0     2       6         12     14      16     22    24
 *   +-----+-------+---------+------+-------+------+-----+     +-----+- - - - - - - - - - - - - - - - -+
 *   | own | stream| version | type | length| event| 0   |     | body| of these, those whose bit is set|
 *   | u16 | u32   | u48     | u16  | of    | time | u16 |     | at  | in "own", in the same order     |
 *   |     |       |         |      | headers i48 |     |     | u16 |                                 |
 *   |     |       |         |      | u16   |      |     |     |     |                                 |
 *   +-----+-------+---------+------+-------+------+-----+     +-----+- - - - - - - - - - - - - - - - -+
 *
 *   bits of "own":  1  stream and version     4  length of headers
 *                   2  type                   8  event time
 * </pre>
 *
 * <p>What is told once is that of the first event. Events of one stream have one version after the
 * other; so where bit 1 is not set, an event's version is the first one's and its place in the
 * block.
 *
 * <p>Fields of 48 bits are read as the upper part of the 64 that begin two bytes before: there is
 * always something before.
 */
final class RowFormat {
    /** Bytes of the shared fields. */
    static final int SHARED_LENGTH = 24;

    static final int STREAM = 1;
    static final int TYPE = 2;
    static final int HEADERS = 4;
    static final int TIME = 8;
    static final int ALL = STREAM | TYPE | HEADERS | TIME;

    /** Where a row says where the body begins, and the shared fields say which are not shared. */
    static final int FIRST = 2;

    private static final int STREAM_BYTES = 10;

    private RowFormat() {}

    /** Where stream and version are, in a row that has the fields {@code own}; likewise below. */
    static int streamAt() {
        return FIRST;
    }

    static int versionAt() {
        return FIRST + Integer.BYTES;
    }

    static int typeAt(int own) {
        return FIRST + ((own & STREAM) != 0 ? STREAM_BYTES : 0);
    }

    static int headersAt(int own) {
        return typeAt(own) + (own & TYPE);
    }

    static int timeAt(int own) {
        return headersAt(own) + ((own & HEADERS) != 0 ? Short.BYTES : 0);
    }

    /** Bytes of a row. */
    static int length(int own) {
        return timeAt(own) + ((own & TIME) != 0 ? 6 : 0);
    }
}
