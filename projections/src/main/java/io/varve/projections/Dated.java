package io.varve.projections;

/** A value of a table, and the time of the record that made it; in milliseconds since 1970. */
record Dated<V>(V value, long timestamp) {}
