package io.varve.projections;

import io.varve.store.serde.Serde;
import java.util.function.Predicate;

/**
 * What a node over windows works with in one task.
 *
 * @param keySerde of the keys that records are grouped by
 * @param streamTime of the node
 * @param results its rows
 * @param owned tells the rows that are kept here
 * @param closesAfter how long after its end a window is closed; at its end, if it is 0
 * @param context of the task
 */
record WindowParts<K, A>(
        Serde<K> keySerde,
        StreamTime streamTime,
        WindowResults<K, A> results,
        Predicate<Windowed<K>> owned,
        long closesAfter,
        TaskContext context) {
    /** Lets time pass: tells of the windows that are closed then. */
    void pass(long time, ProcessorNode out) {
        results.close(streamTime.advance(time) - closesAfter, out);
    }

    /** When it tells of the next one, or rows expire that wait for it and not for other nodes. */
    long due() {
        long end = results.nextEnd();
        long closes = end == Timed.NEVER ? end : end + closesAfter;
        long expires = results.nextExpiry();
        return streamTime.latest() < expires ? Math.min(closes, expires) : closes;
    }

    /** The record in hand comes too late for a window, or for all that it would be in. */
    void late(K key) {
        context.late(results.store(), key, context.timestamp());
    }

    /**
     * A record comes.
     *
     * @return the latest end of windows that are closed with it
     */
    long advance() {
        return streamTime.advance(context.timestamp()) - closesAfter;
    }
}
