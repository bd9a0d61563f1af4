package io.varve.runtime;

import java.util.Optional;

/**
 * What was found when a table of a read model was held against the events.
 *
 * @param table its name: that of a store, or with a slash behind it that of an index of the store,
 *     or of the times at which its rows expire
 * @param rows how many rows were compared
 * @param different how many of them are not what the events make of them
 * @param first the first of these
 */
public record TableVerification(
        String table, long rows, long different, Optional<DifferingRow> first) {}
