package io.varve.parity;

import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.KeyValueIterator;

/** Goes over rows of windows in hand. */
final class KafkaRows implements KeyValueIterator<Windowed<Bytes>, byte[]> {
    private final List<KeyValue<Windowed<Bytes>, byte[]>> rows;
    private int next;

    KafkaRows(List<KeyValue<Windowed<Bytes>, byte[]>> rows) {
        this.rows = rows;
    }

    @Override
    public boolean hasNext() {
        return next < rows.size();
    }

    @Override
    public KeyValue<Windowed<Bytes>, byte[]> next() {
        return rows.get(next++);
    }

    @Override
    public Windowed<Bytes> peekNextKey() {
        return rows.get(next).key;
    }

    @Override
    public void close() {
        next = rows.size();
    }
}
