package io.varve.parity;

import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;
import org.apache.kafka.streams.state.internals.InMemoryWindowStore;

/**
 * Sliding windows in memory that are read from the oldest on: then the latest record before another
 * is found by whatever window knows it. Where they can be read backwards, it is forgotten for that
 * of an older window.
 */
record KafkaSlides(String name, long retentionPeriod, long windowSize)
        implements WindowBytesStoreSupplier {
    @Override
    public WindowStore<Bytes, byte[]> get() {
        return new InMemoryWindowStore(
                name, retentionPeriod, windowSize, retainDuplicates(), metricsScope()) {
            @Override
            public WindowStoreIterator<byte[]> backwardFetch(Bytes key, long from, long to) {
                throw new UnsupportedOperationException("from the oldest on");
            }
        };
    }

    @Override
    public String metricsScope() {
        return "windows";
    }

    @Override
    public long segmentIntervalMs() {
        return 1;
    }

    @Override
    public boolean retainDuplicates() {
        return false;
    }
}
