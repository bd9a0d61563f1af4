package io.varve.store;

import io.varve.store.bytes.BytesView;

/**
 * Reads the fixed fields of a block's events, whether they have a place each or one for all; see
 * {@link RowFormat} and {@link BlockFormat}. One thread at a time, pointed anew at each block.
 *
 * <p>A field lies at a base, and behind that as far as the event's own fields do, or no further if
 * it is shared: so an address is {@code base + (place & mask)}, and reading has no branches.
 */
final class BlockFields {
    /** Bits of a field that each event has, and of one that they share. */
    private static final int OWN = -1;

    private static final int SHARED = 0;

    private BytesView bytes = new BytesView();
    private int rows;
    private int count;
    private int rowLength;

    /** Whether an event's fields lie where its row says, before its headers. */
    private boolean inRecords;

    /** Bytes of fields before the headers. */
    private int before;

    /** The event behind the one that was looked at last, or -1, and where it begins. */
    private int following;

    private int followingStart;

    /** Whether no event has headers. */
    private boolean noHeaders;

    private int stream;
    private int streamMask;
    private int version;
    private int step;
    private int type;
    private int typeMask;
    private int headers;
    private int headersMask;
    private int time;
    private int timeMask;

    /**
     * Points to a block.
     *
     * @param block its bytes
     * @param rowsAt where its rows begin
     * @param events how many it has
     */
    void open(BytesView block, int rowsAt, int events, int flags) {
        bytes = block;
        rows = rowsAt;
        count = events;
        following = -1;
        noHeaders = false;
        inRecords = (flags & BlockFormat.ROWS) == 0;
        if (inRecords) {
            openRecords();
        } else {
            openRows(block.getShort(BlockFormat.SHARED) & 0xffff);
        }
    }

    private void openRecords() {
        rowLength = Short.BYTES;
        before = BlockFormat.RECORD;
        stream = 0;
        type = BlockFormat.RECORD_TYPE;
        headers = BlockFormat.RECORD_HEADERS;
        version = BlockFormat.RECORD_VERSION - Short.BYTES;
        time = BlockFormat.RECORD_TIME - Short.BYTES;
        streamMask = OWN;
        step = 0;
        typeMask = OWN;
        headersMask = OWN;
        timeMask = OWN;
    }

    private void openRows(int own) {
        rowLength = RowFormat.length(own);
        before = 0;
        streamMask = (own & RowFormat.STREAM) != 0 ? OWN : SHARED;
        typeMask = (own & RowFormat.TYPE) != 0 ? OWN : SHARED;
        headersMask = (own & RowFormat.HEADERS) != 0 ? OWN : SHARED;
        timeMask = (own & RowFormat.TIME) != 0 ? OWN : SHARED;
        step = ~streamMask;
        stream = base(streamMask) + RowFormat.streamAt();
        version = base(streamMask) + RowFormat.versionAt() - Short.BYTES;
        type = base(typeMask) + RowFormat.typeAt(in(typeMask, own));
        headers = base(headersMask) + RowFormat.headersAt(in(headersMask, own));
        noHeaders = headersMask == SHARED && headersLength(0) == 0;
        time = base(timeMask) + RowFormat.timeAt(in(timeMask, own)) - Short.BYTES;
    }

    private static int base(int mask) {
        return mask == OWN ? 0 : BlockFormat.SHARED;
    }

    private static int in(int mask, int own) {
        return mask == OWN ? own : RowFormat.ALL;
    }

    int rowLength() {
        return rowLength;
    }

    int row(int i) {
        return rows + i * rowLength;
    }

    /** Where the record of an event begins, or its body where there are no records. */
    int start(int i) {
        return bytes.getShort(row(i)) & 0xffff;
    }

    int body(int i) {
        return start(i) + before;
    }

    /** Points to the payload of event {@code i}, which mostly is the one behind the last. */
    void payload(int i, BytesView payload) {
        int row = rows + i * rowLength;
        int start = i == following ? followingStart : bytes.getShort(row) & 0xffff;
        int end = i + 1 < count ? bytes.getShort(row + rowLength) & 0xffff : bytes.length();
        following = i + 1;
        followingStart = end;
        int at = start + before + (noHeaders ? 0 : headersLength(inRecords ? start : row));
        payload.wrap(bytes, at, end - at);
    }

    /** Where the fields of event {@code i} lie, for what follows. */
    int place(int i) {
        return inRecords ? start(i) : row(i);
    }

    /** Whether all events are of one stream. */
    boolean isOneStream() {
        return streamMask == SHARED;
    }

    /** Whether all events are of one type. */
    boolean isOneType() {
        return typeMask == SHARED;
    }

    int stream(int place) {
        return bytes.getInt(stream + (place & streamMask));
    }

    long version(int i, int place) {
        return (bytes.getLong(version + (place & streamMask)) >>> 16) + (i & step);
    }

    int type(int place) {
        return bytes.getShort(type + (place & typeMask)) & 0xffff;
    }

    int headersLength(int place) {
        return bytes.getShort(headers + (place & headersMask)) & 0xffff;
    }

    long timeMillis(int place) {
        return bytes.getLong(time + (place & timeMask)) >> 16;
    }
}
