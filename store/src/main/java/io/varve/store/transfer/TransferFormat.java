package io.varve.store.transfer;

/** How a file of events is written. */
public enum TransferFormat {
    /** Lines of JSON, each ended by a line feed. */
    JSON_LINES,
    /** CBOR maps, one after the other; {@code jackson-dataformat-cbor} has to be there. */
    CBOR
}
