package io.varve.store;

import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.EventSerde;
import io.varve.store.serde.Serde;
import io.varve.store.serde.Serdes;
import io.varve.store.snapshot.SnapshotPolicy;
import io.varve.store.snapshot.SnapshotStore;
import io.varve.store.snapshot.StreamSnapshots;
import io.varve.store.transfer.EventExport;
import io.varve.store.transfer.TransferFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A store that was written once with all that a store can hold beside plain events, and is kept
 * with the tests, like {@link GoldenStore}: blocks summed in chunks, headers, keys, marks,
 * tombstones, holds, a beginning that was truncated, hashes that came later, snapshots. And the
 * exports of an untruncated store. Never change what is here; for another format add another.
 *
 * <p>{@link #main} writes the store anew, into the folder that is its argument.
 */
final class GoldenFeatures {
    /** The newest format; the first that has all features is 2, the first with rows is 3. */
    static final int NEWEST = 3;

    static final long FIRST_COMMIT = 1_750_000_000_000L;
    static final String HOLD = "reader-ü";
    static final StreamId ENDED = StreamId.of("orders", "ended");
    static final StreamId LEDGER = StreamId.of("ledgers", "a");
    static final EventSerde<Entry> ENTRIES =
            EventSerde.of(Entry.class).record("entered", Entry.class).build();
    static final Serde<Sum> SUMS = Serdes.record(Sum.class);

    /** An event of the stream that is folded. */
    record Entry(long amount) {}

    /** What it is folded to. */
    record Sum(long count, long amount) {
        static final Sum NONE = new Sum(0, 0);

        Sum add(Entry entry) {
            return new Sum(count + 1, amount + entry.amount());
        }
    }

    /** An event as it was appended; of a tombstone, the event is empty. */
    record Golden(
            long position,
            StreamId stream,
            long version,
            Optional<NewEvent> event,
            long commitTime) {}

    private final Optional<EventStore> store;
    private final AtomicLong clock;
    private final List<Golden> events;
    private final Map<StreamId, Long> versions;
    private EventBatch batch = new EventBatch();

    private GoldenFeatures(Optional<EventStore> store, GoldenFeatures before) {
        this.store = store;
        this.clock = before.clock;
        this.events = before.events;
        this.versions = before.versions;
    }

    private GoldenFeatures() {
        store = Optional.empty();
        clock = new AtomicLong(FIRST_COMMIT);
        events = new ArrayList<>();
        versions = new HashMap<>();
    }

    /** All events that were ever appended, in order. */
    static List<Golden> events(int format) {
        GoldenFeatures model = new GoldenFeatures();
        model.plain();
        model.hashed();
        model.afterTruncation();
        if (format >= 3) {
            model.alike();
        }
        return model.events;
    }

    /** Those of the store that was exported. */
    static List<Golden> exported() {
        GoldenFeatures model = new GoldenFeatures();
        model.plain();
        return model.events;
    }

    private void add(StreamId stream, NewEvent event) {
        batch.add(stream, event);
        note(stream, Optional.of(event));
    }

    private void note(StreamId stream, Optional<NewEvent> event) {
        long version = versions.merge(stream, 0L, (old, none) -> old + 1);
        events.add(new Golden(events.size(), stream, version, event, clock.get()));
    }

    private void commit() {
        store.ifPresent(there -> there.append(batch));
        batch = new EventBatch();
        clock.addAndGet(1000);
    }

    static EventBatch keyed() {
        return new EventBatch()
                .idempotencyKey("kept-key")
                .add(StreamId.of("keyed", "k"), event(77, 40));
    }

    private static NewEvent event(int seed, int bytes) {
        byte[] payload = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            payload[i] = (byte) (seed + i % 13);
        }
        if (seed % 4 == 1) {
            payload = ("{\"seed\":" + seed + "}").getBytes(StandardCharsets.UTF_8);
        }
        NewEvent event = NewEvent.of("Type-" + seed % 3, payload);
        if (seed % 5 == 0) {
            event = event.at(-1_000L * seed);
        }
        return seed % 3 == 0 ? event.with(headers(seed)) : event;
    }

    private static EventHeaders headers(int seed) {
        return EventHeaders.NONE
                .withEventId(new UUID(seed, ~seed))
                .withCorrelation("c-" + seed)
                .withCausation("𝄞")
                .withUser(Map.of("naïve", "v" + seed));
    }

    private static StreamId stream(int number) {
        return number % 3 == 0
                ? StreamId.of("kunden-ü", "a/b " + number % 7)
                : StreamId.of("orders", "order-" + number % 11);
    }

    /** Before there were hashes: 53 events. */
    private void plain() {
        for (int i = 0; i < 40; i++) {
            add(stream(i), event(i, i * 3));
        }
        commit();
        for (int i = 0; i < 10; i++) {
            add(stream(i), event(i, 5));
            batch.idempotencyKey("key-" + i);
            batch.producerMark(ProducerMark.first("producer-" + i, 1 + i, i));
            commit();
        }
        add(StreamId.of("orders", "large"), event(2, 9_000));
        commit();
        add(ENDED, event(4, 4));
        commit();
        batch.tombstone(ENDED);
        note(ENDED, Optional.empty());
        commit();
    }

    private void hashed() {
        for (int i = 0; i < 5; i++) {
            add(stream(i), event(60 + i, 50));
            commit();
        }
        for (int i = 0; i < 30; i++) {
            add(stream(i), event(100 + i, 100));
        }
        batch.producerMark(new RecordedMark("producer-3", 4, 3).next(57));
        commit();
    }

    private void afterTruncation() {
        events.add(
                new Golden(
                        events.size(),
                        StreamId.of("keyed", "k"),
                        0,
                        Optional.of(event(77, 40)),
                        clock.get()));
        batch = keyed();
        commit();
        for (int i = 0; i < 12; i++) {
            BytesWriter payload = new BytesWriter();
            ENTRIES.serialize(new Entry(i * 1_000_003L - 7), payload);
            add(LEDGER, NewEvent.of("entered", payload.view().toByteArray()));
            commit();
        }
    }

    /** Blocks whose events share all, or all but one of their fields. */
    private void alike() {
        StreamId one = StreamId.of("alike", "one");
        for (int i = 0; i < 60; i++) {
            add(one, NewEvent.of("Alike", new byte[i]).at(-5));
        }
        commit();
        for (int i = 0; i < 20; i++) {
            add(StreamId.of("alike", "s" + i % 3), NewEvent.of("Alike", new byte[i]));
        }
        commit();
        for (int i = 0; i < 20; i++) {
            add(one, NewEvent.of("Alike-" + i / 4, new byte[i]));
        }
        commit();
        for (int i = 0; i < 20; i++) {
            add(one, NewEvent.of("Alike", new byte[i]).at(i));
        }
        commit();
        for (int i = 0; i < 20; i++) {
            NewEvent event = NewEvent.of("Alike", new byte[i]);
            add(one, i % 2 == 0 ? event : event.with(headers(i)));
        }
        commit();
    }

    static StreamSnapshots<Sum, Entry> sums(EventStore store, SnapshotStore snapshots) {
        return snapshots
                .streams("sums", store.category("ledgers", ENTRIES), SUMS)
                .fold(() -> Sum.NONE, Sum::add)
                .policy(SnapshotPolicy.everyEvents(5))
                .build();
    }

    /** Where the store begins. */
    static final long FIRST_POSITION = 50;

    /** Writes the store, and exports what it holds before it is truncated. */
    static Seal write(Path folder, Path exports) {
        GoldenFeatures model = new GoldenFeatures();
        StoreConfig config =
                StoreConfig.at(folder)
                        .withClock(TestEvents.clock(model.clock))
                        .withInitialMapBytes(1 << 20)
                        .withMergeEvents(20);
        try (EventStore store = EventStore.open(config)) {
            new GoldenFeatures(Optional.of(store), model).plain();
            for (TransferFormat format : TransferFormat.values()) {
                EventExport.write(
                        store,
                        EventQuery.all(),
                        format,
                        exports.resolve(export(format)),
                        ProgressListener.none());
            }
        }
        try (EventStore store = EventStore.open(config.withTamperEvidence(true));
                SnapshotStore snapshots = SnapshotStore.openIn(store)) {
            GoldenFeatures writer = new GoldenFeatures(Optional.of(store), model);
            writer.hashed();
            store.retention().hold(HOLD, FIRST_POSITION);
            store.retention().truncateBefore(FIRST_POSITION + 10);
            writer.afterTruncation();
            writer.alike();
            sums(store, snapshots).load("a");
            return store.seal().orElseThrow();
        }
    }

    static String store(int format) {
        return "golden-v" + format + ".zip";
    }

    static String seal(int format) {
        return "golden-v" + format + ".seal";
    }

    static String export(TransferFormat format) {
        return "golden-v2." + (format == TransferFormat.CBOR ? "cbor" : "jsonl");
    }

    static void unpack(int format, Path folder) throws IOException {
        GoldenFiles.unpack(store(format), folder);
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("golden");
        Path target = Path.of(arguments[0]);
        Seal seal = write(folder, Files.createTempDirectory("exports"));
        Files.writeString(
                target.resolve(seal(NEWEST)), seal.position() + " " + seal.sha256() + "\n");
        GoldenFiles.pack(folder, target.resolve(store(NEWEST)));
    }
}
