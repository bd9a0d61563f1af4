package io.varve.parity;

/** What a step makes. Keys are text and values numbers everywhere. */
enum Kind {
    STREAM,
    TABLE,
    WINDOWED_TABLE
}
