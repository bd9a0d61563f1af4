package io.varve.store.transfer;

import io.varve.store.RecordedEvent;
import java.util.UUID;

/** A line, or CBOR map, of a file of events. */
sealed interface Item {
    int FORMAT = 1;

    /** Comes first: which store, and its head when the export began, with its chain hash. */
    record Header(UUID store, long incarnation, long head, long chain) implements Item {}

    record Event(RecordedEvent event) implements Item {}

    /** Comes last: events, and the sum of all bytes before. */
    record Trailer(long events, String sha256) implements Item {}
}
