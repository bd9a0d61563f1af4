package io.varve.parity;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.internals.InMemoryWindowStore;

/**
 * Sliding windows in memory. They are looked through from the newest on, and the latest record
 * before the one in hand is that of the last that was seen; so none is shown behind the one that
 * ends at that record, which knows it.
 */
record KafkaSlides(String name, long retentionPeriod, long windowSize)
        implements WindowBytesStoreSupplier {
    @Override
    public WindowStore<Bytes, byte[]> get() {
        return new InMemoryWindowStore(
                name, retentionPeriod, windowSize, retainDuplicates(), metricsScope()) {
            @Override
            public KeyValueIterator<Windowed<Bytes>, byte[]> backwardFetch(
                    Bytes from, Bytes to, long first, long last) {
                List<KeyValue<Windowed<Bytes>, byte[]>> rows = new ArrayList<>();
                try (KeyValueIterator<Windowed<Bytes>, byte[]> all =
                        super.backwardFetch(from, to, first, last)) {
                    boolean known = false;
                    while (all.hasNext() && !known) {
                        rows.add(all.next());
                        known = knowsLatest(rows.get(rows.size() - 1), last - 1);
                    }
                }
                return new KafkaRows(rows);
            }
        };
    }

    private boolean knowsLatest(KeyValue<Windowed<Bytes>, byte[]> row, long time) {
        boolean ends = row.key.window().start() + windowSize == time;
        return ends && ByteBuffer.wrap(row.value).getLong() < time; // the latest in it
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
