package io.varve.projections;

import io.varve.store.EventHeaders;

/**
 * The headers of a record that are not those of the event in hand.
 *
 * @param headers of the record
 * @param own whether a processor has set them; otherwise they are those of the event that the
 *     record was made of, which is the cause of what is emitted
 */
record RecordHeaders(EventHeaders headers, boolean own) {
    /** Of a record without any. */
    static final RecordHeaders NONE = new RecordHeaders(EventHeaders.NONE, false);
}
