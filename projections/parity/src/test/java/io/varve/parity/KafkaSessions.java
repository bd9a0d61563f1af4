package io.varve.parity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Window;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.SessionBytesStoreSupplier;
import org.apache.kafka.streams.state.SessionStore;
import org.apache.kafka.streams.state.internals.InMemorySessionStore;

/**
 * Sessions in memory, which are kept, but not found once they are closed, as it is with the
 * retention that is the default there; nor is any for a record before one of them, which is late
 * then and does not go to the session behind. Those that end at once are found in the order of
 * their starts, as in stores on disk, and ours; other stores in memory have an order of their own.
 */
record KafkaSessions(String name, long retentionPeriod, long closesAfter)
        implements SessionBytesStoreSupplier {
    private static final Comparator<KeyValue<Windowed<Bytes>, byte[]>> AS_ON_DISK =
            Comparator.<KeyValue<Windowed<Bytes>, byte[]>>comparingLong(
                            row -> row.key.window().end())
                    .thenComparingLong(row -> row.key.window().start())
                    .thenComparing(row -> row.key.key());

    @Override
    public SessionStore<Bytes, byte[]> get() {
        return new InMemorySessionStore(name, retentionPeriod, metricsScope()) {
            /** By node: those of a cogroup share the store, and close by times of their own. */
            private final Map<String, Long> latest = new HashMap<>();

            private InternalProcessorContext<?, ?> context;

            @Override
            public void init(StateStoreContext given, StateStore root) {
                context = (InternalProcessorContext<?, ?>) given;
                super.init(given, root);
            }

            @Override
            public KeyValueIterator<Windowed<Bytes>, byte[]> findSessions(
                    Bytes key, long earliestEnd, long latestStart) {
                String node = context.currentNode().name();
                long time = latest.merge(node, context.timestamp(), Math::max);
                long open = Math.max(earliestEnd, time - closesAfter);
                return isClosedBehind(key, time - closesAfter, latestStart)
                        ? new KafkaRows(List.of())
                        : super.findSessions(key, open, latestStart);
            }

            private boolean isClosedBehind(Bytes key, long open, long latestStart) {
                long record = context.timestamp();
                try (KeyValueIterator<Windowed<Bytes>, byte[]> behind =
                        super.findSessions(key, record + 1, latestStart)) {
                    boolean closed = false;
                    while (behind.hasNext()) {
                        Window session = behind.next().key.window();
                        closed |= session.start() > record && session.end() < open;
                    }
                    return closed;
                }
            }

            @Override
            public KeyValueIterator<Windowed<Bytes>, byte[]> findSessions(long from, long to) {
                List<KeyValue<Windowed<Bytes>, byte[]>> rows = new ArrayList<>();
                try (KeyValueIterator<Windowed<Bytes>, byte[]> found =
                        super.findSessions(from, to)) {
                    found.forEachRemaining(rows::add);
                }
                rows.sort(AS_ON_DISK);
                return new KafkaRows(rows);
            }
        };
    }

    @Override
    public String metricsScope() {
        return "sessions";
    }

    @Override
    public long segmentIntervalMs() {
        return 1;
    }
}
