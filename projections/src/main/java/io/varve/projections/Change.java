package io.varve.projections;

/**
 * What happened to a row: its value before and after, null where there is no row. Operators behind
 * a table need both, to take back what the old value did to their own rows.
 */
record Change<V>(V oldValue, V newValue) {}
