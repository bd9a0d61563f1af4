package io.varve.samples.bench;

import io.varve.samples.flights.Folders;
import io.varve.store.EventBatch;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.NewEvent;
import io.varve.store.StreamId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/** What events of 100 bytes take on disk, log and index, when the store is closed. */
final class SpaceWork implements StoreWork {
    private static final int PAYLOAD = 100;

    /** The number of an event is in its first bytes, so that no two are alike. */
    private static byte[] payload(int i) {
        byte[] payload = new byte[PAYLOAD];
        Arrays.fill(payload, (byte) (i * 31));
        for (int at = 0; at < Integer.BYTES; at++) {
            payload[at] = (byte) (i >>> at * Byte.SIZE);
        }
        return payload;
    }

    @Override
    public void run(Workbench<Sizes> bench) throws IOException, InterruptedException {
        measure(bench, "one", 1);
        measure(bench, "many", bench.sizes().streams());
    }

    private static void measure(Workbench<Sizes> bench, String layout, int streams)
            throws IOException {
        int count = bench.sizes().events();
        Path folder = bench.freshFolder();
        boolean right;
        try (EventStore store = EventStore.open(folder)) {
            append(store, count, streams);
            right = isRight(store, count);
        }
        ResultLine line =
                bench.line()
                        .with("batch", Orders.LOAD_BATCH)
                        .with("layout", layout)
                        .with("streams", streams)
                        .with("events", count)
                        .with("durability", "SYNC")
                        .with("codec", "none")
                        .with("payload", PAYLOAD)
                        .with("disk_bytes/event", (double) Folders.bytes(folder) / count, 1)
                        .with("log_bytes/event", bytes(folder, "log") / count, 1)
                        .with("index_bytes/event", bytes(folder, "index") / count, 1);
        bench.print(line, right);
    }

    private static double bytes(Path folder, String part) throws IOException {
        return Folders.bytes(folder.resolve(part));
    }

    private static void append(EventStore store, int count, int streams) {
        StreamId[] ids =
                IntStream.range(0, streams)
                        .mapToObj(i -> new StreamId(Orders.CATEGORY, "order-" + i))
                        .toArray(StreamId[]::new);
        EventBatch batch = new EventBatch();
        for (int i = 0; i < count; i++) {
            batch.add(ids[i % streams], NewEvent.of("Opaque", payload(i)));
            if (batch.size() == Orders.LOAD_BATCH || i == count - 1) {
                store.append(batch);
                batch.clear();
            }
        }
    }

    private static boolean isRight(EventStore store, int count) {
        int[] seen = {0};
        store.read(
                EventQuery.all(),
                event ->
                        Arrays.equals(event.payload().toByteArray(), payload(seen[0]))
                                && ++seen[0] <= count);
        return seen[0] == count;
    }
}
