package io.varve.store;

import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.OpenReaders;
import java.time.Duration;

/**
 * What a store is like just now. The figures are taken one after the other while others work, so
 * they need not fit together to the last event.
 *
 * @param head position of the last event, or -1
 * @param durablePosition see {@link EventStore#durablePosition()}
 * @param firstPosition see {@link Retention#firstPosition()}
 * @param events in the log, without those that retention removed
 * @param streams that were ever appended to, those that ended or were removed included
 * @param openReaders reads and look-ups that are going on
 * @param oldestReader for how long the one has gone on that began first: a visitor that takes long
 *     keeps pages from being used again, so the file grows, and in the end appends are refused;
 *     zero where nobody reads
 * @param logBytes of the file of the log
 * @param indexBytes of the file of the index
 */
public record StoreMetrics(
        long head,
        long durablePosition,
        long firstPosition,
        long events,
        long streams,
        int openReaders,
        Duration oldestReader,
        long logBytes,
        long indexBytes) {

    static StoreMetrics of(
            EventStore store, long streams, LmdbEnvironment log, LmdbEnvironment index) {
        long first = store.retention().firstPosition();
        long head = store.head(); // later: it is never before the first
        OpenReaders ofLog = log.openReaders();
        OpenReaders ofIndex = index.openReaders();
        Duration oldest = ofLog.oldest();
        return new StoreMetrics(
                head,
                store.durablePosition(),
                first,
                head - first + 1,
                streams,
                ofLog.count() + ofIndex.count(),
                oldest.compareTo(ofIndex.oldest()) > 0 ? oldest : ofIndex.oldest(),
                log.fileBytes(),
                index.fileBytes());
    }
}
